import type { BlockRange, Heights } from "./ledger";
import type { Candidate } from "./snapshot";

/**
 * What is written down in the `Failover` object before anything is done: the states of requirement R8, as facts on disaster
 * recovery, section 4.3, draw them, with the write path of the recovery-run facts, sections 5 and 6. Nothing in it is a
 * controller's own clock, so that any controller may go on with it.
 */
export type FailoverRecord =
  | (Common & { readonly phase: "Protected" })
  | (Common & { readonly phase: "Suspect"; readonly detection: Detection })
  | (Common & { readonly phase: "Fencing"; readonly detection: Detection; readonly lease: LeaseStep } & Fences)
  | (Takeover & { readonly phase: "SelectSnapshot" })
  | (Takeover & { readonly phase: "Verify"; readonly candidate: Candidate })
  | (Opened & { readonly phase: "Promote" })
  | (Opened & { readonly phase: "ReadOnlyOpen" })
  | (Opened & Approved & { readonly phase: "Restore" })
  | (Opened & Approved & { readonly phase: "Replay"; readonly tail: readonly BlockRange[] })
  | (Opened & Approved & { readonly phase: "LossStated"; readonly loss: Loss })
  | (Opened & Approved & { readonly phase: "Rollback"; readonly loss: Loss; readonly rollbackBy: string })
  | (Opened & Approved & { readonly phase: "ReadWrite"; readonly loss: readonly BlockRange[] })
  | (Common & Returning & { readonly phase: "Failback"; readonly synced?: Heights })
  | (Common & Returning & { readonly phase: "Switch"; readonly switchStep: SwitchStep })
  | (Takeover & { readonly phase: "Stuck"; readonly why: string });

export type Phase = FailoverRecord["phase"];
/** The record in one of its phases. */
export type In<P extends Phase> = Extract<FailoverRecord, { phase: P }>;

interface Common {
  /** The last one that was granted at the witness. Everything is done under it; who knows a higher one refuses. */
  readonly epoch: number;
  /** The highest ends of ledgers that authentic heartbeats told of. */
  readonly heard: Heights;
  /** Wall clock of the last authentic heartbeat, ms; for people and measurements only. */
  readonly lastSign: number;
  readonly timeline: readonly Entry[];
}

/** A line of the time line. */
export interface Entry {
  /** Wall clock, ms. */
  readonly at: number;
  readonly phase: Phase;
  readonly epoch: number;
  readonly what: string;
}

/** Why a primary was given up (invariants I3 and I4). */
export interface Detection {
  readonly misses: number;
  /** Points of view that did not reach it either, when fencing began. */
  readonly unreachableFrom: readonly string[];
}

/** `waiting`: for the lease's end; `claimed`: the witness is asked for it, which never turns back by itself; `held`. */
export type LeaseStep =
  | { readonly step: "waiting" }
  | { readonly step: "claimed"; readonly expected: { readonly epoch: number; readonly renewals: number } }
  | { readonly step: "held" };

/**
 * What counts as fenced: its replication has no quorum and suspends writes; nothing of it gets through the network; its
 * machines are off; a person says so; or, in drills only, it is a clone that nobody else reaches. That it ought to have
 * stopped by itself is no evidence.
 */
export type FenceEvidence = "quorumLost" | "networkDenied" | "nodesOff" | "attested" | "isolatedClone";

interface Fences {
  readonly fenced: Readonly<Record<string, FenceEvidence>>;
}

/** Everything after the lease was taken. */
interface Takeover extends Common, Fences {
  readonly detection: Detection;
  /** Snapshots that were tried and not opened, in that order. */
  readonly tried: readonly Candidate[];
}

/** What is served: the snapshot, and standby peers where they have more. */
interface Opened extends Takeover {
  readonly candidate: Candidate;
  /** Where the snapshot ends; as soon as ordering nodes run, where these do. */
  readonly restored: Heights;
  /** Where the ledgers end that reads are served from. */
  readonly served: Heights;
  /** What heartbeats told of and nobody here has. */
  readonly lost: readonly BlockRange[];
}

interface Approved {
  readonly approvedBy: string;
}

/** Blocks that standby peers have and ordering nodes cannot be given back. */
interface Loss {
  readonly blocks: readonly BlockRange[];
  readonly why: string;
}

interface Returning {
  readonly requestedBy: string;
  /** Whether the target ever took writes. If not, it is the target whose copy goes, not the old primary's. */
  readonly wrote: boolean;
}

/** `demote`: the target stops; `catchUp`: the old primary gets what it lacks of `token`; `handOver`: it takes the lease. */
export type SwitchStep =
  | { readonly step: "demote" }
  | { readonly step: "catchUp"; readonly token: Heights }
  | { readonly step: "handOver"; readonly token: Heights };

/** Of a record, what it hands on to every later phase. */
export const common = ({ epoch, heard, lastSign, timeline }: FailoverRecord): Common => ({
  epoch,
  heard,
  lastSign,
  timeline,
});

/** Of a record after the lease was taken, what every later phase of the takeover keeps. */
export const takeover = (record: Takeover & { phase: Phase }): Takeover => ({
  ...common(record as FailoverRecord),
  fenced: record.fenced,
  detection: record.detection,
  tried: record.tried,
});

/** Of a record with something opened, what the write path keeps. */
export const opened = (record: Opened & { phase: Phase }): Opened => ({
  ...takeover(record),
  candidate: record.candidate,
  restored: record.restored,
  served: record.served,
  lost: record.lost,
});

/** How a network begins: `epoch` is the one of the lease that its primary holds. */
export function newRecord(epoch: number, wall: number): FailoverRecord {
  return {
    phase: "Protected",
    epoch,
    heard: {},
    lastSign: wall,
    timeline: [{ at: wall, phase: "Protected", epoch, what: "watching" }],
  };
}

/** The time line keeps its newest lines only: the object that holds it must stay small. */
const longest = 200;

/** `next`, with a line about it. */
export function entered(next: FailoverRecord, at: number, what: string): FailoverRecord {
  const timeline = [...next.timeline, { at, phase: next.phase, epoch: next.epoch, what }].slice(-longest);
  return { ...next, timeline };
}
