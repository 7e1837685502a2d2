/** One cluster: API server, controllers, scheduler, and nodes; started, and started again, as children of this process. */
import type { RealNodes } from "../nodes/real-nodes";
import { layout, type SandboxRecord } from "../state";
import type { Children } from "../supervisor/children";
import { ended } from "../supervisor/process-identity";
import { apiServer, type ApiServerPlace, type Command, controllerManager, nodes, scheduler } from "./commands";
import { type Credentials, writeCredentials } from "./credentials";
import { readAccess } from "./kubeconfig";
import { type ClusterPlan, processName } from "./plan";
import { isReady, until } from "./readiness";

/** What a cluster is run with. */
export interface ClusterSetting {
  readonly root: string;
  readonly record: SandboxRecord;
  readonly children: Children;
  /** Where nodes are real. */
  readonly realNodes?: RealNodes;
}

const apiServerProgram = "kube-apiserver";

/** Runs inside the daemon. */
export class Cluster {
  private constructor(
    readonly plan: ClusterPlan,
    readonly credentials: Credentials,
    private readonly setting: ClusterSetting,
    private readonly place: ApiServerPlace,
  ) {}

  /** Makes a cluster's keys, certificates and kubeconfig; nothing runs yet. */
  static async prepare(plan: ClusterPlan, setting: ClusterSetting, place: ApiServerPlace): Promise<Cluster> {
    const server = `https://${place.address}:${place.port}`;
    const { name, identities } = plan;
    const credentials = await writeCredentials(plan.folder, { name, server, nodes: identities });
    return new Cluster(plan, credentials, setting, place);
  }

  /** URL of its API server. */
  get server(): string {
    return this.credentials.administrator.server;
  }

  /** Whether pods run in it. */
  get runsPods(): boolean {
    return this.plan.role !== "host";
  }

  /** Throws where a program of the sandbox has ended by itself. */
  readonly alive = (): Promise<void> => this.setting.children.assertAlive();

  /** Starts the API server and waits until it is ready. */
  async startApiServer(): Promise<void> {
    await this.run(apiServer(this.plan.nodes, this.place, this.credentials));
    const access = readAccess(this.plan.folder.kubeconfig);
    // The client is loaded while the API server starts, which takes longer.
    await kubernetesClient();
    await until(`API server of ${this.plan.name} ready`, () => isReady(access), { seconds: 120, alive: this.alive });
  }

  async startControllers(): Promise<void> {
    await this.run(controllerManager(this.plan.nodes, this.runsPods, this.credentials));
    if (this.runsPods) await this.run(scheduler(this.credentials));
  }

  /** Starts what plays the nodes, or the nodes' own kubelets. */
  async startNodes(): Promise<void> {
    if (this.setting.realNodes) await this.setting.realNodes.join(this.credentials, this.plan.zones);
    else if (this.runsPods) await this.run(nodes(this.credentials));
  }

  /**
   * Fills the empty cluster with nodes and what belongs to them, and waits until pods can run.
   * @param world where real nodes' DNS asks for names outside the cluster
   */
  async furnish(world?: string): Promise<void> {
    const { zones, folder, number } = this.plan;
    const [{ loadConfig }, register] = await kubernetesClient();
    const config = loadConfig(folder.kubeconfig);
    const { createDns, dnsReady } = await import("../nodes/dns-setup");
    const real = this.setting.realNodes !== undefined && this.runsPods;
    if (this.runsPods) {
      await Promise.all([
        real ? createDns(config, world) : register.registerNodes(config, zones, number),
        register.createStorageClass(config),
      ]);
    }
    const count = zones.reduce((sum, zone) => sum + zone.nodes, 0);
    await Promise.all([
      register.nodesReady(config, count, this.alive),
      register.defaultNamespaceUsable(config, this.alive),
    ]);
    if (real) await dnsReady(config, count, this.alive);
  }

  /** Kills the API server alone, or every program of the cluster; waits until they have ended. */
  async kill(what: "API server" | "everything"): Promise<void> {
    const { name } = this.plan;
    const killed = this.setting.children.kill(
      (child) =>
        child.cluster === name && (what === "everything" || child.name === processName(this.plan, apiServerProgram)),
    );
    await Promise.all(killed.map((process) => ended(process, 5_000)));
  }

  /** Starts one of the cluster's programs. */
  async run({ program, arguments: args, restart }: Command): Promise<void> {
    const { root, record, children } = this.setting;
    await runProgram(
      { root, record, children },
      { program, arguments: args, ...(restart ? { restart } : {}) },
      this.plan,
    );
  }
}

/** Starts a program, of a cluster or of the whole sandbox. */
export async function runProgram(
  { root, record, children }: Pick<ClusterSetting, "root" | "record" | "children">,
  { program, arguments: args, restart }: Command,
  plan?: Pick<ClusterPlan, "name" | "role">,
): Promise<void> {
  const file = record.programs[program];
  if (file === undefined) throw new Error(`no file is recorded for ${program}`);
  await children.start({
    name: plan ? processName(plan, program) : program,
    file,
    arguments: args,
    ...(plan?.role ? { cluster: plan.name } : {}),
    ...(restart ? { restart } : {}),
    // Nothing of the user's own settings (KUBECONFIG, KWOK's own stages) may reach the sandbox's programs.
    environment: {
      PATH: process.env["PATH"] ?? "/usr/bin:/bin",
      HOME: root,
      TMPDIR: process.env["TMPDIR"] ?? "/tmp",
      KWOK_WORKDIR: layout(root).run,
    },
  });
}

const kubernetesClient = () => Promise.all([import("./client"), import("../simulation/register")]);
