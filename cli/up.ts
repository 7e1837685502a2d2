import { rmSync } from "node:fs";
import { Command } from "commander";
import { formatRecovery, recovery } from "../lib/deploy/recovery";
import { readKubeconfig } from "../lib/deploy/kubeconfig";
import { pulumiEnvironment, type PulumiEnvironment } from "../sandbox/engine/environment";
import { startSandbox } from "../sandbox/sandbox";
import { layout } from "../sandbox/state";
import { printProgress } from "../sandbox/toolchain";
import { planStack } from "../topologies/plan";
import { exampleSettings } from "./input";
import { isAsPlaced, livePods } from "./live-pods";
import { results, runEngine } from "./engine-run";
import { CommandError } from "./errors";
import { stepText } from "./sandboxText";
import { checkout, sandboxSettings, sandboxStack, writeSandboxSettings } from "./sandbox-stack";
import { palette, say } from "./terminal";
import { podTable } from "./where";

/** `fabric-topologies up`: a network on the sandbox, with a real `pulumi up`. */
export function upCommand(): Command {
  return new Command("up")
    .summary("bring a network up on the sandbox with a real pulumi up")
    .description(
      "Start the sandbox, bring a network up on it with a real `pulumi up`, and show what runs where. A second run changes nothing.",
    )
    .option("--network <file>", "the network file", "examples/trade-finance/network.yaml")
    .addHelpText(
      "after",
      `
Sites and zones are in Pulumi.sandbox.yaml, which the first run makes; edit it to try others.
What is missing is built once, into the tool cache; on two cores that takes about a quarter of an hour.`,
    )
    .action(up);
}

async function up({ network }: { network: string }): Promise<void> {
  const begun = performance.now();
  // Bad input is found before anything is built, started or written.
  planStack({ settings: exampleSettings, network });

  const sandbox = await startSandbox({
    progress: (event) => process.stdout.write(stepText(event)),
    buildProgress: printProgress(process.stdout),
  });
  const engine = await pulumiEnvironment({
    stateDir: layout(sandbox.dir).engine,
    progress: printProgress(process.stdout),
  });
  // Settings of a sandbox that is gone would point at nothing.
  if (sandbox.started) rmSync(sandboxSettings, { force: true });
  writeSandboxSettings(sandbox.kubeconfig, network);
  const { placement, settings } = planStack({ settings: sandboxSettings });

  await pulumi(engine, ["stack", "select", "--create", sandboxStack]);
  await pulumi(
    engine,
    ["up", "--yes", "--stack", sandboxStack, "--suppress-outputs", "--suppress-progress"],
    results(),
  );
  const changed = await lastChanges(engine);

  const cluster = readKubeconfig(settings.sites[0] ?? { name: sandboxStack });
  if ("found" in cluster) throw new CommandError(`found ${cluster.found}`, cluster.fix);
  const pods = await livePods(cluster, placement);
  say(`\n${podTable(pods, palette(process.stdout))}`);
  const took = `${((performance.now() - begun) / 1000).toFixed(0)} s`;
  if (!isAsPlaced(pods)) {
    throw new CommandError("not every pod is ready in its zone", "see `npx fabric-topologies where --stack sandbox`");
  }
  say(
    changed === 0
      ? `nothing changed; every pod is ready in its zone (${took})`
      : whatNext(placement.network.name, pods.length, took),
  );
}

/** Runs Pulumi; where it fails, says the one thing that helps. */
async function pulumi(
  engine: PulumiEnvironment,
  args: readonly string[],
  show: (line: string) => boolean = () => false,
): Promise<string> {
  const { exit, output } = await runEngine(engine.pulumi, args, { env: engine.env, cwd: checkout, show });
  if (exit === 0) return output;
  const help = recovery(output, exit);
  const shown = output.split("\n").some(show) ? "" : `\n${output}`;
  throw new CommandError(
    `\`pulumi ${args.join(" ")}\` ended with ${exit}${shown}${help === undefined ? "" : `: ${formatRecovery(help)}`}`,
    `to type pulumi yourself: eval "$(npx fabric-topologies sandbox env)"; then \`make up\` again`,
  );
}

/** How many resources the last update made, changed or deleted. */
async function lastChanges(engine: PulumiEnvironment): Promise<number> {
  const history = await pulumi(engine, ["stack", "history", "--stack", sandboxStack, "--json", "--page-size", "1"]);
  const [last] = JSON.parse(history) as { resourceChanges?: Record<string, number> }[];
  return Object.entries(last?.resourceChanges ?? {})
    .filter(([operation]) => operation !== "same")
    .reduce((sum, [, count]) => sum + count, 0);
}

function whatNext(network: string, pods: number, took: string): string {
  return `${network} is up: ${pods} pods on simulated nodes, each ready in its zone (${took}).
The control plane, the scheduler and Pulumi are real; no container runs, and no key or certificate is made yet.

Try next:
  npx fabric-topologies explain --stack sandbox            what is where, why, and what each failure costs
  npx fabric-topologies sandbox zone lose zone-a           lose a zone, and see what stays:
  npx fabric-topologies where --stack sandbox
  npx fabric-topologies sandbox zone restore zone-a
  eval "$(npx fabric-topologies sandbox env)"              then kubectl and pulumi talk to the sandbox:
  pulumi preview --stack sandbox
  make down                                                remove every trace`;
}
