import type { Heights } from "../../lib/recovery/failover/ledger";
import type { Candidate, VerificationReport } from "../../lib/recovery/failover/snapshot";
import type { Order } from "../../lib/recovery/failover/event";
import type { Observation } from "../../lib/recovery/failover/invariants";
import type { FailoverRecord } from "../../lib/recovery/failover/record";
import type { FailoverSettings } from "../../lib/recovery/failover/settings";
import { settings as usual } from "../unit/failover/scene";

/** Small numbers, so that a whole failover fits into sixty ticks of one. */
export const small: FailoverSettings = {
  ...usual,
  primary: ["city"],
  target: "remote",
  vantagePoints: ["witness", "city-2"],
  heartbeat: { interval: 2, misses: 3, probeTimeout: 0 },
  lease: { duration: 12, renew: 1, retries: 1, grace: 2, maxClockDrift: 1, selfFence: 1 },
  maxFallbacks: 2,
  limits: { ...usual.limits, rpoBlocks: 30 },
};

/** mulberry32: the whole schedule follows from one number. */
export function randomOf(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 4294967296;
  };
}

/** What is gathered while a tick goes on. */
export type Seen = Omit<Observation, "before" | "after" | "writing" | "ordering">;

/** A tick in which nothing was done yet. */
export function nothing(settings: FailoverSettings): Seen {
  const none: never[] = [];
  return {
    settings,
    rolledBackAlone: none,
    done: [],
    openedUnverified: none,
    takenReadOnly: 0,
    prunedNeeded: none,
    writeHosts: none,
  };
}

/** What somebody may order now: now and then somebody who may not, or about another failover; fenced they say only if it is. */
export function orderOf(
  record: FailoverRecord,
  cityAlive: boolean,
  maybe: (probability: number) => boolean,
): Order | undefined {
  const what = ordered(record, cityAlive, maybe);
  if (what === undefined) return undefined;
  const by = maybe(0.8) ? "ada" : "mallory";
  const epoch = maybe(0.9) ? record.epoch : record.epoch - 1;
  return { by, epoch, what, ...(what === "fenced" ? { center: "city" } : {}) };
}

function ordered(
  { phase }: FailoverRecord,
  cityAlive: boolean,
  maybe: (probability: number) => boolean,
): Order["what"] | undefined {
  if (phase === "Fencing" && !cityAlive) return "fenced";
  if (phase === "ReadOnlyOpen") return maybe(0.8) ? "writes" : "failback";
  if (phase === "LossStated") return maybe(0.7) ? "rollback" : "failback";
  if (phase === "ReadWrite" && cityAlive && maybe(0.3)) return "failback";
  if (phase === "Failback") return "switch";
  if (phase === "Stuck") return maybe(0.5) ? "retry" : "failback";
  return undefined;
}

/** Where a ledger ends; a block is its hash. */
export const end = (ledger: readonly string[]): Heights => ({
  main: { height: ledger.length, hash: ledger.at(-1) ?? "" },
});

/** A snapshot that is mostly all there. */
export const snapshotOf = (
  time: number,
  epoch: number,
  heights: Heights,
  maybe: (probability: number) => boolean,
): Candidate => ({
  name: `s${time}`,
  unit: "center-1",
  tier: "transaction",
  epoch,
  takenAt: time,
  heights,
  ready: maybe(0.9),
  complete: maybe(0.9),
});

/** A snapshot's ledger held against a standby peer's. */
export function reportOn(
  ledger: readonly string[],
  standby: readonly string[],
  contiguous: boolean,
): VerificationReport {
  const common = Math.min(ledger.length, standby.length) - 1;
  const history = ledger[common] === standby[common] ? "same" : "fork";
  const survivors = [{ name: "peer", history, heights: end(standby) }] as const;
  return { contiguous, asHeard: true, stateSound: true, heights: end(ledger), survivors };
}
