import { hostname } from "node:os";
import { setTimeout as wait } from "node:timers/promises";
import { Command, InvalidArgumentError, Option } from "commander";
import type { SiteAccess } from "../../lib/deploy/site-access";
import { withWeights, type MultiClusterIngress } from "../../lib/ingress/model";
import { ingressOf } from "../../lib/ingress/of-placement";
import { gatewayRenderers } from "../../lib/ingress/renderers";
import { weightsConfigMap } from "../../lib/ingress/weights";
import { gatewayNamespaceName } from "../../lib/spec/names";
import { duration, secondsOf } from "../../lib/spec/scalars";
import { percentagesOf } from "../../lib/traffic/percentages";
import { runShift, type ShiftWish, type ShiftWorld, type WeightsStore } from "../../lib/traffic/run";
import { weightsAt, type ShiftPlan, type ShiftState } from "../../lib/traffic/shift";
import { gatewayStatistics } from "../../lib/traffic/statistics";
import type { Plan } from "../../topologies/plan";
import { CommandError } from "../errors";
import { settingsFileOf } from "../input";
import { interruption } from "../interrupt";
import { runningPlan, takesRunning, type TargetOptions } from "../network/target";
import { palette, say } from "../terminal";
import { writeTraffic } from "./settings-file";
import { planText, progressText } from "./text";
import { poolOf, targetOf, type Pool } from "./wish";

interface ShiftOptions extends TargetOptions {
  readonly step: number;
  readonly hold: number;
  readonly maxErrors: number;
  readonly resume?: boolean;
  readonly undo?: boolean;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** `fabric-topologies shift`: traffic of a pool from some sites to others, step by step, and back where something fails. */
export function shiftCommand(): Command {
  const command = new Command("shift")
    .summary("move a pool's traffic between sites, step by step")
    .description(
      "Move the traffic of a pool between its sites step by step, each held for a while, as long as the gateways see the sites that get more as well. Where they do not, and on Ctrl-C, the weights before come back by themselves. At the end the stack settings say what stands.",
    )
    .argument("<pool>", "gateway.<organisation>, or its host name")
    .argument(
      "[site=weight...]",
      "where to, such as aws-prod=90 gcp-staging=10; a site that is not named gets nothing",
    );
  return takesRunning(command)
    .option("--step <per cent>", "how much changes place at once", wholePercent, 10)
    .option("--hold <duration>", "how long each step must hold, such as 30s", milliseconds, 30_000)
    .option("--max-errors <per cent>", "connections to a site that may fail", wholePercent, 5)
    .addOption(new Option("--resume", "finish a shift that was killed").conflicts("undo"))
    .option("--undo", "take back a shift that was killed")
    .option("--dry-run", "show the steps from the weights of the settings, and move nothing")
    .option("--json", "machine-readable output, one line for each step")
    .addHelpText(
      "after",
      `
Exit code: 0 where the traffic is where it was wanted, 3 where it was brought back, 1 for an error.

Connections that live on follow within the gateways' maxConnectionAge.

Examples:
  $ fabric-topologies shift gateway.org1 aws-prod=90 gcp-staging=10 --stack production
  $ fabric-topologies shift gateway.org1 gcp-staging=100 --step 50 --hold 5s   # away from a site that is lost`,
    )
    .action((pool: string, words: string[], options: ShiftOptions) => shift(pool, words, options));
}

async function shift(name: string, words: readonly string[], options: ShiftOptions): Promise<void> {
  const plan = runningPlan(options);
  const ingress = ingressOf(plan.placement, plan.settings);
  const pool = poolOf(name, plan.network, ingress);
  const wish = wishOf(pool, words, options);
  if (options.dryRun === true) return sayPlan(pool, wish, options);
  const { signal, forget } = interruption(() => {
    process.stderr.write("bringing the weights before back; Ctrl-C again leaves everything as it is\n");
  });
  try {
    const { world, last } = await worldOf(plan, ingress, pool, options);
    const state = await runShift(world, wish, signal);
    const moved = last();
    if (state.phase === "arrived" && moved !== undefined) {
      writeTraffic(settingsFileOf(named(options)), pool.key, weightsAt(moved, state));
    }
    process.exitCode = state.phase === "arrived" ? 0 : 3;
  } finally {
    forget();
  }
}

function wishOf(
  pool: Pool,
  words: readonly string[],
  { resume, undo, step, hold, maxErrors }: ShiftOptions,
): ShiftWish {
  const to = targetOf(words, pool);
  const again = resume === true || undo === true;
  if (to === undefined && !again) throw new CommandError("found no weights", "say where to, such as aws-prod=90");
  const limits = { errors: maxErrors / 100, silence: 5 };
  return {
    pool: pool.host.name,
    step,
    hold,
    limits,
    ...(to === undefined ? {} : { to }),
    ...(undo === true ? { undo } : {}),
  };
}

function sayPlan(pool: Pool, { to, ...wish }: ShiftWish, { json }: ShiftOptions): void {
  if (to === undefined) throw new CommandError("found no weights", "say where to, such as aws-prod=90");
  const before = Object.fromEntries(pool.host.backends.map(({ site, weight }) => [site, weight]));
  const plan: ShiftPlan = { ...wish, before, from: percentagesOf(before), to };
  say(json === true ? JSON.stringify(plan) : planText(plan));
}

/** The clusters, the gateways, the clock and the terminal. */
async function worldOf(
  plan: Plan,
  ingress: MultiClusterIngress,
  pool: Pool,
  { json }: ShiftOptions,
): Promise<{ readonly world: ShiftWorld; readonly last: () => ShiftPlan | undefined }> {
  const { gatewayViews } = await import("./gateways");
  const { settings, network } = plan;
  const namespace = gatewayNamespaceName(network);
  const statistics = gatewayStatistics[settings.ingress.gateway];
  const colours = palette(process.stdout);
  let told: ShiftPlan | undefined;
  let before = "";
  const tell = (of: ShiftPlan, state: ShiftState) => {
    told = of;
    const line =
      json === true ? JSON.stringify({ ...state, weights: weightsAt(of, state) }) : progressText(of, state, colours);
    // What is only said again for others is no news here.
    if (`${state.phase} ${state.at}` === before) return;
    before = `${state.phase} ${state.at}`;
    say(line);
  };
  const world: ShiftWorld = {
    store: await storeOf(plan, ingress, namespace),
    views: () => gatewayViews({ sites: settings.sites, namespace, host: pool.host, statistics }),
    now: Date.now,
    sleep: (time, signal) => wait(time, undefined, signal === undefined ? {} : { signal }).catch(() => undefined),
    tell,
    holder: `${process.env["USER"] ?? "somebody"} on ${hostname()}, process ${process.pid}`,
  };
  return { world, last: () => told };
}

async function storeOf(
  { settings, network }: Plan,
  ingress: MultiClusterIngress,
  namespace: string,
): Promise<WeightsStore> {
  const { holdings, weightsObjects } = await import("./weights-objects");
  const engine = settings.federation?.engine ?? "direct";
  const host = settings.federation?.host;
  const clusters: readonly SiteAccess[] = engine === "direct" || host === undefined ? settings.sites : [host];
  const renderer = gatewayRenderers[settings.ingress.gateway];
  return weightsObjects({
    clusters,
    namespace,
    holding: holdings[engine],
    render: (weights) =>
      weightsConfigMap(network, withWeights(ingress, weights), renderer)["data"] as Readonly<Record<string, string>>,
    silent: (cluster, why) => process.stderr.write(`${cluster} does not get the weights now: ${why}\n`),
  });
}

const named = (options: ShiftOptions) =>
  options.settings === undefined && options.stack === undefined ? { stack: "sandbox" } : options;

function wholePercent(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= 100) return value;
  throw new InvalidArgumentError("a whole number from 1 to 100.");
}

function milliseconds(text: string): number {
  const parsed = duration.safeParse(text);
  if (parsed.success) return secondsOf(parsed.data) * 1000;
  throw new InvalidArgumentError("a whole number with ms, s, m or h, such as 30s.");
}
