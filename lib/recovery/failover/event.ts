import type { Heights } from "./ledger";
import type { FailoverRecord, FenceEvidence } from "./record";
import type { Candidate, VerificationReport } from "./snapshot";

/** When a controller learned something. */
export interface Clock {
  /** The controller's own clock that never jumps, ms. All decisions go by it. */
  readonly local: number;
  /** Wall clock, ms. For the time line only. */
  readonly wall: number;
}

/** A sign of life of a primary. Its MAC was checked by whoever received it; a bad one is told as not authentic. */
export interface Heartbeat {
  readonly center: string;
  readonly epoch: number;
  /** Rises with every heartbeat of a center within an epoch. */
  readonly seq: number;
  readonly heights: Heights;
  readonly authentic: boolean;
}

/** The lease at the witness. */
export interface Lease {
  readonly holder: string;
  readonly epoch: number;
  /** Rises with every renewal within an epoch; what the lease's own times say is somebody else's clock. */
  readonly renewals: number;
}

/** What only a person may order. Who they are was checked by whoever received it. */
export interface Order {
  readonly by: string;
  /** The epoch that the person saw: an order about an earlier failover is not one about this. */
  readonly epoch: number;
  readonly what: "writes" | "rollback" | "failback" | "switch" | "retry" | "fenced";
  /** With `fenced`: the center that they have fenced. */
  readonly center?: string;
}

/** How the replay of one block ended: the header hashes on both sides, or why it could not be done. */
export type Replayed =
  | { readonly channel: string; readonly number: number; readonly ours: string; readonly theirs: string }
  | { readonly channel: string; readonly number: number; readonly impossible: string };

/** Everything that can happen to a failover. Results of actions carry the epoch under which they were done. */
export type FailoverEvent = { readonly clock: Clock } & (
  | { readonly type: "tick" }
  | { readonly type: "recordRead"; readonly record: FailoverRecord }
  | { readonly type: "heartbeat"; readonly beat: Heartbeat }
  /** `asked`: the local time at which the question was sent. */
  | { readonly type: "leaseSeen"; readonly lease: Lease; readonly asked: number }
  | { readonly type: "vantage"; readonly from: string; readonly reaches: boolean }
  | { readonly type: "ordered"; readonly order: Order }
  | { readonly type: "fenced"; readonly center: string; readonly evidence: FenceEvidence; readonly epoch: number }
  | { readonly type: "candidates"; readonly candidates: readonly Candidate[]; readonly epoch: number }
  | {
      readonly type: "verified";
      readonly candidate: string;
      readonly report: VerificationReport;
      readonly epoch: number;
    }
  | {
      readonly type: "opened";
      readonly queryAnswered: boolean;
      readonly submitRefused: boolean;
      readonly epoch: number;
    }
  | {
      readonly type: "orderersStarted";
      readonly consenters: readonly string[];
      readonly snapshot: string;
      readonly leader: boolean;
      readonly heights: Heights;
      readonly epoch: number;
    }
  | { readonly type: "replayed"; readonly block: Replayed; readonly epoch: number }
  | { readonly type: "rolledBack"; readonly heights: Heights; readonly epoch: number }
  | { readonly type: "resynced"; readonly heights: Heights; readonly verified: boolean; readonly epoch: number }
  | { readonly type: "demoted"; readonly heights: Heights; readonly epoch: number }
);

export type EventOf<T extends FailoverEvent["type"]> = Extract<FailoverEvent, { type: T }>;
