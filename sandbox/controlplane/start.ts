/** Brings up a control plane with its nodes, simulated or real, as children of this process. */
import { connect } from "node:net";
import type { RealNodes } from "../nodes/real-nodes";
import { type Progress, step } from "../progress";
import { layout, type SandboxRecord } from "../state";
import { ChildDied, type Children } from "../supervisor/children";
import { apiServer, type Command, controllerManager, etcd, nodes, type Ports, scheduler } from "./commands";
import { writeCredentials, type Credentials } from "./credentials";
import { freePorts } from "./ports";
import { readAccess } from "./kubeconfig";
import { isReady, until } from "./readiness";

const attempts = 3;

export interface StartOptions {
  readonly root: string;
  readonly record: SandboxRecord;
  readonly children: Children;
  readonly progress: (event: Progress) => void;
  /** Where nodes are real. */
  readonly realNodes?: RealNodes;
}

/**
 * Starts everything, waits until the nodes are Ready, and gives the URL of the API server.
 * Errors: a program ends by itself (with the end of its log), or something takes longer than its limit.
 */
export async function startControlPlane(options: StartOptions): Promise<string> {
  const { children, progress, realNodes, record, root } = options;
  const alive = (): Promise<void> => children.assertAlive();
  // The machines need no API server until their kubelets start.
  const booted = realNodes?.boot();
  // Should the servers fail first, this failure is not the one to tell.
  booted?.catch(() => undefined);
  const { server, credentials } = await servers(options);
  await step(progress, "controllers, scheduler", async () => {
    await run(options, controllerManager(record.nodes, credentials));
    await run(options, scheduler(credentials));
  });
  if (realNodes) {
    await step(progress, "machines, images", async () => booted);
    await step(progress, "nodes", async () => {
      await realNodes.join(credentials);
      const [{ loadConfig }, register] = await kubernetesClient();
      const { createDns, dnsReady } = await import("../nodes/dns-setup");
      const config = loadConfig(layout(root).kubeconfig);
      await Promise.all([createDns(config), register.createStorageClass(config)]);
      await Promise.all([
        register.nodesReady(config, record.zones.length, alive),
        register.defaultNamespaceUsable(config, alive),
      ]);
      await dnsReady(config, record.zones.length, alive);
    });
    return server;
  }
  await step(progress, "nodes", async () => {
    await run(options, nodes(credentials));
    const [{ loadConfig }, register] = await kubernetesClient();
    const config = loadConfig(layout(root).kubeconfig);
    await Promise.all([register.registerNodes(config, record.zones), register.createStorageClass(config)]);
    const nodeCount = record.zones.reduce((sum, zone) => sum + zone.nodes, 0);
    await Promise.all([register.nodesReady(config, nodeCount, alive), register.defaultNamespaceUsable(config, alive)]);
  });
  return server;
}

interface Servers {
  readonly server: string;
  readonly credentials: Credentials;
}

/** Loaded while the API server starts, which takes longer. */
const kubernetesClient = () => Promise.all([import("./client"), import("../simulation/register")]);

/** etcd and the API server. Their ports are chosen first and used a moment later, so a lost race is run again. */
async function servers(options: StartOptions): Promise<Servers> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await serversOnce(options);
    } catch (thrown) {
      if (!(thrown instanceof ChildDied && thrown.portTaken) || attempt === attempts) throw thrown;
      await options.children.end();
    }
  }
}

async function serversOnce(options: StartOptions): Promise<Servers> {
  const { children, progress } = options;
  const folder = layout(options.root);
  const alive = (): Promise<void> => children.assertAlive();
  const [api = 0, client = 0, peer = 0] = await freePorts(3);
  const ports: Ports = { api, etcd: client, etcdPeer: peer };
  const address = options.realNodes?.hostAddress ?? "127.0.0.1";
  const server = `https://${address}:${ports.api}`;
  const credentials = await step(progress, "certificates", () =>
    writeCredentials(folder, server, options.realNodes?.identities),
  );
  await step(progress, "etcd", async () => {
    await run(options, etcd(folder, ports, credentials));
    await until("etcd listens", () => listens(ports.etcd), {
      seconds: 60,
      everyMilliseconds: 25,
      alive,
    });
  });
  const access = readAccess(folder.kubeconfig);
  await step(progress, "API server", async () => {
    await run(options, apiServer(options.record.nodes, address, ports, credentials));
    await kubernetesClient();
    await until("API server ready", () => isReady(access), { seconds: 120, alive });
  });
  return { server, credentials };
}

async function run({ children, record, root }: StartOptions, command: Command): Promise<void> {
  const file = record.programs[command.program];
  if (file === undefined) throw new Error(`no file is recorded for ${command.program}`);
  await children.start({
    name: command.program,
    file,
    arguments: command.arguments,
    // Nothing of the user's own settings (KUBECONFIG, KWOK's own stages) may reach the sandbox's programs.
    environment: {
      PATH: process.env["PATH"] ?? "/usr/bin:/bin",
      HOME: root,
      TMPDIR: process.env["TMPDIR"] ?? "/tmp",
      KWOK_WORKDIR: layout(root).run,
    },
  });
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
