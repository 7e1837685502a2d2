import type { FailoverAction } from "../../../lib/recovery/failover/action";
import type { FailoverEvent, Order } from "../../../lib/recovery/failover/event";
import type { Heights } from "../../../lib/recovery/failover/ledger";
import { newRecord } from "../../../lib/recovery/failover/record";
import { restoredWith } from "../../../lib/recovery/failover/restore";
import type { FailoverSettings } from "../../../lib/recovery/failover/settings";
import type { Candidate, VerificationReport } from "../../../lib/recovery/failover/snapshot";
import { beginning, step } from "../../../lib/recovery/failover/step";

/** Settings that can be kept: what the facts on disaster recovery, section 5, reckon with. */
export const settings: FailoverSettings = {
  mode: "real",
  primary: ["center-1", "center-2"],
  target: "center-3",
  vantagePoints: ["witness", "center-2"],
  approvers: ["ada", "grace"],
  consenters: {
    units: { "center-1": ["orderer-0", "orderer-1"], "center-2": ["orderer-2", "orderer-3"] },
    target: ["orderer-4"],
  },
  heartbeat: { interval: 1000, misses: 3, probeTimeout: 200 },
  lease: { duration: 3000, renew: 350, retries: 3, grace: 700, maxClockDrift: 200, selfFence: 500 },
  maxFallbacks: 3,
  standbyPeers: true,
  snapshotInterval: 5000,
  limits: { rtoRead: 60_000, rtoWrite: 900_000, rpoBlocks: 3, rpoSeconds: 5 },
  budget: {
    fencing: 5000,
    clone: 100,
    verification: 2000,
    readOpen: 3000,
    approval: 600_000,
    promotion: 5000,
    replay: 10_000,
  },
};

/** Where a ledger of the one channel ends whose block `n` always has the hash `#n`. */
export const at = (height: number): Heights => ({ main: { height, hash: `#${height - 1}` } });

export const snapshot = (height: number, change: Partial<Candidate> = {}): Candidate => ({
  name: `snapshot-${height}`,
  unit: "center-1",
  tier: "transaction",
  epoch: 1,
  takenAt: height,
  heights: at(height),
  ready: true,
  complete: true,
  ...change,
});

export const sound = (height: number, change: Partial<VerificationReport> = {}): VerificationReport => ({
  contiguous: true,
  asHeard: true,
  stateSound: true,
  heights: at(height),
  survivors: [],
  ...change,
});

type Bare = FailoverEvent extends infer E ? (E extends FailoverEvent ? Omit<E, "clock"> : never) : never;

/** One controller and its clock, for tests that tell a story. */
export class Scene {
  state = beginning(newRecord(1, 0), "center-3");
  actions: readonly FailoverAction[] = [];
  now = 0;
  private renewals = 0;
  private seq = 0;

  constructor(readonly settings_: FailoverSettings = settings) {}

  get phase() {
    return this.state.record.phase;
  }

  get epoch() {
    return this.state.record.epoch;
  }

  get does() {
    return this.actions.map((action) => action.do);
  }

  tell(event: Bare): this {
    const told = { ...event, clock: { local: this.now, wall: this.now } } as FailoverEvent;
    ({ state: this.state, actions: this.actions } = step(this.state, told, this.settings_));
    return this;
  }

  /** The primary's life for that long: a heartbeat a second, the lease renewed three times a second. */
  alive(until: number, height = 100): this {
    while (this.now < until) {
      this.now += 250;
      this.renewals += 1;
      this.sees(this.epoch, "center-1");
      if (this.now % 1000 === 0) this.beats(height);
      this.tell({ type: "tick" });
    }
    return this;
  }

  beats(height = 100, change: object = {}): this {
    this.seq += 1;
    const beat = { center: "center-1", epoch: this.epoch, seq: this.seq, heights: at(height), authentic: true };
    return this.tell({ type: "heartbeat", beat: { ...beat, ...change } });
  }

  sees(epoch: number, holder: string, renewals = this.renewals): this {
    return this.tell({ type: "leaseSeen", lease: { epoch, holder, renewals }, asked: this.now });
  }

  /** Nothing is heard of the primary any more. */
  silent(until: number, witnessAgrees = true): this {
    while (this.now < until) {
      this.now += 250;
      if (witnessAgrees) this.tell({ type: "vantage", from: "witness", reaches: false });
      this.sees(this.epoch, "center-1");
      this.tell({ type: "tick" });
    }
    return this;
  }

  fenced(): this {
    const { epoch } = this;
    for (const center of this.settings_.primary) this.tell({ type: "fenced", center, evidence: "nodesOff", epoch });
    return this;
  }

  order(what: Order["what"], change: Partial<Order> = {}): this {
    return this.tell({ type: "ordered", order: { by: "ada", epoch: this.epoch, what, ...change } });
  }

  /** The shortest way from the beginning to where reads are open: snapshot at 97, standby peers at 99, heard 100. */
  readOnly(): this {
    this.alive(5000).silent(20_000).sees(2, "center-3", 0).fenced();
    this.tell({ type: "candidates", candidates: [snapshot(97), snapshot(90)], epoch: 2 });
    const survivors = [{ name: "peer0", history: "same" as const, heights: at(99) }];
    this.tell({ type: "verified", candidate: "snapshot-97", report: sound(97, { survivors }), epoch: 2 });
    return this.tell({ type: "opened", queryAnswered: true, submitRefused: true, epoch: 2 });
  }

  /** Approved, and all ordering nodes up. */
  restored(): this {
    return this.readOnly().approved();
  }

  approved(): this {
    this.order("writes");
    const consenters = restoredWith(snapshot(97), this.settings_.consenters);
    const up = { consenters, snapshot: "snapshot-97", leader: true, heights: at(97), epoch: 2 };
    return this.tell({ type: "orderersStarted", ...up });
  }

  replays(number: number, ours = `#${number}`): this {
    return this.tell({
      type: "replayed",
      block: { channel: "main", number, ours, theirs: `#${number}` },
      epoch: this.epoch,
    });
  }

  readWrite(): this {
    return this.restored().replays(97).replays(98);
  }
}
