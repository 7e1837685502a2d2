/** `fabric-topologies drill …`: breaks something under load, and says what clients saw. */
import { createInterface } from "node:readline/promises";
import { Command, Option } from "commander";
import type { Failure } from "../../lib/placement/failure";
import type { Manner } from "../../lib/recovery/drill/drill";
import { reportText } from "../../lib/recovery/drill/report-text";
import type { Plan } from "../../topologies/plan";
import { CommandError } from "../errors";
import { interruption, isInterrupted } from "../interrupt";
import { runningPlan, takesRunning, type TargetOptions } from "../network/target";
import { positiveNumber } from "../network/values";
import { palette, say } from "../terminal";
import type { Breaking } from "./breaking";
import { linkFailure, podFailure, siteFailure, zoneFailure } from "./failures";
import { groundOf } from "./ground";
import { jsonOf, writableFolder, writeReport } from "./report-files";
import { runDrill } from "./run";

interface DrillCommandOptions extends TargetOptions {
  readonly zone?: string;
  readonly pod?: string;
  readonly between?: readonly string[];
  readonly how: "kill" | "cut";
  readonly rate: number;
  readonly seconds: number;
  readonly out: string;
  readonly json?: true;
  readonly yes?: true;
}

/** Commander's `drill` command with all of its drills. */
export function drillCommand(): Command {
  const drill = new Command("drill")
    .summary("break something under load, and measure what clients see")
    .description(
      "Run load on every channel, break one thing, heal it, and tell how long nobody could commit, whether a commit was lost, whether every ledger is level again, and whether the failure matrix was right.",
    );
  drill.addHelpText(
    "after",
    `
Ctrl-C heals what is broken first; so does a drill that fails half-way.

Examples:
  $ fabric-topologies drill zone-loss --zone zone-a
  $ fabric-topologies drill pod-loss --pod clearing/orderer-0 --seconds 20
  $ fabric-topologies drill cluster-loss aws-prod`,
  );
  const zone = () => new Option("--zone <name>", "the zone").makeOptionMandatory();
  const how = () =>
    new Option("--how <manner>", "kill: its processes die; cut: it falls silent and runs on")
      .choices(["kill", "cut"])
      .default("cut");
  drillOf(
    drill,
    { name: "zone-loss", summary: "lose a whole zone", means: zoneMeans, example: "--zone zone-a --how kill" },
    (plan, { zone: name = "" }) => zoneFailure(plan, "zone", name),
  )
    .addOption(zone())
    .addOption(how());
  drillOf(
    drill,
    { name: "node-loss", summary: "lose a node of a zone", means: zoneMeans, example: "--zone zone-b" },
    (plan, { zone: name = "" }) => zoneFailure(plan, "node", name),
  )
    .addOption(zone())
    .addOption(how());
  drillOf(
    drill,
    { name: "pod-loss", summary: "lose one pod", means: podMeans, example: "--pod clearing/orderer-0 --seconds 20" },
    (plan, { pod = "" }) => podFailure(plan, pod),
  ).requiredOption("--pod <name>", "as <organisation>/<pod>, or its name alone where only one has it");
  drillOf(
    drill,
    {
      name: "link-cut",
      summary: "lose the link between two zones",
      means: linkMeans,
      example: "--between zone-a zone-b",
    },
    (plan, { between = [] }) => linkFailure(plan, between),
  ).requiredOption("--between <zones...>", "two zones");
  drillOf(
    drill,
    {
      name: "cluster-loss",
      summary: "lose a whole site: its control plane, its nodes, its gateway",
      means: siteMeans,
      example: "aws-prod",
    },
    (plan, _, [site = ""]) => siteFailure(plan, site),
  ).argument("<site>", "the site");
  return drill;
}

/** What help says of one drill. */
interface DrillText {
  readonly name: string;
  readonly summary: string;
  /** What is done in the sandbox, and in any other cluster. */
  readonly means: string;
  readonly example: string;
}

const zoneMeans = `In the sandbox (real nodes) its machine is killed or its cable pulled for real.
In any other cluster the zone's nodes are cordoned and this network's pods on them deleted, after you have agreed.`;
const podMeans = `The pod is deleted without grace, and nothing is cordoned; Kubernetes makes it anew.
Outside of the sandbox you are asked first.`;
const linkMeans = `In the sandbox (real nodes) every packet between the two zones is dropped.
In any other cluster it is refused: the network there belongs to others.`;

const siteMeans = `In the federated sandbox (real nodes) the member's API server and every process of its machines are killed.
Anywhere else it is refused: clusters of yours carry more than this network.
When the site is back, every node must be there once, with the certificates that it had.`;

/** What was typed means this failure. */
type FailureOf = (plan: Plan, options: DrillCommandOptions, words: readonly string[]) => Failure;

function drillOf(parent: Command, { name, summary, means, example }: DrillText, failureOf: FailureOf): Command {
  return takesRunning(
    parent
      .command(name)
      .summary(summary)
      .description(`${summary.charAt(0).toUpperCase()}${summary.slice(1)}, under load.`),
  )
    .option(
      "--rate <n>",
      "transactions each second of the first client; the others submit one each second",
      positiveNumber,
      8,
    )
    .option("--seconds <n>", "how long it stays broken", positiveNumber, 75)
    .option("--out <folder>", "where the report goes, as JSON and HTML", "drills")
    .option("--json", "the report as JSON on standard output")
    .option("--yes", "do not ask")
    .addHelpText(
      "after",
      `
${means}
Ctrl-C heals what is broken first.
Exit code: 0 where everything was as the failure matrix says, 3 otherwise, 1 for an error, 130 where interrupted.

Example:
  $ fabric-topologies drill ${name} ${example}`,
    )
    .action(async (...given: unknown[]) => {
      const command = given.at(-1) as Command;
      const options = command.opts<DrillCommandOptions>();
      const plan = runningPlan(options);
      await drill(plan, options, failureOf(plan, options, command.args));
    });
}

async function drill(plan: Plan, options: DrillCommandOptions, failure: Failure): Promise<void> {
  const ground = groundOf(plan);
  if (ground?.nodes === "simulated") {
    throw new CommandError(
      "nothing runs on simulated nodes that could be lost",
      "`make down`, then `make up NODES=real`",
    );
  }
  const manner = ground === undefined ? "delete" : mannerOf(failure, options);
  // With it comes the Kubernetes client, which takes a second to load.
  const { breakingInCluster, breakingInFederation, breakingInSandbox } = await import("./breaking");
  const breaking =
    ground === undefined
      ? breakingInCluster(plan, failure)
      : "host" in ground
        ? breakingInFederation(ground, plan, failure, manner)
        : breakingInSandbox(ground, plan, failure, manner);
  if (ground === undefined && options.yes !== true) await agreed(plan, breaking);

  writableFolder(options.out);
  const quiet = options.json === true;
  const { signal, forget } = interruption(() => {
    process.stderr.write(
      "interrupted: what is broken is healed and the loads end; interrupt again to leave it as it is\n",
    );
  });
  try {
    const report = await runDrill({
      plan,
      failure,
      manner,
      breaking,
      rate: options.rate,
      seconds: options.seconds,
      onEvent: ({ at, what }) => {
        (quiet ? process.stderr : process.stdout).write(`${at.toFixed(1).padStart(7)} s  ${what}\n`);
      },
      signal,
    });
    const html = writeReport(options.out, report);
    if (quiet) process.stdout.write(jsonOf(report));
    else say(`\n${reportText(report, palette(process.stdout))}\n\nreport: ${html}`);
    process.exitCode = report.findings.length === 0 ? 0 : 3;
  } catch (thrown) {
    if (!isInterrupted(thrown)) throw thrown;
    process.stderr.write("the drill was interrupted: there is no report\n");
    // As shells count a program that Ctrl-C ended.
    process.exitCode = 130;
  } finally {
    forget();
  }
}

function mannerOf({ kind }: Failure, { how }: DrillCommandOptions): Manner {
  switch (kind) {
    case "pod":
      return "delete";
    case "link":
    case "border":
    case "isolation":
      return "cut";
    case "city":
    case "site":
      return "kill";
    case "node":
    case "zone":
      return how;
  }
}

async function agreed(plan: Plan, { words }: Breaking): Promise<void> {
  const sites = plan.settings.sites.map(({ name }) => name).join(", ");
  if (!process.stdin.isTTY) {
    throw new CommandError(`nobody can be asked whether this may be done in ${sites}: ${words}`, "say --yes");
  }
  const question = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await question.question(
    `${words}, in ${sites}. Type the network's name (${plan.network.name}) to go on: `,
  );
  question.close();
  if (answer.trim() !== plan.network.name)
    throw new CommandError("nothing was done", "type the network's name, or say --yes");
}
