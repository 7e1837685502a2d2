import { isDeepStrictEqual } from "node:util";
import type { FailoverAction } from "../../lib/recovery/failover/action";
import { lookEvery } from "../../lib/recovery/failover/budget";
import type { FailoverEvent } from "../../lib/recovery/failover/event";
import { failoverStatus, type FailoverObject } from "../../lib/recovery/failover/object";
import { answerTo, type OrderAnswer, type PlacedOrder } from "../../lib/recovery/failover/orders";
import { newRecord, type Entry, type FailoverRecord } from "../../lib/recovery/failover/record";
import type { FailoverSettings } from "../../lib/recovery/failover/settings";
import { beginning, step } from "../../lib/recovery/failover/step";
import type { FailoverState, View } from "../../lib/recovery/failover/view";
import { isConflict } from "../kubernetes/api-server";
import { pause } from "../kubernetes/pause";
import type { Log } from "../log";
import { eventsOf, type Executor, type Result, type Untimed } from "./executor";
import type { VantageBoard, WitnessLease } from "./lease";
import type { FailoverStore } from "./store";
import { Work } from "./work";

export interface DriverOptions {
  readonly store: FailoverStore;
  readonly lease: WitnessLease;
  readonly vantage: VantageBoard;
  readonly executor: Executor;
  /** Of the plan; what the object says of mode, centers, approvers and limits goes before. */
  readonly settings: FailoverSettings;
  /** The point of view that it looks from. */
  readonly point: string;
  /** Tells people of a line of the time line. */
  readonly announce: (object: FailoverObject, entry: Entry) => void;
  readonly log: Log;
}

/** How often a step is made anew because somebody else has written; after that the next look does it. */
const attempts = 5;

/**
 * Drives the state machine of a failover: reads the object, tells what it sees, writes down what follows, and then, and only
 * then, has it carried out. It may be killed at any instant: another one goes on with what is written down. Whoever runs
 * it sees to it that only one does at a time; should there be two all the same, one of them writes, and the other one reads.
 */
export class Driver {
  private state: FailoverState | undefined;
  private object: FailoverObject | undefined;
  private queue: Promise<unknown> = Promise.resolve();
  private trouble = "";
  private readonly work: Work;

  constructor(private readonly options: DriverOptions) {
    const { heartbeat } = options.settings;
    this.work = new Work({
      perform: (action, signal) => this.perform(action, signal),
      tell: (action, result) => this.result(action, result),
      log: options.log,
      retry: heartbeat.interval,
    });
  }

  /** Drives until the signal ends it, and everything that it has begun. */
  async run(signal: AbortSignal): Promise<void> {
    const period = lookEvery(this.options.settings);
    while (!signal.aborted) {
      await this.look(signal).catch((error: unknown) => this.inTrouble(error));
      await pause(period, signal);
    }
    await this.work.stop();
    await this.queue;
  }

  /** Something was learned; it is told as soon as everything before it was. Never rejects. */
  tell(event: Untimed): Promise<void> {
    const clock = { local: performance.now(), wall: Date.now() };
    const told = { ...event, clock } as FailoverEvent;
    const next = this.queue.then(() => this.handle(told)).catch((error: unknown) => this.inTrouble(error));
    this.queue = next;
    return next;
  }

  private get settings(): FailoverSettings {
    const { settings } = this.options;
    if (this.object === undefined) return settings;
    const { mode, primary, target, approvers, limits } = this.object.spec;
    return { ...settings, mode, primary, target, approvers, limits };
  }

  private async look(signal: AbortSignal): Promise<void> {
    const { store, lease, vantage, point } = this.options;
    // In turn with what is written: an older object must not be taken for a newer one.
    const reading = this.queue.then(() => this.read(store));
    this.queue = reading.catch(() => undefined);
    let trouble: unknown;
    await reading.catch((error: unknown) => (trouble = error));
    const asked = performance.now();
    const seen = await lease.read().catch((error: unknown) => void (trouble = error));
    if (seen !== undefined && !signal.aborted) await this.tell({ type: "leaseSeen", lease: seen, asked });
    const others = [...new Set([this.settings.target, ...this.settings.vantagePoints])].filter((one) => one !== point);
    for (const from of others) {
      const reaches = await vantage.heard(from).catch((error: unknown) => void (trouble = error));
      if (reaches !== undefined) await this.tell({ type: "vantage", from, reaches });
    }
    if (signal.aborted) return;
    if (trouble === undefined) await this.hearOrders();
    await this.tell({ type: "tick" });
    this.work.poke();
    if (trouble !== undefined) throw trouble as Error;
    this.trouble = "";
  }

  /** The object as it stands; where another one wrote it meanwhile, that is what counts. */
  private async read(store: FailoverStore, view?: View): Promise<void> {
    const object = await store.read();
    if (object === undefined) throw new Error("there is no such Failover object");
    this.object = object;
    const record = object.status?.record;
    if (this.state === undefined) {
      if (record === undefined) return this.begin();
      this.state = beginning(record, this.options.point);
    } else if (record === undefined || isDeepStrictEqual(record, plain(this.state.record))) {
      if (view !== undefined) this.state = { ...this.state, view };
      return;
    }
    if (record !== undefined) this.take(view, record);
  }

  private take(view: View | undefined, record: FailoverRecord): void {
    if (this.state === undefined) return;
    const clock = { local: performance.now(), wall: Date.now() };
    const from = view === undefined ? this.state : { ...this.state, view };
    const { state, actions } = step(from, { type: "recordRead", record, clock }, this.settings);
    this.state = state;
    this.work.want(actions);
  }

  /** Nobody has looked at the object yet: it begins with the epoch of the lease that the primary holds. */
  private async begin(): Promise<void> {
    const lease = await this.options.lease.read();
    if (lease === undefined) throw new Error("there is no witness lease yet: agent hold-lease of the primary makes it");
    if (lease.holder !== this.settings.primary[0])
      throw new Error(`${lease.holder} holds the lease, and the object knows nothing of how that came about`);
    const state = beginning(newRecord(lease.epoch, Date.now()), this.options.point);
    await this.write(state, []);
    this.state = state;
  }

  private async handle(event: FailoverEvent, order?: PlacedOrder): Promise<void> {
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      if (this.state === undefined || this.object === undefined) return;
      const before = this.state;
      const next = step(before, event, this.settings);
      const { record, view } = next.state;
      const changed = record !== before.record;
      if (changed || order !== undefined) {
        const known = this.object.status?.answers ?? [];
        if (order !== undefined && known.some(({ id }) => id === order.id)) return;
        const answer = order && answerTo(order, before.record, record, this.settings, event.clock.wall);
        try {
          await this.write(next.state, answer === undefined ? known : [...known, answer]);
        } catch (thrown) {
          // What was seen stays seen; what follows from it is worked out again from what stands there.
          this.state = { ...before, view };
          if (!isConflict(thrown)) throw thrown;
          await this.read(this.options.store, view);
          continue;
        }
      }
      this.state = next.state;
      if (changed || next.actions.length > 0) this.work.want(next.actions);
      if (changed) this.announce(before.record, record);
      return;
    }
  }

  private async write(state: FailoverState, answers: readonly OrderAnswer[]): Promise<void> {
    if (this.object === undefined) return;
    const placed = new Set(this.object.spec.orders?.map(({ id }) => id));
    const kept = answers.filter(({ id }) => placed.has(id));
    const status = failoverStatus(state, kept, this.object.status, Date.now());
    this.object = await this.options.store.write(this.object, status);
  }

  /** Orders wait until the lease was seen: most of them are about it. */
  private async hearOrders(): Promise<void> {
    const answered = new Set(this.object?.status?.answers.map(({ id }) => id));
    for (const order of this.object?.spec.orders ?? []) {
      if (answered.has(order.id) || this.state?.view.lease === undefined) continue;
      const clock = { local: performance.now(), wall: Date.now() };
      const next = this.queue.then(() => this.handle({ type: "ordered", order, clock }, order));
      this.queue = next.catch(() => undefined);
      await next;
    }
  }

  private announce(before: FailoverRecord, after: FailoverRecord): void {
    const [line, last] = [after.timeline.at(-1), before.timeline.at(-1)];
    if (line === undefined || line === last || this.object === undefined) return;
    this.options.log("info", line.what, { phase: line.phase, epoch: line.epoch });
    this.options.announce(this.object, line);
  }

  private async perform(action: FailoverAction, signal: AbortSignal): Promise<Result> {
    const { lease, executor } = this.options;
    const known = this.state?.view.lease?.epoch ?? 0;
    if (known > action.epoch) throw new Error(`epoch ${known} is known at the witness`);
    if (action.do !== "acquireLease") return executor(action, signal);
    // Whether it was given is seen with the next look. Where not, it has changed, and that is seen as well.
    await lease.acquire(action.holder, action.granting, action.expected);
    return undefined;
  }

  private async result(action: FailoverAction, result: NonNullable<Result>): Promise<void> {
    for (const event of eventsOf(action, result)) await this.tell(event);
  }

  /** Told once, not at every look. */
  private inTrouble(error: unknown): void {
    const text = error instanceof Error ? error.message : String(error);
    if (text !== this.trouble) this.options.log("warn", "the failover cannot be driven now", { error });
    this.trouble = text;
  }
}

const plain = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;
