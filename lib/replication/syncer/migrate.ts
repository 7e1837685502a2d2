import { closest } from "fastest-levenshtein";
import type { Problem } from "../../spec/problem";
import { syncerOptions, type Section, type SyncerOption, type Translation } from "./options";

/** An old line, told word by word, and what says the same to DRBD 9. */
export interface Migration {
  readonly line: string;
  readonly words: readonly ExplainedWord[];
  /** Lines for the sections of a resource; several of one section stand together. */
  readonly resource: Readonly<Partial<Record<Section, readonly string[]>>>;
  /** What belongs beside the resource, in words. */
  readonly beside: readonly string[];
}

export interface ExplainedWord {
  /** As it stood: `-r 100M`. */
  readonly words: string;
  /** What it was called in full; nothing for a word that is no option. */
  readonly option?: string;
  readonly did: string;
  readonly translation?: Translation;
}

/**
 * Explains a syncer line of DRBD 8: `drbdsetup /dev/drbd0 syncer -r 100M`, its options alone, or the section
 * `syncer { rate 100M; }` of a resource file. DRBD 9 has no syncer; its options became those of disks and connections.
 *
 * @returns problems where it cannot be read; a value that DRBD 8 refused is none, but told.
 */
export function migrateSyncer(line: string): Migration | { readonly problems: readonly Problem[] } {
  const words = [...line.matchAll(/[^\s{};=]+|[{}]/g)].map((match) => ({ text: match[0], column: match.index + 1 }));
  const explained: ExplainedWord[] = [];
  const problems: Problem[] = [];
  let section = false;
  for (let at = 0; at < words.length; at += 1) {
    const { text, column } = words[at]!;
    const told = commandWord(text);
    if (text === "{" || text === "}") section ||= text === "{";
    else if (told !== undefined) explained.push({ words: text, did: told });
    else {
      const option = optionOf(text, section);
      if (option === undefined) {
        problems.push(unknown(text, column, section));
        continue;
      }
      const glued = /^-[a-zA-Z](.+)$/.exec(text)?.[1];
      const value = option.takes === undefined ? "" : (glued ?? words[(at += 1)]?.text);
      if (value === undefined) problems.push(without(option, text, column));
      else explained.push(explainedWord(option, glued === undefined ? `${text} ${value}`.trim() : text, value));
    }
  }
  if (problems.length === 0 && !explained.some(({ option }) => option !== undefined)) problems.push(nothing(line));
  return problems.length > 0 ? { problems } : migrationOf(line, explained);
}

function migrationOf(line: string, words: readonly ExplainedWord[]): Migration {
  const resource: Partial<Record<Section, string[]>> = {};
  // The rate asks for steering with a default that an option of the line may say otherwise: what is said last counts.
  for (const { section, line: wanted } of words.flatMap(({ translation }) => translation?.lines ?? [])) {
    const [name] = wanted.split(" ");
    const others = (resource[section] ?? []).filter((other) => other.split(" ")[0] !== name);
    resource[section] = [...others, wanted];
  }
  return { line, words, resource, beside: words.flatMap(({ translation }) => translation?.beside ?? []) };
}

function explainedWord(option: SyncerOption, words: string, value: string): ExplainedWord {
  return { words, option: option.long, did: option.did, translation: option.now(value) };
}

function commandWord(text: string): string | undefined {
  if (/^(.*\/)?drbdsetup(-83)?$/.test(text))
    return "the program that speaks to the kernel; DRBD 9 has it, and drbdadm calls it";
  if (text === "syncer") return "set what a resync does; DRBD 9 has no such command, nor such a section";
  if (/^(\/dev\/)?drbd[0-9]+$/.test(text)) return "the device; what is set now stands in its resource file";
  return undefined;
}

function optionOf(text: string, section: boolean): SyncerOption | undefined {
  if (section) return syncerOptions.find(({ long }) => long === text);
  if (text.startsWith("--")) return syncerOptions.find(({ long }) => `--${long}` === text);
  return syncerOptions.find(({ short }) => text.startsWith(`-${short}`));
}

const place = (column: number) => ({
  document: "replication" as const,
  path: [],
  file: "the syncer line",
  line: 1,
  column,
});

function unknown(text: string, column: number, section: boolean): Problem {
  const names = syncerOptions.map(({ long }) => long);
  const near = closest(text.replace(/^-+/, ""), names);
  return {
    ...place(column),
    found: text,
    allowed: section
      ? `options of DRBD 8.3's syncer: ${names.join(", ")}`
      : `options of DRBD 8.3's syncer: ${syncerOptions.map(({ short, long }) => `-${short} (--${long})`).join(", ")}`,
    fix: `write ${section ? "" : "--"}${near}, if that is meant, or take it out`,
  };
}

function without({ takes = "", long }: SyncerOption, text: string, column: number): Problem {
  return { ...place(column), found: `${text} without a value`, allowed: takes, fix: `write what ${long} is to be` };
}

function nothing(line: string): Problem {
  return {
    ...place(1),
    found: line.trim() === "" ? "an empty line" : `no option in "${line}"`,
    allowed: "a line such as: drbdsetup /dev/drbd0 syncer -r 100M -a 128K -d 4K",
    fix: "give the whole line in quotes",
  };
}
