import { Command, Option } from "commander";
import type { Diff } from "../../lib/preview/diff/document";
import { checkTarget, replaceFile } from "../report-file";
import { palette, say } from "../terminal";
import { bothSides } from "./both-sides";
import type { SideOptions } from "./side";

interface DiffOptions extends SideOptions {
  readonly json?: true;
  readonly markdown?: true;
  /** File to write the report to. */
  readonly html?: string;
}

/** What a pipeline can gate on. 1 is for errors. */
const exitCodes: Readonly<Record<Diff["verdict"], number>> = { none: 0, changes: 2, care: 3 };

/** `fabric-topologies diff`: what a change would mean. */
export function diffCommand(): Command {
  return new Command("diff")
    .summary("tell what a change would mean, and whether it needs care")
    .description(
      "Hold two networks against each other, and tell what it would mean to go from the first to the second. Each side is a network file, a stack or its settings, a topology, or a git revision. Touches no cluster, and takes neither Pulumi nor credentials.",
    )
    .argument(
      "<from>",
      "a network file, stack settings, a stack, a topology, a revision, or a range of revisions (main..HEAD)",
    )
    .argument("[to]", "the same again (default: the files of this folder as they are now)")
    .addOption(
      new Option("--settings <file>", "stack settings for network files, topologies and revisions").conflicts("stack"),
    )
    .option("--stack <name>", "settings of a Pulumi stack for the same: Pulumi.<name>.yaml in this folder")
    .option(
      "--network <file>",
      "the network file for stacks, topologies and revisions (default: the one that the settings name)",
    )
    .addOption(new Option("--json", "everything, for machines (schema/diff.schema.json)").conflicts("markdown"))
    .option("--markdown", "as Markdown, for a pull request")
    .addOption(
      new Option(
        "--html <file>",
        "write a report to read and to pass on: one file with what changes, and the network as it would be",
      ).conflicts(["json", "markdown"]),
    )
    .addHelpText(
      "after",
      `
A word is taken for a file, else for a topology, else for a stack of this folder, else for a git revision. A revision
that holds this program is previewed by its own program, since code changes what is deployed, too.
What a live cluster has is not looked at: the first side stands for it. What is secret is shown as [secret].

Exit code: 0 no change, 2 changes, 3 changes that need care, 1 an error.

Examples:
  $ fabric-topologies diff network.yaml network-with-cobalt.yaml
  $ fabric-topologies diff main..HEAD --stack production
  $ fabric-topologies diff HEAD --network examples/trade-finance/network.yaml
  $ fabric-topologies diff staging production --markdown
  $ fabric-topologies diff main --html difference.html
  $ fabric-topologies diff old.yaml new.yaml --json | jq '.statements[] | select(.care) | .says'`,
    )
    .action(async (from: string, to: string | undefined, options: DiffOptions) => {
      if (options.html !== undefined) checkTarget(options.html);
      const { before, after } = await bothSides(from, to, options);
      const { diffOf } = await import("../../lib/preview/diff/diff");
      const diff = diffOf(before, after);
      process.exitCode = exitCodes[diff.verdict];
      if (options.json) return say(JSON.stringify(diff, undefined, 2));
      if (options.markdown) {
        const { diffMarkdown } = await import("../../lib/preview/diff/markdown");
        return say(diffMarkdown(diff));
      }
      if (options.html !== undefined) {
        const { reportHtml } = await import("../../lib/preview/report/report");
        replaceFile(options.html, await reportHtml({ preview: after.preview, diff }));
        return say(options.html);
      }
      const { diffText } = await import("../../lib/preview/diff/text");
      say(diffText(diff, palette(process.stdout)));
    });
}
