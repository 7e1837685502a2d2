import type { FailoverAction } from "../../lib/recovery/failover/action";
import type { FailoverEvent, Lease } from "../../lib/recovery/failover/event";
import { newRecord, type FailoverRecord } from "../../lib/recovery/failover/record";
import type { FailoverSettings } from "../../lib/recovery/failover/settings";
import type { Candidate } from "../../lib/recovery/failover/snapshot";
import { beginning, step } from "../../lib/recovery/failover/step";
import type { FailoverState } from "../../lib/recovery/failover/view";
import { broken } from "../../lib/recovery/failover/invariants";
import { end, nothing, orderOf, reportOn, snapshotOf, type Seen } from "./schedule";

type Bare = FailoverEvent extends infer E ? (E extends FailoverEvent ? Omit<E, "clock"> : never) : never;
interface Controller {
  readonly point: string;
  state: FailoverState;
  version: number;
  alive: boolean;
}

/** City, witness and remote center with everything that goes wrong between them. */
export class World {
  time = 0;
  lease: Lease = { holder: "city", epoch: 1, renewals: 0 };
  record: FailoverRecord = newRecord(1, 0);
  version = 0;
  city = { alive: true, epoch: 1, writesUntil: 0, seq: 0, ledger: ["b0"] as string[] };
  remote = { reads: false, orderers: false, opened: 0, closed: 0, known: 0, until: 0, ledger: [] as string[], raft: 0 };
  standby: string[] = ["b0"];
  private cut = { cityWitness: false, cityRemote: false, remoteWitness: false };
  private snapshots: { candidate: Candidate; ledger: string[]; damaged: boolean }[] = [];
  private queue: { at: number; run: () => void }[] = [];
  private controllers: Controller[];
  private observed: Seen;
  private verifiedGood = new Set<string>();
  private blocks = 0;
  readonly phases = new Set<string>();

  constructor(
    private readonly chance: () => number,
    readonly settings: FailoverSettings,
    private readonly crashes: boolean,
  ) {
    this.controllers = ["remote", "witness"].map((point) => ({
      point,
      state: beginning(this.record, point),
      version: 0,
      alive: true,
    }));
    this.observed = nothing(this.settings);
  }

  private maybe = (probability: number): boolean => this.chance() < probability;
  private upTo = (most: number): number => Math.floor(this.chance() * (most + 1));

  get cityWrites(): boolean {
    return this.city.alive && this.time < this.city.writesUntil;
  }

  get remoteWrites(): boolean {
    return this.remote.opened > 0 && this.remote.orderers && this.time < this.remote.until;
  }

  /** One tick; what was broken in it. */
  tick(): string[] {
    const before = this.record;
    this.observed = nothing(this.settings);
    this.time += 1;
    this.fail();
    this.renew();
    this.write();
    const due = this.queue.filter(({ at }) => at <= this.time);
    this.queue = this.queue.filter(({ at }) => at > this.time);
    for (const { run } of due) run();
    for (const controller of this.controllers) if (controller.alive) this.look(controller);
    this.people();
    this.phases.add(this.record.phase);
    const writing = [...(this.cityWrites ? ["city"] : []), ...(this.remoteWrites ? ["remote"] : [])];
    const ordering = [...(this.cityWrites ? ["city"] : []), ...(this.remote.orderers ? ["remote"] : [])];
    return broken({ ...this.observed, before, after: this.record, writing, ordering });
  }

  private fail(): void {
    if (this.maybe(this.city.alive ? 0.02 : 0.05)) {
      this.city.alive = !this.city.alive;
      this.city.writesUntil = 0;
    }
    // The city as a whole is cut off and lives on: what the lease is for.
    if (this.maybe(0.03)) this.cut = { ...this.cut, cityWitness: true, cityRemote: true };
    for (const link of ["cityWitness", "cityRemote", "remoteWitness"] as const)
      if (this.maybe(this.cut[link] ? 0.06 : 0.03)) this.cut[link] = !this.cut[link];
    for (const controller of this.controllers)
      if (!controller.alive && this.maybe(0.3)) this.restart(controller);
      else if (this.crashes && this.maybe(0.03)) controller.alive = false;
  }

  private restart(controller: Controller): void {
    controller.alive = true;
    controller.state = beginning(this.record, controller.point);
    controller.version = this.version;
  }

  /** A slow clock and a slow stop let a holder write for longer than it was given, by as much as the settings foresee. */
  private late(): number {
    const { maxClockDrift, selfFence } = this.settings.lease;
    return this.upTo(maxClockDrift) + this.upTo(selfFence);
  }

  private renew(): void {
    const { city, remote, lease } = this;
    const { duration } = this.settings.lease;
    if (city.alive && !this.cut.cityWitness && this.maybe(0.9) && lease.holder === "city") {
      this.lease = { ...lease, renewals: lease.renewals + 1 };
      // The answer may get lost.
      if (this.maybe(0.9)) {
        city.epoch = lease.epoch;
        city.writesUntil = Math.max(city.writesUntil, this.time + duration + this.late());
      }
    }
    const mine = this.lease.holder === "remote" && this.lease.epoch > remote.closed;
    if (mine && !this.cut.remoteWitness && this.maybe(0.9)) {
      this.lease = { ...this.lease, renewals: this.lease.renewals + 1 };
      remote.known = this.lease.epoch;
      remote.until = this.time + duration + this.late();
    }
    if (remote.orderers && this.time >= remote.until) remote.orderers = false;
  }

  private write(): void {
    const { city, remote } = this;
    if (this.cityWrites && this.maybe(0.5)) city.ledger = [...city.ledger, `c${(this.blocks += 1)}`];
    if (this.remoteWrites && this.maybe(0.5)) remote.ledger = [...remote.ledger, `r${(this.blocks += 1)}`];
    if (this.cityWrites && !this.cut.cityRemote && this.maybe(0.8)) this.standby = city.ledger;
    if (this.cityWrites && this.time % 3 === 0 && !this.cut.cityRemote) {
      const candidate = snapshotOf(this.time, city.epoch, end(city.ledger), this.maybe);
      this.snapshots = [{ candidate, ledger: city.ledger, damaged: this.maybe(0.3) }, ...this.snapshots].slice(0, 5);
    }
    if (!city.alive || this.time % 2 === 1) return;
    city.seq += 1;
    const beat = { center: "city", epoch: city.epoch, seq: city.seq, heights: end(city.ledger), authentic: true };
    for (const controller of this.controllers) {
      const link = controller.point === "remote" ? this.cut.cityRemote : this.cut.cityWitness;
      if (link || this.maybe(0.1)) continue;
      const authentic = !this.maybe(0.02);
      for (let copy = this.maybe(0.1) ? 2 : 1; copy > 0; copy -= 1)
        this.after(this.maybe(0.8) ? 0 : this.upTo(3), () =>
          this.tell(controller, { type: "heartbeat", beat: { ...beat, authentic } }),
        );
    }
  }

  private after(delay: number, run: () => void): void {
    this.queue.push({ at: this.time + delay, run });
  }

  private reachesWitness = ({ point }: Controller): boolean => point === "witness" || !this.cut.remoteWitness;

  private look(controller: Controller): void {
    if (this.reachesWitness(controller) && this.maybe(0.9)) {
      const [lease, asked] = [this.lease, this.time];
      this.after(this.maybe(0.8) ? 0 : this.upTo(3), () => this.tell(controller, { type: "leaseSeen", lease, asked }));
      const other = controller.point === "remote" ? this.cut.cityWitness : this.cut.cityRemote;
      const from = controller.point === "remote" ? "witness" : "remote";
      const reaches = this.city.alive && !other;
      this.tell(controller, { type: "vantage", from, reaches });
      if (this.maybe(0.1)) this.tell(controller, { type: "recordRead", record: this.record }, true);
    }
    this.tell(controller, { type: "tick" });
  }

  /** A step of one controller, and what its driver has to do: write down first, then act. */
  private tell(controller: Controller, event: Bare, reading = false): void {
    if (!controller.alive) return;
    const told = { ...event, clock: { local: this.time, wall: this.time } } as FailoverEvent;
    const next = step(controller.state, told, this.settings);
    const changed = next.state.record !== controller.state.record;
    if (reading) controller.version = this.version;
    if (changed && !reading) {
      const written = this.reachesWitness(controller) && controller.version === this.version && !this.maybe(0.03);
      if (!written) {
        controller.state = { record: controller.state.record, view: next.state.view };
        if (this.reachesWitness(controller)) {
          controller.state = { ...controller.state, record: this.record };
          controller.version = this.version;
        }
        return;
      }
      this.record = next.state.record;
      this.version += 1;
      controller.version = this.version;
    }
    controller.state = next.state;
    // Killed between writing down and acting.
    if (changed && this.crashes && this.maybe(0.1)) {
      controller.alive = false;
      return;
    }
    for (const action of next.actions)
      if (!this.maybe(0.1)) this.after(this.maybe(0.8) ? 0 : this.upTo(4), () => this.act(controller, action));
  }

  private act(asker: Controller, action: FailoverAction): void {
    const { remote, city } = this;
    const answer = (event: Bare): void => {
      for (const controller of this.controllers)
        if (controller === asker || this.maybe(0.3)) this.after(this.upTo(1), () => this.tell(controller, event));
    };
    const { epoch } = action;
    if (action.do === "acquireLease") return this.acquire(action);
    if (epoch < remote.known || epoch <= remote.closed) {
      // What was stopped is told again to whoever asks again.
      if (action.do === "demote" && epoch === remote.closed)
        answer({ type: "demoted", heights: end(remote.ledger), epoch });
      if (action.do !== "catchUp" || epoch < this.lease.epoch) return;
    }
    this.observed = { ...this.observed, done: [...this.observed.done, { action, known: remote.known }] };
    switch (action.do) {
      case "fence":
        if (this.maybe(0.6)) {
          city.alive = false;
          city.writesUntil = 0;
          answer({ type: "fenced", center: "city", evidence: "nodesOff", epoch });
        }
        return;
      case "listCandidates":
        return answer({ type: "candidates", candidates: this.snapshots.map(({ candidate }) => candidate), epoch });
      case "verify":
        return this.verify(action.candidate, epoch, answer);
      case "openReads": {
        const unverified = !this.verifiedGood.has(`${epoch}/${action.candidate.name}`);
        if (unverified) this.observed = { ...this.observed, openedUnverified: [action.candidate.name] };
        remote.reads = true;
        return answer({ type: "opened", queryAnswered: this.maybe(0.9), submitRefused: true, epoch });
      }
      case "startOrderers": {
        const snapshot = this.snapshots.find(({ candidate }) => candidate.name === action.candidate.name);
        if (snapshot === undefined || this.time >= remote.until) return;
        if (!remote.orderers && remote.raft !== epoch) {
          // The ordering node that is left may know a block more.
          const left = this.standby.slice(0, snapshot.ledger.length + 1);
          remote.ledger = left.length > snapshot.ledger.length && this.maybe(0.5) ? left : snapshot.ledger;
          remote.raft = epoch;
        }
        remote.orderers = true;
        const { consenters, candidate } = action;
        const up = { consenters, snapshot: candidate.name, leader: this.maybe(0.7) };
        return answer({ type: "orderersStarted", ...up, heights: end(remote.ledger), epoch });
      }
      case "replayBlock": {
        const theirs = this.standby[action.number];
        if (!remote.orderers || theirs === undefined || remote.ledger.length < action.number) return;
        const ours = this.maybe(0.05) ? "other" : theirs;
        if (remote.ledger.length === action.number && ours === theirs) remote.ledger = [...remote.ledger, theirs];
        const { channel, number } = action;
        return answer({ type: "replayed", block: { channel, number, ours, theirs }, epoch });
      }
      case "rollBack": {
        const height = action.to.main!.height;
        remote.ledger = remote.ledger.slice(0, height);
        this.standby = this.standby.slice(0, height);
        return answer({ type: "rolledBack", heights: end(remote.ledger), epoch });
      }
      case "openWrites":
        if (action.center !== "remote" || this.time >= remote.until) return;
        remote.opened = epoch;
        remote.orderers = true;
        return;
      case "demote":
        Object.assign(remote, { reads: false, orderers: false, opened: 0, closed: epoch });
        return answer({ type: "demoted", heights: end(remote.ledger), epoch });
      case "resync":
      case "catchUp": {
        if (!city.alive || this.cut.cityRemote || epoch < this.lease.epoch || this.record.epoch !== epoch) return;
        const wrote = "wrote" in this.record && this.record.wrote;
        if (wrote) city.ledger = remote.ledger;
        return answer({ type: "resynced", heights: end(city.ledger), verified: this.maybe(0.9), epoch });
      }
      case "pinSnapshots":
      case "unpinSnapshots":
      case "isolateClone":
      case "moveReads":
      case "moveWrites":
      case "page":
        return;
    }
  }

  private acquire(action: Extract<FailoverAction, { do: "acquireLease" }>): void {
    const { epoch, renewals } = action.expected;
    if (this.lease.epoch !== epoch || (renewals !== undefined && this.lease.renewals !== renewals)) return;
    if (this.lease.holder === action.holder) return;
    const oldHolderWrites = this.lease.holder === "city" ? this.cityWrites : this.remoteWrites;
    this.lease = { holder: action.holder, epoch: action.granting, renewals: 0 };
    this.observed = { ...this.observed, leaseTaken: { oldHolderWrites, from: epoch, to: action.granting } };
  }

  private verify(candidate: Candidate, epoch: number, answer: (event: Bare) => void): void {
    const snapshot = this.snapshots.find(({ candidate: { name } }) => name === candidate.name);
    if (snapshot === undefined) return;
    const contiguous = !snapshot.damaged;
    if (contiguous) this.verifiedGood.add(`${epoch}/${candidate.name}`);
    const report = reportOn(snapshot.ledger, this.standby, contiguous);
    answer({ type: "verified", candidate: candidate.name, report, epoch });
  }

  private people(): void {
    const controller = this.controllers.find(({ alive }) => alive);
    if (controller === undefined || !this.maybe(0.3)) return;
    const order = orderOf(this.record, this.city.alive, this.maybe);
    if (order !== undefined) this.tell(controller, { type: "ordered", order });
  }
}
