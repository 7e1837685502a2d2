import { denseCount, expectedCount, type SnapshotSchedule, type Thinning } from "./schedule";

/** A snapshot as the index knows it. */
export interface Snapshot {
  readonly name: string;
  /** Name of the schedule that took it; each prunes its own. */
  readonly tier: string;
  /** Counts up with every snapshot of a volume, whatever clocks do. */
  readonly sequence: number;
  /** When it was taken, in seconds, by a clock that may have been wrong. */
  readonly takenAt: number;
  /**
   * `pending`: asked for, or under way. `ready`: there, not verified yet. `verified`: its ledger was found continuous.
   * `bad`: it was not, or it did not arrive as a whole.
   */
  readonly state: "pending" | "ready" | "verified" | "bad";
  /** Number of the ledger's blocks; of verified ones. */
  readonly height?: number;
  /** A snapshot without which this one cannot be restored. */
  readonly dependsOn?: string;
}

/** What must not be deleted, and how much may be. */
export interface PruneLimits {
  /** Names of those that are the last common ones with a receiver, that a failover looks at, or that are being restored. */
  readonly pinned: ReadonlySet<string>;
  /** A failover is under way or suspected: nothing at all is deleted. */
  readonly frozen?: boolean;
  /** Seconds that a snapshot may take to become ready, or a bad one stays to be looked at. */
  readonly pendingTimeout: number;
  /** Deleted at a time; the rest has its turn at the next. */
  readonly most: number;
}

/** Until twice as many as expected are there, age alone deletes none of the verified ones that count. */
const hardCap = 2;

/**
 * Which snapshots to delete now, in this order; pure. What it holds to, whatever the clocks say and however long none was
 * taken or verified (facts: schedulers that expire by time alone delete everything once they stand still):
 *
 * - the last verified one of every tier stays, and so many more as its schedule says;
 * - what is pinned stays, and whatever one that stays depends on;
 * - a verified one expires only when it is older than its retention, counted back from the newest verified one, and
 *   as many newer verified ones are there as the schedule expects; a clock that jumps ahead thus deletes nothing good;
 * - never more than twice as many as expected stay, so that a clock that jumps back fills no disk;
 * - one that is not ready goes after the timeout, and never before.
 */
export function prune(
  snapshots: readonly Snapshot[],
  schedules: readonly SnapshotSchedule[],
  now: number,
  limits: PruneLimits,
): readonly string[] {
  if (limits.frozen === true) return [];
  const doomed = new Set<string>();
  for (const schedule of schedules) {
    const tier = snapshots.filter(({ tier }) => tier === schedule.name).sort((a, b) => newestFirst(a, b));
    for (const one of [...expired(tier, schedule), ...stale(tier, schedule, now, limits)]) {
      if (!limits.pinned.has(one.name)) doomed.add(one.name);
    }
  }
  keepNeeded(snapshots, doomed);
  // Whatever depends on another goes before it; otherwise the oldest first.
  const order = snapshots.filter(({ name }) => doomed.has(name)).sort((a, b) => newestFirst(b, a));
  const leaves = order.filter(({ name }) => !order.some(({ dependsOn }) => dependsOn === name));
  const rest = order.filter((one) => !leaves.includes(one)).reverse();
  return [...leaves, ...rest].slice(0, limits.most).map(({ name }) => name);
}

const newestFirst = (a: Snapshot, b: Snapshot): number => b.sequence - a.sequence || (a.name < b.name ? 1 : -1);

/** Verified ones that newer verified ones make superfluous. */
function expired(tier: readonly Snapshot[], schedule: SnapshotSchedule): Snapshot[] {
  const verified = tier.filter(({ state }) => state === "verified");
  const [newest] = verified;
  if (newest === undefined) return [];
  const floor = Math.max(1, schedule.keep.verified);
  const [expected, dense] = [expectedCount(schedule), denseCount(schedule)];
  const firsts = firstsOfSlots(verified, schedule.keep.thinning ?? [], newest.takenAt);
  return verified.filter((one, rank) => {
    if (rank < floor) return false;
    if (rank >= hardCap * expected) return true;
    const age = newest.takenAt - one.takenAt;
    if (age > schedule.keep.seconds) return rank >= expected;
    return rank >= dense && !firsts.has(one.name);
  });
}

/**
 * Those that thinning leaves: all that no step concerns, and of each slot of a step the first that was taken, so that the
 * same stay however often this is asked.
 */
function firstsOfSlots(verified: readonly Snapshot[], steps: readonly Thinning[], newest: number): ReadonlySet<string> {
  const kept = new Map<string, string>();
  for (const one of verified) {
    const step = steps.findLast(({ after }) => newest - one.takenAt > after);
    const slot = step === undefined ? one.name : `${step.oneEvery} ${Math.floor(one.takenAt / step.oneEvery)}`;
    // Newest first: the oldest of a slot is the last that is seen.
    kept.set(slot, one.name);
  }
  return new Set(kept.values());
}

/** Those that never became ready, bad ones that were long enough there to be looked at, and unverified ones in excess. */
function stale(
  tier: readonly Snapshot[],
  schedule: SnapshotSchedule,
  now: number,
  { pendingTimeout }: PruneLimits,
): Snapshot[] {
  const old = ({ takenAt }: Snapshot): boolean => now - takenAt > pendingTimeout;
  const unready = tier.filter((one) => (one.state === "pending" || one.state === "bad") && old(one));
  const unverified = tier.filter(({ state }) => state === "ready").slice(hardCap * expectedCount(schedule));
  return [...unready, ...unverified];
}

/** Takes back what one that stays depends on, however far. */
function keepNeeded(snapshots: readonly Snapshot[], doomed: Set<string>): void {
  const byName = new Map(snapshots.map((one) => [one.name, one]));
  for (const one of snapshots) {
    if (doomed.has(one.name)) continue;
    for (let needed = one.dependsOn; needed !== undefined && doomed.delete(needed);) {
      needed = byName.get(needed)?.dependsOn;
    }
  }
}
