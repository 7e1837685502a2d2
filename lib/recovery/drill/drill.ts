import type { Failure } from "../../placement/failure";
import { failureMatrix } from "../../placement/matrix";
import type { Placement } from "../../placement/node";
import type { Service, Verdict } from "../../placement/service";
import type { IdentityObservation } from "./identities";

/** How a thing is broken. A cut one is silent and goes on inside; a killed one refuses connections at once. */
export type Manner = "kill" | "cut" | "delete";

/** Something that happened during a drill. */
export interface DrillEvent {
  /** Seconds since the drill's beginning. */
  readonly at: number;
  readonly what: string;
}

/** A time without a commit that was longer than the load's own pace explains. */
export interface Gap {
  /** Seconds since the drill's beginning. */
  readonly from: number;
  /** Seconds. */
  readonly lasted: number;
}

/** What one client saw: an organisation's, on one channel. */
export interface LoadObservation {
  readonly organisation: string;
  readonly channel: string;
  readonly chaincode: string;
  /** Transactions per second that it tried. */
  readonly rate: number;
  /** Transactions whose commit was acknowledged. */
  readonly committed: number;
  /** Of those, how many the ledger did not have afterwards. */
  readonly lost: number;
  /** Transactions that were due and never started, because too many were on their way. */
  readonly skipped: number;
  /** Transactions that the client gave up. */
  readonly errors: number;
  /** Why, each reason with how often, the most frequent first. */
  readonly reasons: readonly { readonly message: string; readonly count: number }[];
  /** How often the same envelope was sent again. */
  readonly resubmitted: number;
  /** Seconds from submission to commit. */
  readonly latency: { readonly p50: number; readonly p95: number; readonly p99: number };
  /** Every gap, in the order of time. */
  readonly gaps: readonly Gap[];
  /** Committed transactions per second since the drill's beginning, one number for each second. */
  readonly perSecond: readonly number[];
}

/** A node's ledger after the drill. */
export interface LedgerObservation {
  readonly pod: string;
  readonly channel: string;
  readonly height: number;
  /** Hash of the newest block; ordering nodes may not tell. */
  readonly hash?: string;
}

/** A cell of the failure matrix beside what was seen. */
export interface Comparison {
  readonly service: Service;
  readonly predicted: Verdict;
  /** Absent where nothing in the drill could see it. */
  readonly observed?: { readonly goesOn: boolean; readonly evidence: string };
}

/** Everything that a drill found. Plain data: it is written as JSON as it is. */
export interface DrillReport {
  readonly network: string;
  readonly failure: Failure;
  readonly manner: Manner;
  /** When it began, as ISO 8601. */
  readonly startedAt: string;
  /** When the breaking began, in seconds since the drill's beginning. */
  readonly brokenFrom: number;
  /** Seconds from then until the healing began. */
  readonly brokenFor: number;
  /**
   * Seconds from when the healing began until every ledger was seen level; absent where that did not happen in time. The load
   * goes on for a while after the healing, and that is in it.
   */
  readonly levelAfter?: number;
  readonly events: readonly DrillEvent[];
  readonly loads: readonly LoadObservation[];
  readonly ledgers: readonly LedgerObservation[];
  /** Where there are several sites: what became of each node's name and keys. */
  readonly identities?: readonly IdentityObservation[];
  readonly comparisons: readonly Comparison[];
  /** Longest time without a commit that the drill accepts, in seconds. */
  readonly silenceLimit: number;
  /** What was not as promised. Empty: the drill is passed. */
  readonly findings: readonly string[];
}

/** What the matrix says of a failure, service by service. */
export function predictionOf(placement: Placement, failure: Failure): readonly Omit<Comparison, "observed">[] {
  const { services, rows } = failureMatrix(placement);
  const row = rows.find((candidate) => JSON.stringify(candidate.failure) === JSON.stringify(failure));
  if (row === undefined) throw new RangeError(`the matrix has no row for ${JSON.stringify(failure)}`);
  return services.flatMap((service, index) => {
    const predicted = row.verdicts[index];
    return predicted === undefined ? [] : [{ service, predicted }];
  });
}
