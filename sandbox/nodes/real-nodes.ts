/** The real nodes of one sandbox, as its daemon runs them: made, broken and healed as somebody demands. */
import { type FSWatcher, mkdirSync, watch } from "node:fs";
import type { Credentials, NodeIdentity } from "../controlplane/credentials";
import { reasonOf } from "../errors";
import type { NodeNetwork } from "../policies/node-rules";
import { layout, type SandboxRecord } from "../state";
import type { Children } from "../supervisor/children";
import { demandedFaults, type Fault, type Faults, faultyZones } from "./faults";
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

/** Looks again, should a change of the folder of faults not be told. */
const lookMilliseconds = 1_000;

/** Runs inside the daemon. */
export class RealNodes {
  private readonly zones = new Map<string, ZoneMachine>();
  private credentials: Credentials | undefined;
  private registryProxy: RegistryProxy | undefined;
  private watcher: FSWatcher | undefined;
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();
  private stopped = false;

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
    mkdirSync(layout(owner.root).faults, { recursive: true });
    await createNetwork(plan);
    return nodes;
  }

  /** Where the API server listens, so that nodes and pods reach it. */
  get hostAddress(): string {
    return this.plan.hostAddress;
  }

  get identities(): NodeIdentity[] {
    return this.plan.zones.map(({ node, address }) => ({ node, address }));
  }

  /** Where the packets of each node's pods pass. */
  get networks(): NodeNetwork[] {
    return this.plan.zones.map(({ node, netnsFile }) => ({ name: node, netns: netnsFile }));
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

  /** Starts kubelets and kube-proxies, and from now on breaks and heals what is demanded. */
  async join(credentials: Credentials): Promise<void> {
    this.credentials = credentials;
    await Promise.all([...this.zones.values()].map((zone) => this.joinZone(zone)));
    this.watcher = watch(layout(this.owner.root).faults, this.look);
    this.timer = setInterval(this.look, lookMilliseconds);
  }

  /** No longer breaks or heals anything; what runs is ended by `killNodes`. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.watcher?.close();
    clearInterval(this.timer);
    this.registryProxy?.stop();
    await this.running;
  }

  private async bootZone(zone: ZoneMachine): Promise<void> {
    const first = await zone.boot();
    this.owner.update({ machines: { ...this.owner.record().machines, [zone.zone]: first } });
  }

  private async joinZone(zone: ZoneMachine): Promise<void> {
    const credentials = this.credentials?.realNodes[zone.zone];
    if (!credentials) throw new Error(`${zone.zone} has no credentials`);
    await zone.join(credentials);
  }

  /** One after the other, whatever is asked meanwhile. */
  private readonly look = (): void => {
    this.running = this.running.then(async () => {
      if (this.stopped) return;
      try {
        await this.reconcile();
      } catch (thrown) {
        if (this.owner.record().faultFailure !== reasonOf(thrown)) {
          this.owner.log(`faults: ${reasonOf(thrown)}`);
          this.owner.update({ faultFailure: reasonOf(thrown) });
        }
      }
    });
  };

  /** Makes what is broken what is demanded to be broken. */
  private async reconcile(): Promise<void> {
    const demanded = demandedFaults(this.owner.root);
    const actual = this.owner.record().faults;
    const names = [...new Set([...Object.keys(demanded), ...Object.keys(actual)])];
    const changed = names.filter((name) => demanded[name] !== actual[name]);
    if (changed.length === 0) return;
    await Promise.all(
      changed.filter((name) => faultyZones(name).length === 1).map((name) => this.setZone(name, demanded[name])),
    );
    const links = changed.filter((name) => faultyZones(name).length > 1);
    // A machine that was started again keeps its network, and with it the rules for its links.
    await Promise.all([...new Set(links.flatMap(faultyZones))].map((zone) => this.setLinks(zone, demanded)));
    this.owner.update({ faults: demanded, faultFailure: undefined });
    this.owner.log(`faults: ${JSON.stringify(demanded)}`);
  }

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
