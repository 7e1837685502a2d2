/** A failover on a real API server; the centers' data are in memory, and everything else is as it is in production. */
import { ApiextensionsV1Api, type KubeConfig } from "@kubernetes/client-node";
import { Driver } from "../../../agent/failover/driver";
import type { Executor, Result } from "../../../agent/failover/executor";
import { VantageBoard, WitnessLease } from "../../../agent/failover/lease";
import { FailoverStore } from "../../../agent/failover/store";
import { connect, type ApiServer } from "../../../agent/kubernetes/api-server";
import { pathOf } from "../../../agent/kubernetes/objects";
import { pause } from "../../../agent/kubernetes/pause";
import type { Order } from "../../../lib/recovery/failover/event";
import { failoverKind } from "../../../lib/recovery/failover/kind";
import { failoverObject, type FailoverObject, type FailoverStatus } from "../../../lib/recovery/failover/object";
import type { Phase } from "../../../lib/recovery/failover/record";
import type { FailoverSettings } from "../../../lib/recovery/failover/settings";
import { at, settings as usual, snapshot, sound } from "../../unit/failover/scene";
import { create, eventually } from "./cluster";

/** Small times: a whole failover takes some seconds. */
export const settings: FailoverSettings = {
  ...usual,
  primary: ["center-1"],
  vantagePoints: ["witness", "center-2"],
  heartbeat: { interval: 200, misses: 3, probeTimeout: 50 },
  lease: { duration: 700, renew: 80, retries: 2, grace: 200, maxClockDrift: 50, selfFence: 100 },
};

/** Makes the kind known, once for all tests of a run. */
export async function ensureKind(config: KubeConfig): Promise<void> {
  const api = config.makeApiClient(ApiextensionsV1Api);
  const { name } = failoverKind.metadata;
  const { items } = await api.listCustomResourceDefinition();
  if (!items.some(({ metadata }) => metadata?.name === name)) await create(config, failoverKind);
  await eventually("the kind is served", async () => {
    const found = await api.readCustomResourceDefinition({ name });
    return found.status?.conditions?.some(({ type, status }) => type === "Established" && status === "True") === true;
  });
}

interface Running {
  readonly end: () => Promise<void>;
  readonly ended: Promise<void>;
}

/** City, witness and remote center. */
export class Ground {
  readonly api: ApiServer;
  readonly failover: { readonly namespace: string; readonly name: string };
  primaryAlive = true;
  /** Snapshots by name that turn out to be bad. */
  bad = new Set<string>();
  standbyEnds = 99;
  orderers: { from: string; height: number } | undefined;
  opened: string[] = [];
  /** What was carried out, by whom, in order. */
  readonly did: { readonly by: string; readonly do: string; readonly epoch: number }[] = [];
  /** Who is carrying something out. */
  readonly acting = new Set<string>();
  readonly crowds: string[] = [];
  private readonly drivers = new Set<Driver>();
  private readonly stop = new AbortController();
  private readonly lives: Promise<void>[] = [];
  private seq = 0;
  /** Heartbeats that the primary has sent. */
  beats = 0;

  constructor(
    config: KubeConfig,
    namespace: string,
    name = "city",
    readonly settings_ = settings,
  ) {
    this.api = connect(config);
    this.failover = { namespace, name };
  }

  lease = (api = this.api): WitnessLease => new WitnessLease(api, this.failover, this.settings_.lease.duration);
  store = (api = this.api): FailoverStore => new FailoverStore(api, this.failover);

  /** The object and the lease are made, the primary lives, the witness looks on. */
  async begin(): Promise<void> {
    await this.api.call(
      "POST",
      pathOf("failovers", this.failover.namespace),
      failoverObject(this.failover, this.settings_, {}),
    );
    await this.lease().create("center-1");
    this.lives.push(
      this.every(80, () => this.live()),
      this.every(150, () => this.witness()),
    );
  }

  async end(): Promise<void> {
    this.stop.abort();
    await Promise.all(this.lives);
  }

  private async every(period: number, does: () => Promise<void>): Promise<void> {
    while (!this.stop.signal.aborted) {
      await does().catch(() => undefined);
      await pause(period, this.stop.signal);
    }
  }

  private async live(): Promise<void> {
    if (!this.primaryAlive) return;
    const lease = await this.lease().renew("center-1");
    if (lease === undefined || this.seq++ % 2 === 1) return;
    const beat = {
      center: "center-1",
      epoch: lease.holder === "center-1" ? lease.epoch : 1,
      seq: this.seq,
      heights: at(100),
    };
    this.beats += 1;
    for (const driver of this.drivers) void driver.tell({ type: "heartbeat", beat: { ...beat, authentic: true } });
  }

  private readonly board = () => new VantageBoard(this.api, this.failover);
  private readonly witness = (): Promise<void> => this.board().tell("witness", this.primaryAlive);

  /** A controller at the target. */
  drive(by: string, api = this.api, executor = this.executor(by)): Running {
    const driver = this.driver(api, executor);
    const end = new AbortController();
    this.drivers.add(driver);
    const ended = driver.run(end.signal).finally(() => this.drivers.delete(driver));
    return { ended, end: () => (end.abort(), ended) };
  }

  private driver(api: ApiServer, executor: Executor): Driver {
    return new Driver({
      store: this.store(api),
      lease: this.lease(api),
      vantage: new VantageBoard(api, this.failover),
      executor,
      settings: this.settings_,
      point: this.settings_.target,
      announce: () => undefined,
      log: () => undefined,
    });
  }

  /** What is done with data, in memory; each takes a moment, so that it can be interrupted. */
  executor =
    (by: string): Executor =>
    async (action, signal) => {
      const others = [...this.acting].filter((one) => one !== by);
      if (others.length > 0) this.crowds.push(`${by} beside ${others.join()}: ${action.do}`);
      this.acting.add(by);
      await pause(30, signal);
      this.acting.delete(by);
      if (signal.aborted) return undefined;
      this.did.push({ by, do: action.do, epoch: action.epoch });
      return this.act(action);
    };

  private act(action: Parameters<Executor>[0]): Result {
    switch (action.do) {
      case "fence":
        if (this.primaryAlive) return { fenced: {} };
        return { fenced: Object.fromEntries(action.centers.map((center) => [center, "nodesOff"] as const)) };
      case "listCandidates":
        return { candidates: [97, 90, 80].map((height) => snapshot(height)) };
      case "verify": {
        const { name, heights } = action.candidate;
        const survivors = [{ name: "peer0", history: "same" as const, heights: at(this.standbyEnds) }];
        const report = sound(heights["main"]?.height ?? 0, { survivors, contiguous: !this.bad.has(name) });
        return { candidate: name, report };
      }
      case "openReads":
        this.opened.push(action.candidate.name);
        return { queryAnswered: true, submitRefused: true };
      case "startOrderers": {
        const { consenters, candidate } = action;
        const { name, heights } = candidate;
        if (this.orderers?.from !== name) this.orderers = { from: name, height: heights["main"]?.height ?? 0 };
        return { consenters, snapshot: name, leader: true, heights };
      }
      case "replayBlock": {
        if (this.orderers !== undefined && this.orderers.height === action.number) this.orderers.height += 1;
        return {
          block: {
            channel: action.channel,
            number: action.number,
            ours: `#${action.number}`,
            theirs: `#${action.number}`,
          },
        };
      }
      case "rollBack":
        return { heights: action.to };
      case "resync":
      case "catchUp":
        return { heights: at(this.orderers?.height ?? 100), verified: true };
      case "demote":
        return { heights: at(this.orderers?.height ?? 0) };
      case "acquireLease":
      case "isolateClone":
      case "moveReads":
      case "moveWrites":
      case "openWrites":
      case "page":
      case "pinSnapshots":
      case "unpinSnapshots":
        return undefined;
    }
  }

  async status(): Promise<FailoverStatus | undefined> {
    return (await this.store().read())?.status;
  }

  async reaches(phase: Phase, seconds = 40): Promise<FailoverStatus> {
    let status: FailoverStatus | undefined;
    await eventually(`phase ${phase}`, async () => (status = await this.status())?.phase === phase, seconds);
    return status!;
  }

  /** Gives an order as somebody with a text editor would, and waits for what becomes of it. */
  async order(what: Order["what"], change: Partial<Order> = {}): Promise<FailoverStatus["answers"][number]> {
    const id = `${what}-${Math.random()}`;
    const path = pathOf("failovers", this.failover.namespace, this.failover.name);
    for (let done = false; !done;) {
      const object = await this.api.call<FailoverObject>("GET", path);
      const order = { id, by: "ada", epoch: object.status?.epoch ?? 1, what, ...change };
      const spec = { ...object.spec, orders: [...(object.spec.orders ?? []), order] };
      done = await this.api.call("PUT", path, { ...object, spec }).then(
        () => true,
        () => false,
      );
    }
    let answer: FailoverStatus["answers"][number] | undefined;
    await eventually(`answer to ${what}`, async () => {
      answer = (await this.status())?.answers.find((one) => one.id === id);
      return answer !== undefined;
    });
    return answer!;
  }

  /** The phases that it went through, each once where it stood in it for several lines. */
  async path(): Promise<string[]> {
    const phases = (await this.status())?.timeline.map(({ phase }) => phase) ?? [];
    return phases.filter((phase, index) => phase !== phases[index - 1]);
  }

  /** Everything from the loss of the city to the way back, with every order given as soon as it can be. */
  async wholeFlow(): Promise<void> {
    await this.reaches("Protected");
    await eventually("the primary was heard", async () => (await this.status())?.heard?.["main"] !== undefined);
    this.primaryAlive = false;
    await this.reaches("ReadOnlyOpen");
    await this.follow("writes", "ReadWrite");
    this.primaryAlive = true;
    await this.follow("failback", "Failback");
    await eventually("it is level", async () => (await this.status())?.synced !== undefined);
    await this.follow("switch", "Protected");
  }

  /** Ordered again where somebody died over it. */
  private async follow(what: Order["what"], phase: Phase): Promise<void> {
    const { followed, why } = await this.order(what);
    if (!followed) throw new Error(why);
    await this.reaches(phase);
  }
}
