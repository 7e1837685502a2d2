import { Command, Option } from "commander";
import { loadNetwork, type StackInput } from "../lib/spec/load";
import type { Network } from "../lib/spec/network";
import { formatPath, InvalidInput, type Problem } from "../lib/spec/problem";
import type { Settings } from "../lib/spec/settings";
import { counted } from "../lib/spec/words";
import { checkExpiry, dayOf } from "../policies/waivers";
import { checkPolicyNames, planStack } from "../topologies/plan";
import { stackInput, type InputOptions } from "./input";
import { say } from "./terminal";

interface ValidateOptions extends InputOptions {
  readonly json?: boolean;
}

/** `fabric-topologies validate`: every problem of the files, with its line and what to do; exit code 1 if there is one. */
export function validateCommand(): Command {
  return new Command("validate")
    .summary("check network files and stack settings")
    .description("Check network files and stack settings, and tell every problem at once. Touches nothing.")
    .argument("[network-file...]", "network files (default: the one that the settings name)")
    .addOption(
      new Option("--settings <file>", "check the networks on the sites of these stack settings").conflicts("stack"),
    )
    .option("--stack <name>", "the same with the settings of a Pulumi stack: Pulumi.<name>.yaml in this folder")
    .option("--json", "the problems as a JSON array, for editors and pipelines")
    .addHelpText(
      "after",
      `
Without --settings and --stack a network is checked by itself. With them it is also checked whether it survives in those
zones what the topology promises, and whether its objects keep every mandatory policy that is not waived.

Exit code: 0 where everything is valid, 1 where something is not.

Examples:
  $ fabric-topologies validate examples/*/network.yaml
  $ fabric-topologies validate --stack production
  $ fabric-topologies validate network.yaml --settings settings.yaml --json | jq '.[0]'`,
    )
    .action((files: readonly string[], options: ValidateOptions, command: Command) => {
      const named = options.settings !== undefined || options.stack !== undefined;
      if (files.length === 0 && !named) command.error("error: name a network file, --settings or --stack");
      const results = named ? withSettings(files, options) : files.map((file) => attempt(() => alone(file)));
      report(results, options.json ?? false);
    });
}

/** What came of one network: a line about it, or its problems. */
type Result = { readonly summary: string } | { readonly problems: readonly Problem[] };

function alone(file: string): string {
  return `${file}: valid, ${describeNetwork(loadNetwork(file, [checkPolicyNames, checkWaiverDays]))}`;
}

const checkWaiverDays = (network: Network) => checkExpiry(network, dayOf(new Date()));

function withSettings(files: readonly string[], options: ValidateOptions): Result[] {
  const inputs: StackInput[] = (files.length === 0 ? [undefined] : files).map((file) => stackInput(file, options));
  return inputs.map((input) =>
    attempt(() => {
      const { network, settings, networkFile, synthesise } = planStack(input);
      // Made only to be held against the policies: what synthesis would refuse is no valid network on these sites.
      synthesise();
      return `${networkFile}: valid, ${describeNetwork(network)}; ${describeSettings(settings)}`;
    }),
  );
}

function attempt(check: () => string): Result {
  try {
    return { summary: check() };
  } catch (error) {
    if (error instanceof InvalidInput) return { problems: error.problems };
    throw error;
  }
}

function report(results: readonly Result[], json: boolean): void {
  // Settings that several networks are checked with have their problems once.
  const all = results.flatMap((result) => ("problems" in result ? result.problems : []));
  const problems = [...new Map(all.map((problem) => [JSON.stringify(problem), problem])).values()];
  if (json) {
    say(JSON.stringify(problems.map(problemJson), undefined, 2));
    if (problems.length > 0) process.exitCode = 1;
    return;
  }
  for (const result of results) if ("summary" in result) say(result.summary);
  if (problems.length > 0) throw new InvalidInput(problems);
}

function problemJson({ file, line, column, document, path, found, allowed, fix }: Problem): object {
  return { file, line, column, document, path: formatPath(path), found, allowed, fix };
}

function describeNetwork({ organisations, channels, chaincodes }: Network): string {
  const peers = organisations.flatMap((organisation) => organisation.peers);
  const orderers = organisations.flatMap((organisation) => organisation.orderers ?? []);
  return [
    counted(organisations.length, "organisation"),
    counted(
      peers.reduce((sum, { replicas }) => sum + replicas, 0),
      "peer",
    ),
    counted(
      orderers.reduce((sum, { nodes }) => sum + nodes, 0),
      "ordering node",
    ),
    counted(channels.length, "channel"),
    counted(chaincodes.length, "chaincode"),
  ].join(", ");
}

function describeSettings({ topology, sites }: Settings): string {
  const zones = sites.flatMap((site) => site.zones);
  return `${topology} on ${counted(sites.length, "site")} with ${counted(zones.length, "zone")}`;
}
