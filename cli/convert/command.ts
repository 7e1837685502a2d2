import { Argument, Command, Option } from "commander";
import { toKarmada } from "../../lib/federation/convert/convert";
import { reportJson } from "../../lib/federation/convert/report";
import { InvalidInput } from "../../lib/spec/problem";
import { palette, say } from "../terminal";
import { convertedLine, filesOf } from "./files";
import { readManifests } from "./read";
import { reportMarkdown } from "./report-markdown";
import { reportText } from "./report-text";
import { writeFolder } from "./write";

interface Options {
  readonly output?: string;
  readonly force?: true;
  readonly json?: true;
  readonly markdown?: true;
}

/** `fabric-topologies convert kubefed karmada`: manifests of one federation engine as those of another. */
export function convertCommand(): Command {
  return new Command("convert")
    .summary("turn KubeFed's manifests into Karmada's, and tell what changes")
    .description(
      "Turn manifests for KubeFed into native objects with policies for Karmada, and tell everything that means something else afterwards. Touches no cluster.",
    )
    .addArgument(new Argument("<from>", "the engine that the manifests are for").choices(["kubefed"]))
    .addArgument(new Argument("<to>", "the engine that they are to be for").choices(["karmada"]))
    .argument("<manifests...>", "files of YAML or JSON, or folders of them: everything that belongs together at once")
    .option(
      "-o, --output <folder>",
      "write the converted manifests and report.md there; without it there is the report alone",
    )
    .option("--force", "replace an earlier conversion in that folder")
    .addOption(new Option("--json", "the report as JSON").conflicts("markdown"))
    .option("--markdown", "the report as Markdown, with everything that is said in another way")
    .addHelpText(
      "after",
      `
What has no right counterpart (a placement on nothing, an override that leads nowhere) is an error with file and line,
and nothing is written. Secrets are copied into the folder, whose files only you may read, and never printed.

Exit code: 0 where everything was converted, 1 where something could not be.

Examples:
  $ fabric-topologies convert kubefed karmada federated/ clusters.yaml
  $ fabric-topologies convert kubefed karmada federated/ -o karmada && kubectl apply -f karmada/karmada
  $ kubectl get federateddeployments -A -o yaml > dump.yaml
  $ fabric-topologies convert kubefed karmada namespaces.yaml dump.yaml --json`,
    )
    .action((_from: string, _to: string, paths: readonly string[], { output, force, json, markdown }: Options) => {
      const conversion = toKarmada(readManifests(paths));
      if (conversion.problems.length > 0) throw new InvalidInput(conversion.problems);
      if (output !== undefined) {
        writeFolder(output, filesOf(conversion), { force: force === true, ours: (text) => beginning.test(text) });
      }
      if (json) return say(JSON.stringify(reportJson(conversion), undefined, 2));
      say(markdown ? reportMarkdown(conversion) : reportText(conversion, palette(process.stdout)));
    });
}

const beginning = new RegExp(`^(# |<!-- )${convertedLine.replaceAll(".", "\\.")}`);
