import type { EventOf, Lease } from "./event";
import { highest, type Heights } from "./ledger";
import type { FailoverRecord } from "./record";
import type { FailoverSettings } from "./settings";

/**
 * What one controller has seen with its own eyes and by its own clock. It is never written down: a controller that begins
 * anew sees everything anew, which can only make it later, not wrong.
 */
export interface View {
  /** The point of view that it looks from: the target, or one of the others. */
  readonly point: string;
  /** Local time from which the next miss is counted. */
  readonly quietSince?: number;
  readonly misses: number;
  /** Heartbeats in a row without a miss between them. */
  readonly good: number;
  readonly last?: { readonly center: string; readonly epoch: number; readonly seq: number; readonly wall: number };
  readonly heard: Heights;
  readonly lease?: SeenLease;
  readonly vantage: Readonly<Record<string, { readonly reaches: boolean; readonly at: number }>>;
  /** A primary that was given up and speaks again under its old epoch. */
  readonly returned: readonly string[];
}

/** A controller: what is written down for all of them, and what this one has seen. */
export interface FailoverState {
  readonly record: FailoverRecord;
  readonly view: View;
}

interface SeenLease extends Lease {
  /** Local time at which this renewal was first seen. */
  readonly changedAt: number;
  /** Local time at which the latest question was sent that this was the answer to. */
  readonly asked: number;
}

export const freshView = (point: string): View => ({
  point,
  misses: 0,
  good: 0,
  heard: {},
  vantage: {},
  returned: [],
});

/** A tick counts at most one miss: a controller that slept may have heartbeats waiting that it has not read. */
export function ticked(view: View, now: number, { heartbeat }: FailoverSettings): View {
  if (view.quietSince === undefined) return { ...view, quietSince: now };
  if (now - view.quietSince < heartbeat.interval + heartbeat.probeTimeout) return view;
  // The first miss shows a whole answer late; those after it follow at the heartbeat's own pace.
  return { ...view, misses: view.misses + 1, good: 0, quietSince: now - heartbeat.probeTimeout };
}

/** Only an authentic heartbeat of a primary's center, of this epoch, that was not heard before, is a sign of life. */
export function heard(
  view: View,
  event: EventOf<"heartbeat">,
  record: FailoverRecord,
  settings: FailoverSettings,
): View {
  const { beat, clock } = event;
  if (!beat.authentic || !settings.primary.includes(beat.center)) return view;
  if (beat.epoch < record.epoch || record.phase !== "Protected") {
    const known = view.returned.includes(beat.center);
    if (takenOver(record)) return known ? view : { ...view, returned: [...view.returned, beat.center] };
  }
  if (beat.epoch !== record.epoch) return view;
  const { last } = view;
  const replayed = last !== undefined && last.epoch === beat.epoch && beat.seq <= last.seq;
  if (replayed) return view;
  return {
    ...view,
    quietSince: clock.local,
    misses: 0,
    good: view.good + 1,
    returned: [],
    last: { center: beat.center, epoch: beat.epoch, seq: beat.seq, wall: clock.wall },
    heard: highest(view.heard, beat.heights),
  };
}

/** Whether the target holds the lease by the record. */
export function takenOver(record: FailoverRecord): boolean {
  if (record.phase === "Fencing") return record.lease.step === "held";
  return record.phase !== "Protected" && record.phase !== "Suspect";
}

/** An answer of the witness; one that is older than what is known says nothing. */
export function leaseSeen(view: View, { lease, asked, clock }: EventOf<"leaseSeen">): View {
  const known = view.lease;
  if (known === undefined || newer(lease, known))
    return { ...view, lease: { ...lease, asked, changedAt: clock.local } };
  if (newer(known, lease)) return view;
  return { ...view, lease: { ...known, asked: Math.max(known.asked, asked) } };
}

const newer = (one: Lease, other: Lease): boolean =>
  one.epoch > other.epoch || (one.epoch === other.epoch && one.renewals > other.renewals);

/**
 * Whether the lease is over for its holder, too, however far its clock is from ours: it stood unchanged for its duration
 * and the grace besides, as questions show that were sent after that (facts on disaster recovery, 4.2).
 */
export function leaseOver({ lease }: View, settings: FailoverSettings): boolean {
  if (lease === undefined) return false;
  return lease.asked - lease.changedAt >= settings.lease.duration + settings.lease.grace;
}

/** Whether the lease was not renewed for as long as a heartbeat is missed. */
export function leaseQuiet({ lease }: View, { heartbeat }: FailoverSettings): boolean {
  return lease !== undefined && lease.asked - lease.changedAt >= heartbeat.interval;
}

/** Whether the target was seen to hold the lease under the record's epoch, and nobody above it. */
export function holdsLease({ lease }: View, record: FailoverRecord, holder: string): boolean {
  return lease !== undefined && lease.epoch === record.epoch && lease.holder === holder;
}

/** The points of view that do not reach the primary: this one by its own misses, others by what they said lately. */
export function unreachableFrom(view: View, now: number, settings: FailoverSettings): string[] {
  const { heartbeat } = settings;
  const fresh = heartbeat.misses * heartbeat.interval;
  return pointsOf(settings).filter((point) => {
    if (point === view.point) return view.misses >= heartbeat.misses;
    const said = view.vantage[point];
    return said !== undefined && !said.reaches && now - said.at <= fresh;
  });
}

/** Whether more than half of all points of view are among them. */
export function isMajority(points: readonly string[], settings: FailoverSettings): boolean {
  return points.length * 2 > pointsOf(settings).length;
}

const pointsOf = ({ target, vantagePoints }: FailoverSettings): string[] => [...new Set([target, ...vantagePoints])];
