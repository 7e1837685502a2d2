import { rmSync } from "node:fs";
import { Command, Option } from "commander";
import { formatRecovery, recovery } from "../lib/deploy/recovery";
import { pulumiEnvironment, type PulumiEnvironment } from "../sandbox/engine/environment";
import { attachFederation, startFederation } from "../sandbox/federation/federation";
import { attachSandbox, type NodeKind, type Progress as Step, startSandbox } from "../sandbox/sandbox";
import { SandboxError } from "../sandbox/errors";
import { layout } from "../sandbox/state";
import { printProgress, type Progress } from "../sandbox/toolchain";
import { severalSites } from "../lib/placement/node";
import { planStack, type Plan } from "../topologies/plan";
import { settingsOfTopology } from "./input";
import { isAsPlaced, livePods } from "./live-pods";
import { results, runEngine, type EngineRun } from "./engine-run";
import { CommandError } from "./errors";
import { firstTransaction } from "./network/first-transaction";
import { sandboxImages, type SandboxImages } from "./sandbox-images";
import { stepText } from "./sandbox-text";
import {
  engines,
  federatedSettings,
  publishNames,
  type SandboxEngine,
  wantedFederation,
} from "./sandbox-federation-stack";
import { checkout, sandboxSettings, sandboxSites, sandboxStack, writeSandboxSettings } from "./sandbox-stack";
import { palette, say } from "./terminal";
import { podTable } from "./where";

/** `fabric-topologies up`: a network on the sandbox, with a real `pulumi up`. */
export function upCommand(): Command {
  return new Command("up")
    .summary("bring a network up on the sandbox with a real pulumi up")
    .description(
      "Start the sandbox, bring a network up on it with a real `pulumi up`, and show what runs where. A second run changes nothing.",
    )
    .addOption(
      new Option("--topology <name>", "one cluster with three zones, or three clusters of which any one may be lost")
        .choices(["dual-active", "federated"])
        .default("dual-active"),
    )
    .addOption(
      new Option("--engine <name>", "federated: who brings objects to the clusters").choices(engines).default("direct"),
    )
    .option("--network <file>", "the network file", "examples/trade-finance/network.yaml")
    .addOption(
      new Option(
        "--nodes <kind>",
        "whether containers run on the nodes (default: real ones where the machine can have them; federated: simulated)",
      ).choices(["simulated", "real"]),
    )
    .addHelpText(
      "after",
      `
Sites and zones are in Pulumi.sandbox.yaml, which the first run makes; edit it to try others.
What is missing is built once, into the tool cache; on two cores that takes half an hour.
Real nodes need Linux and root; their images are made of programs of this machine (docs/images.md).

Examples:
  $ fabric-topologies up
  $ fabric-topologies up --network examples/minimal/network.yaml
  $ fabric-topologies up --topology federated --engine karmada
  $ sudo env PATH="$PATH" npx fabric-topologies up --nodes real`,
    )
    .action(up);
}

interface UpOptions {
  readonly topology: "dual-active" | "federated";
  readonly engine: SandboxEngine;
  readonly network: string;
  readonly nodes?: NodeKind;
}

async function up({ topology, engine: bringer, network, nodes: wanted }: UpOptions): Promise<void> {
  const begun = performance.now();
  const buildProgress = printProgress(process.stdout);
  // Bad input is found before anything is built, started or written.
  const asked = planStack({ settings: settingsOfTopology(topology), network });
  const running = attachSandbox() ?? attachFederation();
  const usual = topology === "federated" ? "simulated" : undefined;
  const { nodes, images, because } = await chooseNodes(wanted ?? running?.nodes ?? usual, asked, buildProgress);
  if (because !== undefined) say(`simulated nodes, since real ones cannot be had here: ${because}`);
  if (images?.withoutCouchdb !== undefined) {
    say(`every peer keeps its state in LevelDB here, CouchDB's image being missing: ${images.withoutCouchdb}`);
  }

  const options = {
    ...(images === undefined ? {} : { images: images.archives }),
    progress: (event: Step) => process.stdout.write(stepText(event)),
    buildProgress,
  };
  const sandbox =
    topology === "federated"
      ? await startFederation({ ...wantedFederation(bringer, nodes), ...options })
      : await startSandbox({ nodes, ...options });
  const engine = await pulumiEnvironment({
    stateDir: layout(sandbox.dir).engine,
    progress: buildProgress,
  });
  // Settings of a sandbox that is gone would point at nothing.
  if (sandbox.started) rmSync(sandboxSettings, { force: true });
  const own = "host" in sandbox ? federatedSettings(sandbox) : sandboxSites(sandbox);
  writeSandboxSettings(own, network, images?.withoutCouchdb === undefined);
  const plan = planStack({ settings: sandboxSettings });
  if ("host" in sandbox) publishNames(sandbox, plan);
  const { placement, settings } = plan;

  await pulumi(engine, ["stack", "select", "--create", sandboxStack]);
  const changes = await hasChanges(engine);
  if (changes) await pulumi(engine, ["up", "--yes", "--skip-preview", ...quietly], results());

  const pods = (await Promise.all(settings.sites.map((site) => livePods(site, placement)))).flat();
  say(`\n${podTable(pods, palette(process.stdout))}`);
  if (!isAsPlaced(pods)) {
    throw new CommandError("not every pod is ready in its zone", "see `npx fabric-topologies where --stack sandbox`");
  }
  if (nodes === "real")
    say((await firstTransaction(plan)) ?? "no transaction was submitted: no chaincode of this checkout");
  const took = `${((performance.now() - begun) / 1000).toFixed(0)} s`;
  say(
    changes
      ? whatNext(
          `${placement.network.name} is up: ${pods.length} pods on ${nodes} nodes, each ready in its zone (${took}).`,
          nodes,
          topology,
        )
      : `nothing changed; every pod is ready in its zone (${took})`,
  );
}

interface ChosenNodes {
  readonly nodes: NodeKind;
  /** What real nodes run. */
  readonly images?: SandboxImages;
  /** Why they are simulated, where nobody asked for that. */
  readonly because?: string;
}

/** Real nodes where the machine can have them and the network's images, unless somebody asked for one kind. */
async function chooseNodes(
  wanted: NodeKind | undefined,
  { placement, settings }: Plan,
  progress: (event: Progress) => void,
): Promise<ChosenNodes> {
  if (wanted === "simulated") return { nodes: "simulated" };
  const gateway = severalSites(placement) ? settings.ingress.gateway : undefined;
  try {
    return { nodes: "real", images: await sandboxImages(placement.network, progress, gateway) };
  } catch (thrown) {
    if (wanted === "real" || !(thrown instanceof CommandError || thrown instanceof SandboxError)) throw thrown;
    return { nodes: "simulated", because: thrown.message };
  }
}

/** Runs Pulumi; where it fails, says the one thing that helps. */
async function pulumi(
  engine: PulumiEnvironment,
  args: readonly string[],
  show?: (line: string) => boolean,
): Promise<void> {
  const run = await runEngine(engine.pulumi, args, { env: engine.env, cwd: checkout, ...(show && { show }) });
  if (run.exit !== 0) throw failure(args, run, show === undefined);
}

/** What went wrong, with what Pulumi wrote where it has not been shown yet. */
function failure(args: readonly string[], { exit, output }: EngineRun, unseen: boolean): CommandError {
  const help = recovery(output, exit);
  return new CommandError(
    `\`pulumi ${args.join(" ")}\` ended with ${exit}${unseen ? `\n${output}` : ""}${help === undefined ? "" : `\n${formatRecovery(help)}`}`,
    `\`make up\` again; to type pulumi yourself: eval "$(npx fabric-topologies sandbox env)"`,
  );
}

/** Flags of every run: no questions, and no dots. */
const quietly = ["--stack", sandboxStack, "--suppress-outputs", "--suppress-progress", "--non-interactive"];

/**
 * Whether the stack is not yet as the network file wants it. This is the preview that `pulumi up` would begin with, run by
 * itself so that an unchanged stack is done with it.
 */
async function hasChanges(engine: PulumiEnvironment): Promise<boolean> {
  const args = ["preview", "--expect-no-changes", ...quietly];
  const run = await runEngine(engine.pulumi, args, { env: engine.env, cwd: checkout });
  if (run.exit === 0) return false;
  if (run.output.includes("no changes were expected")) return true;
  throw failure(args, run, true);
}

function whatNext(done: string, nodes: NodeKind, topology: UpOptions["topology"]): string {
  return `${done}${nodes === "real" ? "" : "\nThe control plane, the scheduler and Pulumi are real; no container runs, and no key or certificate is made yet."}

Try next:
  npx fabric-topologies explain --stack sandbox            what is where, why, and what each failure costs
${topology === "federated" ? federatedNext(nodes) : nodes === "real" ? realNext : simulatedNext}
  eval "$(npx fabric-topologies sandbox env)"              then kubectl and pulumi talk to the sandbox:
  pulumi preview --stack sandbox
  make down                                                remove every trace`;
}

const federatedNext = (nodes: NodeKind): string =>
  nodes === "real"
    ? `  npx fabric-topologies status                             every site, its heights, leaders, certificates, and what is amiss
  npx fabric-topologies submit put greeting hello          a transaction, through the gateways
  npx fabric-topologies drill cluster-loss aws-prod        lose a whole site under load`
    : `  npx fabric-topologies sandbox member kill aws-prod       lose a whole site, and see what stays:
  npx fabric-topologies sandbox status
  npx fabric-topologies sandbox member restore aws-prod`;

const realNext = `  npx fabric-topologies status                             heights, leaders, certificates, and what is amiss
  npx fabric-topologies submit put greeting hello          a transaction; \`evaluate get greeting\` reads it back
  npx fabric-topologies drill zone-loss --zone zone-a      lose a zone under load: how long is it silent, what is lost?`;

const simulatedNext = `  npx fabric-topologies sandbox zone lose zone-a           lose a zone, and see what stays:
  npx fabric-topologies where --stack sandbox
  npx fabric-topologies sandbox zone restore zone-a`;
