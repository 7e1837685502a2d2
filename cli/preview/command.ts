import { Command, Option } from "commander";
import { jsonPieces } from "../../lib/preview/json-pieces";
import { formatProblems } from "../../lib/spec/problem";
import { planOf, settingsFileOf, stackNameOf, takesStack, type InputOptions } from "../input";
import { projectNameOf } from "../pulumi-project";
import { checkTarget, replaceFile } from "../report-file";
import { palette, say, sayPieces } from "../terminal";

interface PreviewOptions extends InputOptions {
  readonly json?: true;
  readonly markdown?: true;
  /** File to write the report to. */
  readonly html?: string;
}

/** `fabric-topologies preview`: what `pulumi up` would ask for, without an engine and without a cluster. */
export function previewCommand(): Command {
  const command = new Command("preview")
    .summary("show everything that pulumi up would make in an empty cluster")
    .description(
      "Run the Pulumi program without its engine, and show every resource that it asks for, by site and organisation, and the channels beside them. Touches no cluster, and takes neither Pulumi nor credentials.",
    );
  return takesStack(command)
    .addOption(
      new Option(
        "--json",
        "every resource with its inputs, and every channel's config (schema/preview.schema.json)",
      ).conflicts("markdown"),
    )
    .option("--markdown", "as Markdown, for a pull request")
    .addOption(
      new Option(
        "--html <file>",
        "write a report to read and to pass on: one file with diagram, failure matrix, policies, channels and every object",
      ).conflicts(["json", "markdown"]),
    )
    .addHelpText(
      "after",
      `
What a cluster already has is not looked at: everything is shown as if it were new. What is secret is shown as [secret].
Exit code: 0 where pulumi up would make this, 1 for an error, or where a mandatory policy is broken (it is shown, too).

Examples:
  $ fabric-topologies preview examples/trade-finance/network.yaml
  $ fabric-topologies preview --stack production --markdown > preview.md
  $ fabric-topologies preview --stack production --html preview.html
  $ fabric-topologies preview --json | jq '.graph.resources[] | select(.retainOnDelete) | .name'`,
    )
    .action(async (file: string | undefined, options: PreviewOptions) => {
      if (options.html !== undefined) checkTarget(options.html);
      const plan = planOf(file, options);
      // Pulumi's SDK takes most of a second to load; a network with mistakes is told before.
      const { previewOfPlan } = await import("./previewed");
      const { preview, refusals } = await previewOfPlan(
        plan,
        stackNameOf(options),
        projectNameOf(settingsFileOf(options)),
      );
      if (refusals.length > 0) {
        process.stderr.write(
          `${formatProblems(refusals)}\npulumi up would stop here and make nothing of what is shown\n`,
        );
        process.exitCode = 1;
      }
      if (options.json) return sayPieces(jsonPieces(preview));
      if (options.markdown) {
        const { previewMarkdown } = await import("../../lib/preview/markdown");
        return say(previewMarkdown(preview));
      }
      if (options.html !== undefined) {
        const { reportHtml } = await import("../../lib/preview/report/report");
        replaceFile(options.html, await reportHtml({ preview }));
        return say(options.html);
      }
      const { previewText } = await import("../../lib/preview/text");
      say(previewText(preview, palette(process.stdout)));
    });
}
