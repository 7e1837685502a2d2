/** A network that really runs: real nodes, real Fabric, a real `pulumi up`; one for all tests of a file. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sandboxImages } from "../../../cli/sandbox-images";
import { isWell } from "../../../cli/network/seen";
import { networkStatus } from "../../../cli/network/status";
import { exampleSettings } from "../../../cli/input";
import type { NetworkInput } from "../../../lib/spec/network";
import { until } from "../../../sandbox/controlplane/readiness";
import { startSandbox, type Sandbox } from "../../../sandbox/sandbox";
import { planStack, type Plan } from "../../../topologies/plan";
import { clusterOf, type Cluster } from "../../cluster/support/cluster";
import { counts, NetworkStack } from "../../cluster/support/network-stack";

/** A network with its cluster and its stack. */
export interface RunningNetwork {
  readonly cluster: Cluster;
  readonly stack: NetworkStack;
  readonly plan: Plan;
  stop(): Promise<void>;
}

/** Milliseconds for a test: a zone is away for longer than a minute, and the machine may be busy. */
export const patience = 600_000;

/**
 * Two peers, three ordering nodes, a channel and a chaincode: what a test needs that is about single nodes.
 * @param further What it says beside that.
 */
export const smallNetwork = (name: string, further: Partial<NetworkInput> = {}): NetworkInput => ({
  name,
  organisations: [
    { name: "bank", peers: [{ name: "peer0" }] },
    { name: "clearing", orderers: { nodes: 3 } },
  ],
  channels: [{ name: "records", members: ["bank"] }],
  chaincodes: [{ name: "assets", channel: "records", version: "1.0", image: "fabric-topologies/asset-transfer:1.0" }],
  ...further,
});

/**
 * Brings a network up, and waits until its agents say that all is as its file wants it.
 * @param described A network file of this checkout, or what one would say.
 */
export async function runNetwork(described: string | NetworkInput): Promise<RunningNetwork> {
  const folder = mkdtempSync(join(tmpdir(), "running-network-"));
  const file = typeof described === "string" ? described : join(folder, "network.yaml");
  // JSON is YAML.
  if (typeof described !== "string") writeFileSync(file, JSON.stringify(described));
  const { network } = planStack({ settings: exampleSettings, network: file }).placement;
  const images = await sandboxImages(network, () => undefined);
  let sandbox: Sandbox | undefined;
  let stack: NetworkStack | undefined;
  const stop = async () => {
    stack?.forget();
    await sandbox?.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    sandbox = await startSandbox({
      dir: join(folder, "sandbox"),
      nodes: "real",
      images: images.archives,
      owner: process.pid,
    });
    const cluster = clusterOf(sandbox);
    stack = await NetworkStack.make(cluster, file, {
      couchdb: images.withoutCouchdb === undefined,
      smallMachines: true,
    });
    counts(await stack.up());
    const plan = stack.plan();
    await untilWell(plan);
    return { cluster, stack, plan, stop };
  } catch (thrown) {
    await stop();
    throw thrown;
  }
}

/** Waits until every agent says that all is well. */
export function untilWell(plan: Plan, seconds = 240): Promise<void> {
  return until("everything is as the network file wants it", async () => isWell(await networkStatus(plan)), {
    seconds,
    everyMilliseconds: 1000,
  });
}

/** Waits until agents have seen every node started anew after a moment, in milliseconds since 1970. */
export function untilStartedAfter(plan: Plan, moment: number, seconds = 240): Promise<void> {
  const isNew = async () => {
    const { statuses, silent } = await networkStatus(plan);
    const nodes = statuses.flatMap((status) => status.nodes);
    return (
      silent.length === 0 &&
      nodes.every(({ startedAt }) => startedAt !== undefined && Date.parse(startedAt) >= moment - 1000)
    );
  };
  return until("every node has started anew", isNew, { seconds, everyMilliseconds: 1000 });
}
