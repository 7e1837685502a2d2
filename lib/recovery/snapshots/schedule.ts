/** Who takes a snapshot. Those in the first line act on the node, below the API server; the others through objects or a peer. */
export type SnapshotDriver =
  "btrfs" | "lvm-thin" | "zfs" | "volume-snapshot" | "volume-group-snapshot" | "ledger-snapshot";

/** What makes a snapshot be taken. */
export type Trigger =
  /** At every multiple of so many seconds of the wall clock. */
  | { readonly kind: "every"; readonly seconds: number }
  /** Right after a block that changes the channel's config: replay cannot make such blocks again. */
  | { readonly kind: "config-block" };

/** Older ones become fewer: of those older than `after` seconds one in every `oneEvery` seconds stays. */
export interface Thinning {
  readonly after: number;
  readonly oneEvery: number;
}

/** How long snapshots are kept. Seconds are counted back from the newest verified one, so that nothing expires while none is taken. */
export interface Retention {
  readonly seconds: number;
  /** In ascending order of `after`. */
  readonly thinning?: readonly Thinning[];
  /** So many of the newest verified ones stay whatever their age. At least one. */
  readonly verified: number;
}

/** One rule by which snapshots are taken and kept. */
export interface SnapshotSchedule {
  /** Such as increments, transactions, config-blocks; on every snapshot as its tier. */
  readonly name: string;
  readonly driver: SnapshotDriver;
  readonly trigger: Trigger;
  readonly keep: Retention;
  /** A CronJob that fills the minute with slots, in place of an agent on the node. */
  readonly byCronJob?: boolean;
}

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

/** Requirement R8: increments every 5 s, kept for an hour. Verified on arrival, so they count at once. */
export const increments = (driver: SnapshotDriver): SnapshotSchedule => ({
  name: "increments",
  driver,
  trigger: { kind: "every", seconds: 5 },
  keep: { seconds: hour, verified: 3 },
});

/**
 * Requirement R8: transaction snapshots kept for 7 days; of a minute's spacing these were 10,080 for each volume, so older
 * ones become fewer: all of the last hour, one in 15 minutes of the last day, then one an hour.
 */
export const transactions = (driver: SnapshotDriver): SnapshotSchedule => ({
  name: "transactions",
  driver,
  trigger: { kind: "every", seconds: minute },
  keep: {
    seconds: 7 * day,
    thinning: [
      { after: hour, oneEvery: 15 * minute },
      { after: day, oneEvery: hour },
    ],
    verified: 3,
  },
});

/** One more right after each config block, kept as long as transaction snapshots. */
export const configBlocks = (driver: SnapshotDriver): SnapshotSchedule => ({
  name: "config-blocks",
  driver,
  trigger: { kind: "config-block" },
  keep: { seconds: 7 * day, verified: 3 },
});

/** Snapshots that a rule keeps of a volume while all goes well; the floor where there is no rhythm to reckon with. */
export function expectedCount({ trigger, keep }: SnapshotSchedule): number {
  if (trigger.kind === "config-block") return keep.verified;
  const steps = [{ after: 0, oneEvery: trigger.seconds }, ...(keep.thinning ?? [])];
  const counts = steps.map(({ after, oneEvery }, index) => {
    const until = Math.min(keep.seconds, steps[index + 1]?.after ?? keep.seconds);
    return Math.max(0, Math.ceil((until - after) / Math.max(oneEvery, trigger.seconds)));
  });
  return Math.max(
    keep.verified,
    counts.reduce((sum, count) => sum + count, 0),
  );
}

/** Snapshots before the first thinning. */
export function denseCount(schedule: SnapshotSchedule): number {
  const { trigger, keep } = schedule;
  const [first] = keep.thinning ?? [];
  if (trigger.kind === "config-block" || first === undefined) return expectedCount(schedule);
  return Math.max(keep.verified, Math.ceil(first.after / trigger.seconds));
}
