import { actionsOf, type FailoverAction } from "./action";
import { blocksAbove, blocksIn } from "./ledger";
import type { FailoverRecord } from "./record";
import type { FailoverSettings } from "./settings";
import { isOlder } from "./snapshot";
import { isMajority, takenOver } from "./view";

/** What somebody who sees every center at once sees between two instants: a simulation, or a drill's report. */
export interface Observation {
  readonly settings: FailoverSettings;
  readonly before: FailoverRecord;
  readonly after: FailoverRecord;
  /** Centers that would take a transaction at this instant. */
  readonly writing: readonly string[];
  /** Sides on which the ordering nodes run. */
  readonly ordering: readonly string[];
  /** Ordering nodes that run with fewer blocks than they had when they last ran as they do now. */
  readonly rolledBackAlone: readonly string[];
  /** What was carried out in between, and the highest epoch that was known where it was. */
  readonly done: readonly { readonly action: FailoverAction; readonly known: number }[];
  /** Set where the lease went over in between: whether its old holder could still write. */
  readonly leaseTaken?: { readonly oldHolderWrites: boolean; readonly from: number; readonly to: number };
  /** Snapshots that were opened in between without having been found good in this failover. */
  readonly openedUnverified: readonly string[];
  /** Transactions taken in between while only reads were open. */
  readonly takenReadOnly: number;
  /** Snapshots that were deleted in between although pinned, the last verified, or a parent of one that stays. */
  readonly prunedNeeded: readonly string[];
  /** Where names for writes point: the weight, and whether writes would be taken there. */
  readonly writeHosts: readonly { readonly weight: number; readonly takesWrites: boolean }[];
}

interface Invariant {
  readonly id: string;
  readonly promise: string;
  readonly holds: (seen: Observation) => boolean;
}

/** The fourteen invariants of facts on disaster recovery, section 4.4: what never happens, whatever fails (requirement R8). */
const invariants: readonly Invariant[] = [
  { id: "I1", promise: "at most one side writes at any instant", holds: ({ writing }) => writing.length <= 1 },
  {
    id: "I2",
    promise: "epochs rise, one by one, and nothing is done under an old one",
    holds: ({ before, after, done, leaseTaken }) =>
      after.epoch >= before.epoch &&
      after.epoch <= before.epoch + 1 &&
      (leaseTaken === undefined || leaseTaken.to === leaseTaken.from + 1) &&
      done.every(({ action, known }) => action.epoch >= known),
  },
  {
    id: "I3",
    promise: "nobody takes over before three misses in a row, nor while the lease is live",
    holds: ({ settings, after, leaseTaken }) =>
      leaseTaken?.oldHolderWrites !== true &&
      (!("detection" in after) || after.detection.misses >= settings.heartbeat.misses),
  },
  {
    id: "I4",
    promise: "nobody takes over without a majority of the points of view",
    holds: ({ settings, after }) =>
      !takenOver(after) || !("detection" in after) || isMajority(after.detection.unreachableFrom, settings),
  },
  {
    id: "I5",
    promise: "what is opened was found good in this failover",
    holds: ({ openedUnverified, after }) =>
      openedUnverified.length === 0 &&
      (!("served" in after) || after.tried.every(({ name }) => name !== after.candidate.name)),
  },
  {
    id: "I6",
    promise: "each further snapshot that is tried is older, and there are only so many",
    holds: ({ after, settings }) =>
      !("tried" in after) ||
      (after.tried.length <= settings.maxFallbacks + 1 &&
        after.tried.every((one, index) => index === 0 || isOlder(one, after.tried[index - 1] ?? one)) &&
        (after.phase !== "Verify" || after.tried.every((one) => isOlder(after.candidate, one)))),
  },
  {
    id: "I7",
    promise: "no snapshot is deleted that is pinned, the last verified, or a parent of one that stays",
    holds: ({ prunedNeeded }) => prunedNeeded.length === 0,
  },
  {
    id: "I8",
    promise: "nothing is opened that misses more of what was heard than the RPO allows",
    holds: ({ settings, after }) =>
      !("served" in after) || blocksIn(blocksAbove(after.served, after.heard)) <= settings.limits.rpoBlocks,
  },
  {
    id: "I9",
    promise: "read-only means that no transaction is taken",
    holds: ({ takenReadOnly }) => takenReadOnly === 0,
  },
  {
    id: "I10",
    promise: "heartbeats that come and go cause no more than a suspicion",
    holds: (seen) => {
      const { settings, after } = seen;
      if (after.phase !== "Fencing" || seen.before.phase === "Fencing") return true;
      return (
        after.detection.misses >= settings.heartbeat.misses && isMajority(after.detection.unreachableFrom, settings)
      );
    },
  },
  {
    id: "I11",
    promise: "a controller that begins anew asks for what the one asked for that died",
    holds: ({ settings, before, after }) => {
      if (before === after) return true;
      const copy = JSON.parse(JSON.stringify(after)) as FailoverRecord;
      return JSON.stringify(actionsOf(copy, settings)) === JSON.stringify(actionsOf(after, settings));
    },
  },
  {
    id: "I12",
    promise: "an old primary that returns takes no transaction before the way back is gone",
    holds: ({ settings, after, writing }) =>
      !takenOver(after) || isHandedOver(after) || !writing.includes(settings.primary[0] ?? ""),
  },
  {
    id: "I13",
    promise: "ordering nodes never run on two sides, and none is ever rolled back alone",
    holds: ({ ordering, rolledBackAlone }) => ordering.length <= 1 && rolledBackAlone.length === 0,
  },
  {
    id: "I14",
    promise: "names for writes point somewhere, and not only to where none is taken, while writes are open",
    holds: ({ after, writeHosts }) =>
      after.phase !== "ReadWrite" ||
      writeHosts.length === 0 ||
      writeHosts.some(({ weight, takesWrites }) => weight > 0 && takesWrites),
  },
];

/** From here on the witness may have given the lease back, before anybody wrote that down. */
const isHandedOver = (record: FailoverRecord): boolean =>
  record.phase === "Switch" && record.switchStep.step === "handOver";

/** The names of those that do not hold. */
export const broken = (seen: Observation): string[] =>
  invariants.filter(({ holds }) => !holds(seen)).map(({ id, promise }) => `${id}: ${promise}`);
