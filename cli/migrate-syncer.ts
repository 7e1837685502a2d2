import { Command } from "commander";
import { migrateSyncer, type ExplainedWord, type Migration } from "../lib/replication/syncer/migrate";
import type { Palette } from "../lib/explain/table";
import { InvalidInput } from "../lib/spec/problem";
import { palette, say } from "./terminal";

/** `fabric-topologies migrate-syncer`: what a syncer line of DRBD 8 said, and what says it to DRBD 9. */
export function migrateSyncerCommand(): Command {
  return new Command("migrate-syncer")
    .summary("explain a syncer line of DRBD 8, and say it to DRBD 9")
    .description(
      "Explain a syncer line of DRBD 8 word by word: what it did, what was probably meant, and what says that to DRBD 9. Touches nothing.",
    )
    .argument("<line...>", "the line in quotes: a call of drbdsetup, its options, or a section of a resource file")
    .option("--json", "machine-readable output")
    .addHelpText(
      "after",
      `
Put -- before a line that begins with an option.

Exit code: 0 where every word is known to DRBD 8.3, also where it refused the value; 1 for an error.

Examples:
  $ fabric-topologies migrate-syncer 'drbdsetup /dev/drbd0 syncer -r 100M -a 128K -d 4K'
  $ fabric-topologies migrate-syncer 'syncer { rate 33M; al-extents 257; }'
  $ fabric-topologies migrate-syncer --json -- '-r 100M'`,
    )
    .action((words: readonly string[], { json }: { readonly json?: boolean }) => {
      const migration = migrateSyncer(words.join(" "));
      if ("problems" in migration) throw new InvalidInput(migration.problems);
      say(json === true ? JSON.stringify(migration, undefined, 2) : migrationText(migration, palette(process.stdout)));
    });
}

function migrationText({ words, resource, beside }: Migration, colours: Palette): string {
  const sections = Object.entries(resource);
  return [
    ...words.map((word) => wordText(word, colours)),
    ...(sections.length === 0 ? [] : ["", colours.strong("DRBD 9, in the resource file:")]),
    ...sections.flatMap(([section, lines]) => [`  ${section}:`, ...lines.map((line) => `    ${line};`)]),
    ...(beside.length === 0 ? [] : ["", colours.strong("Beside it:"), ...beside.map((text) => `  ${text}`)]),
  ].join("\n");
}

function wordText({ words, option, did, translation }: ExplainedWord, colours: Palette): string {
  const { read, refused, intended, note, lines = [] } = translation ?? {};
  const told = [
    `${colours.strong(words)}  ${option === undefined ? did : `${option}: ${did}`}`,
    ...(read === undefined ? [] : [refused === true ? colours.bad(`refused by DRBD 8: ${read}`) : `read as ${read}`]),
    ...(intended === undefined ? [] : [`probably meant: ${intended}`]),
    ...(lines.length === 0 ? [] : [`now: ${lines.map(({ line }) => line).join("; ")}`]),
    ...(note === undefined ? [] : [colours.faint(note)]),
  ];
  return told.join("\n    ");
}
