/** Brings up the store and every cluster of a sandbox with its nodes, as children of this process. */
import { writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { type Progress, step } from "../progress";
import { type NameServer, startNameServer } from "../names/name-server";
import { layout } from "../state";
import { ChildDied } from "../supervisor/children";
import { Cluster, type ClusterSetting, runProgram } from "./cluster";
import { etcd, type Store } from "./commands";
import { writeStoreCredentials } from "./credentials";
import { kubeconfig } from "./kubeconfig";
import { clustersOf } from "./plan";
import { freePorts } from "./ports";
import { until } from "./readiness";

const attempts = 3;

export interface StartOptions extends ClusterSetting {
  readonly progress: (event: Progress) => void;
  /** The address on which names outside the clusters are to be told, if any. */
  readonly namesAt?: string;
}

/** What runs. */
export interface ControlPlane {
  readonly clusters: readonly Cluster[];
  readonly nameServer?: NameServer;
}

/**
 * Starts everything, waits until the nodes are Ready, and gives what runs.
 * Errors: a program ends by itself (with the end of its log), or something takes longer than its limit.
 */
export async function startControlPlane(options: StartOptions): Promise<ControlPlane> {
  const { progress, realNodes, namesAt } = options;
  // The machines need no API server until their kubelets start.
  const booted = realNodes?.boot();
  // Should the servers fail first, this failure is not the one to tell.
  booted?.catch(() => undefined);
  const clusters = await servers(options);
  const each = (action: (cluster: Cluster) => Promise<void>) => Promise.all(clusters.map(action));
  await step(progress, "controllers, scheduler", () => each((cluster) => cluster.startControllers()));
  if (booted) await step(progress, "machines, images", async () => booted);
  const nameServer = namesAt === undefined ? undefined : await startNameServer(options, namesAt);
  await step(progress, "nodes", async () => {
    await each((cluster) => cluster.startNodes());
    await each((cluster) => cluster.furnish(nameServer?.address));
  });
  return { clusters, ...(nameServer ? { nameServer } : {}) };
}

/** etcd and the API servers. Their ports are chosen first and used a moment later, so a lost race is run again. */
async function servers(options: StartOptions): Promise<readonly Cluster[]> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await serversOnce(options);
    } catch (thrown) {
      if (!(thrown instanceof ChildDied && thrown.portTaken) || attempt === attempts) throw thrown;
      await options.children.end();
    }
  }
}

async function serversOnce(options: StartOptions): Promise<readonly Cluster[]> {
  const { children, progress, record, root } = options;
  const folder = layout(root);
  const plans = clustersOf(root, record);
  const [client = 0, peer = 0, ...ports] = await freePorts(2 + plans.length);
  const address = options.realNodes?.hostAddress ?? "127.0.0.1";
  const { store, clusters } = await step(progress, "certificates", async () => {
    const store: Store = { client, peer, credentials: await writeStoreCredentials(folder) };
    const prepared = plans.map((plan, index) =>
      Cluster.prepare(plan, options, { address, port: ports[index] ?? 0, store, prefix: plan.prefix }),
    );
    return { store, clusters: await Promise.all(prepared) };
  });
  if (record.federation) {
    const entries = clusters.map(({ credentials }) => credentials.administrator);
    await writeFile(folder.kubeconfig, kubeconfig(...entries), { mode: 0o600 });
  }
  await step(progress, "etcd", async () => {
    await runProgram(options, etcd(folder, store));
    await until("etcd listens", () => listens(client), {
      seconds: 60,
      everyMilliseconds: 25,
      alive: () => children.assertAlive(),
    });
  });
  await step(progress, "API server", () => Promise.all(clusters.map((cluster) => cluster.startApiServer())));
  return clusters;
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port });
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => {
      resolve(false);
    });
  });
}
