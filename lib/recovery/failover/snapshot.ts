import { blocksAbove, blocksIn, totalHeight, type Heights } from "./ledger";

/** A snapshot that could be opened: what the index at the target says of it. */
export interface Candidate {
  readonly name: string;
  /** The center whose ordering nodes are in it. */
  readonly unit: string;
  readonly tier: "increment" | "transaction";
  /** Under which epoch it was taken. */
  readonly epoch: number;
  /** Wall clock of when it was taken, ms. */
  readonly takenAt: number;
  readonly heights: Heights;
  /** All that was sent has arrived (btrfs: read-only, with the received UUID). */
  readonly ready: boolean;
  /** Every volume of the group is in it: all consenters, of one instant. */
  readonly complete: boolean;
  /** What verification on arrival said; undefined where nobody has looked yet. */
  readonly verified?: boolean;
}

/**
 * The newest snapshot that may be tried: all there, not known to be bad, taken under an epoch before this one, and strictly
 * behind everything that was tried (invariants I5 and I6). Undefined where none is left.
 */
export function newestOf(
  candidates: readonly Candidate[],
  epochBelow: number,
  tried: readonly Candidate[],
): Candidate | undefined {
  return candidates
    .filter(({ ready, complete, verified, epoch }) => ready && complete && verified !== false && epoch < epochBelow)
    .filter((candidate) => tried.every((other) => isOlder(candidate, other)))
    .reduce<Candidate | undefined>((best, one) => (best === undefined || isOlder(best, one) ? one : best), undefined);
}

/** Whether `one` stands strictly behind `other`: fewer blocks, or as many and taken earlier; a total order by the name. */
export function isOlder(one: Candidate, other: Candidate): boolean {
  return order(one, other) < 0;
}

const order = (one: Candidate, other: Candidate): number =>
  totalHeight(one.heights) - totalHeight(other.heights) ||
  one.takenAt - other.takenAt ||
  (one.name < other.name ? -1 : one.name > other.name ? 1 : 0);

/** What was found when a clone of a snapshot was held against everything else that is left (recovery-run facts, section 4). */
export interface VerificationReport {
  /** Numbers, previous hashes and data hashes follow from the last anchor on. */
  readonly contiguous: boolean;
  /** Its hash equals the one heard, wherever a heartbeat told of a height that it has. */
  readonly asHeard: boolean;
  /** The state was rebuilt from the blocks, or compared; the state database is never trusted. */
  readonly stateSound: boolean;
  /** Where the clone really ends. */
  readonly heights: Heights;
  /** The ledgers of standby peers, each compared at the last common block. */
  readonly survivors: readonly Survivor[];
  /** In words, where something is wrong. */
  readonly detail?: string;
}

/** A ledger that was not restored from anything: a standby peer's. */
export interface Survivor {
  readonly name: string;
  /** `same`: one is a prefix of the other. `fork`: the last common block differs. */
  readonly history: "same" | "fork";
  readonly heights: Heights;
}

/** What follows from a report: open, try an older one, or stop and leave it to people. */
export type Verdict =
  | { readonly verdict: "open" }
  | { readonly verdict: "older"; readonly why: string }
  | { readonly verdict: "stop"; readonly why: string };

/** Judges a report against what heartbeats had told, and the blocks that may be missing at most (I5, I8). */
export function judge(report: VerificationReport, served: Heights, heard: Heights, rpoBlocks: number): Verdict {
  if (!report.contiguous) return { verdict: "older", why: report.detail ?? "the chain of blocks is broken" };
  if (!report.asHeard) return { verdict: "older", why: report.detail ?? "a hash differs from the one in a heartbeat" };
  if (!report.stateSound) return { verdict: "older", why: report.detail ?? "the state could not be rebuilt" };
  const forked = report.survivors.filter(({ history }) => history === "fork").map(({ name }) => name);
  if (forked.length > 0) return { verdict: "stop", why: `fork between the snapshot and ${forked.join(", ")}` };
  const missing = blocksIn(blocksAbove(served, heard));
  if (missing > rpoBlocks)
    return { verdict: "stop", why: `${missing} blocks are missing, and at most ${rpoBlocks} may be` };
  return { verdict: "open" };
}
