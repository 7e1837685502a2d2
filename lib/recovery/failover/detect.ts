import type { FailoverEvent } from "./event";
import { highest } from "./ledger";
import { common, entered, type FailoverRecord, type In } from "./record";
import type { FailoverSettings } from "./settings";
import { isMajority, leaseOver, leaseQuiet, unreachableFrom, type View } from "./view";

/** How many heartbeats in a row end a suspicion. */
const goodAgain = 2;

/**
 * From the first missing heartbeat to the lease: three misses in a row are a suspicion and no more; with a majority of the
 * points of view, the lease is waited for; only its end, and the witness's word, give it to the target (invariants I3, I4, I10).
 */
export function detect(
  record: In<"Protected" | "Suspect" | "Fencing">,
  view: View,
  event: FailoverEvent,
  settings: FailoverSettings,
): FailoverRecord {
  switch (record.phase) {
    case "Protected":
      return watch(record, view, event, settings);
    case "Suspect":
      return suspect(record, view, event, settings);
    case "Fencing":
      return record.lease.step === "held" ? record : waitForLease(record, record.lease, view, event, settings);
  }
}

function watch(record: In<"Protected">, view: View, event: FailoverEvent, settings: FailoverSettings): FailoverRecord {
  if (event.type !== "tick") return record;
  const known = withHeard(record, view);
  if (view.misses < settings.heartbeat.misses || !leaseQuiet(view, settings)) return known;
  const detection = { misses: view.misses, unreachableFrom: [] };
  const lastSign = Math.max(known.lastSign, view.last?.wall ?? 0);
  return entered(
    { ...known, lastSign, phase: "Suspect", detection },
    event.clock.wall,
    `${view.misses} heartbeats are missing`,
  );
}

/** Written down while it is heard, or it would be lost with the controller that heard it. */
function withHeard(record: In<"Protected">, view: View): In<"Protected"> {
  const heard = highest(record.heard, view.heard);
  if (heard === record.heard) return record;
  return { ...record, heard, lastSign: Math.max(record.lastSign, view.last?.wall ?? 0) };
}

function suspect(record: In<"Suspect">, view: View, event: FailoverEvent, settings: FailoverSettings): FailoverRecord {
  if (view.good >= goodAgain) return back(record, view, event, "heartbeats are back");
  if (event.type !== "tick" || view.misses < settings.heartbeat.misses) return record;
  const points = unreachableFrom(view, event.clock.local, settings);
  if (!isMajority(points, settings) || !leaseQuiet(view, settings)) return record;
  const detection = { misses: view.misses, unreachableFrom: points };
  const line = `out of reach for ${points.join(", ")}; waiting for the end of the lease`;
  return entered(
    { ...common(record), phase: "Fencing", detection, lease: { step: "waiting" }, fenced: {} },
    event.clock.wall,
    line,
  );
}

function waitForLease(
  record: In<"Fencing">,
  { step }: In<"Fencing">["lease"],
  view: View,
  event: FailoverEvent,
  settings: FailoverSettings,
): FailoverRecord {
  const { lease } = view;
  if (lease !== undefined && lease.epoch === record.epoch + 1 && lease.holder === settings.target) {
    const granted = { ...record, epoch: lease.epoch, lease: { step: "held" } as const };
    return entered(granted, event.clock.wall, `the witness gave the lease to ${settings.target}`);
  }
  if (step === "waiting") {
    if (view.good >= goodAgain) return back(record, view, event, "heartbeats are back before the lease was over");
    if (lease === undefined || event.type !== "tick") return record;
    const points = unreachableFrom(view, event.clock.local, settings);
    const sure = view.misses >= settings.heartbeat.misses && isMajority(points, settings);
    if (!sure || lease.epoch !== record.epoch || !leaseOver(view, settings)) return record;
    const expected = { epoch: lease.epoch, renewals: lease.renewals };
    const detection = { misses: view.misses, unreachableFrom: points };
    const line = "the lease is over, and the grace besides; asking the witness for it";
    return entered({ ...record, detection, lease: { step: "claimed", expected } }, event.clock.wall, line);
  }
  if (record.lease.step !== "claimed" || lease === undefined) return record;
  const { expected } = record.lease;
  // Only here a claim is given up: the lease stands otherwise than asked for, so nobody can be given it by that any more.
  if (lease.epoch === expected.epoch && lease.renewals > expected.renewals)
    return back(record, view, event, "the old holder renewed the lease in time");
  return record;
}

function back(record: FailoverRecord, view: View, event: FailoverEvent, why: string): FailoverRecord {
  const heard = highest(record.heard, view.heard);
  const lastSign = Math.max(record.lastSign, view.last?.wall ?? 0);
  return entered({ ...common(record), heard, lastSign, phase: "Protected" }, event.clock.wall, why);
}
