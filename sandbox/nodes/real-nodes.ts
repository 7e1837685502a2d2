/** The real nodes of one sandbox, as its daemon runs them: made, broken and healed. */
import type { Credentials, NodeCredentials } from "../controlplane/credentials";
import type { ClusterPlan } from "../controlplane/plan";
import type { NodeNetwork } from "../policies/node-rules";
import type { SandboxRecord, ZoneSpec } from "../state";
import type { Children } from "../supervisor/children";
import { type ApplyFaults, type Fault, type Faults, faultyZones } from "./faults";
import { createNetwork, dropFrom, setCable } from "./network";
import { type NodePlan, planOf } from "./plan";
import { claimRange } from "./range";
import { type RegistryProxy, startRegistryProxy } from "./registry-proxy";
import { nodeTools } from "./tools";
import { ZoneMachine } from "./zone-machine";

/** How the daemon's part of the sandbox is reached. */
export interface NodesOwner {
  readonly root: string;
  readonly children: Children;
  record(): SandboxRecord;
  /** Writes the change before it returns. */
  update(change: Partial<SandboxRecord>): void;
  log(line: string): void;
}

/** Runs inside the daemon. */
export class RealNodes {
  private readonly zones = new Map<string, ZoneMachine>();
  private readonly credentials = new Map<string, NodeCredentials>();
  private registryProxy: RegistryProxy | undefined;

  private constructor(
    private readonly owner: NodesOwner,
    private readonly plan: NodePlan,
  ) {}

  /** Claims addresses and makes networks and control groups. Errors: as of `requireRealNodes`; no addresses are free. */
  static async create(owner: NodesOwner): Promise<RealNodes> {
    const { id } = owner.record();
    await claimRange(id, (range) => {
      owner.update({ range });
    });
    const plan = planOf(owner.record());
    if (!plan) throw new Error("no range of addresses is recorded");
    const nodes = new RealNodes(owner, plan);
    await createNetwork(plan);
    return nodes;
  }

  /** Where API servers listen, so that nodes and pods reach them. */
  get hostAddress(): string {
    return this.plan.hostAddress;
  }

  /** Where the packets of each node's pods pass, by the cluster; all of them where there is one only. */
  networks(cluster: ClusterPlan): NodeNetwork[] {
    return this.plan.zones
      .filter(({ zone }) => cluster.zones.some(({ name }) => name === zone))
      .map(({ node, netnsFile }) => ({ name: node, netns: netnsFile }));
  }

  /** Starts the machines with containerd and brings the images in; needs no API server. */
  async boot(): Promise<void> {
    const { root, children } = this.owner;
    const record = this.owner.record();
    const tools = nodeTools(record.programs);
    this.registryProxy = await startRegistryProxy(this.plan);
    for (const zone of this.plan.zones) {
      this.zones.set(
        zone.zone,
        new ZoneMachine({
          root,
          plan: this.plan,
          zone,
          tools,
          children,
          images: record.images,
          registryAccess: this.registryProxy.environment,
        }),
      );
    }
    await Promise.all([...this.zones.values()].map((zone) => this.bootZone(zone)));
  }

  /** Starts kubelets and kube-proxies of the machines of some zones. */
  async join({ realNodes }: Credentials, zones: readonly ZoneSpec[]): Promise<void> {
    for (const [node, credentials] of Object.entries(realNodes)) this.credentials.set(node, credentials);
    await Promise.all(zones.map(({ name }) => this.joinZone(this.machine(name))));
  }

  /** What runs is ended by `killNodes`. */
  stop(): void {
    this.registryProxy?.stop();
  }

  private async bootZone(zone: ZoneMachine): Promise<void> {
    const first = await zone.boot();
    this.owner.update({ machines: { ...this.owner.record().machines, [zone.zone]: first } });
  }

  private async joinZone(zone: ZoneMachine): Promise<void> {
    const credentials = this.credentials.get(zone.zone);
    if (!credentials) throw new Error(`${zone.zone} has no credentials`);
    await zone.join(credentials);
  }

  private machine(zone: string): ZoneMachine {
    const machine = this.zones.get(zone);
    if (!machine) throw new Error(`there is no machine of ${zone}`);
    return machine;
  }

  /** Makes what is broken of zones and links what is demanded to be broken. */
  readonly apply: ApplyFaults = async (demanded, actual) => {
    const names = [...new Set([...Object.keys(demanded), ...Object.keys(actual)])];
    const changed = names.filter((name) => demanded[name] !== actual[name]);
    await Promise.all(
      changed.filter((name) => faultyZones(name).length === 1).map((name) => this.setZone(name, demanded[name])),
    );
    const links = changed.filter((name) => faultyZones(name).length > 1);
    // A machine that was started again keeps its network, and with it the rules for its links.
    await Promise.all([...new Set(links.flatMap(faultyZones))].map((zone) => this.setLinks(zone, demanded)));
  };

  private async setZone(name: string, fault: Fault | undefined): Promise<void> {
    const zone = this.zones.get(name);
    const plan = this.plan.zones.find((one) => one.zone === name);
    if (!zone || !plan) return;
    const actual = this.owner.record().faults[name];
    if (fault === "killed") await zone.kill();
    await setCable(plan, fault === "cut" ? "down" : "up");
    if (actual === "killed" && fault !== "killed") {
      await this.bootZone(zone);
      await this.joinZone(zone);
    }
  }

  private async setLinks(name: string, demanded: Faults): Promise<void> {
    const plan = this.plan.zones.find(({ zone }) => zone === name);
    if (!plan) return;
    const others = Object.keys(demanded)
      .map(faultyZones)
      .filter((ends) => ends.length > 1 && ends.includes(name))
      .flatMap((ends) => this.plan.zones.filter(({ zone }) => zone !== name && ends.includes(zone)));
    await dropFrom(plan, others);
  }
}
