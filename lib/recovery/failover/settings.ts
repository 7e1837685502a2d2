/**
 * What a failover is told before anything happens (requirement R8; the spec of the `Failover` object). Times are in
 * milliseconds. `checkFailover` says whether they can be kept together.
 */
export interface FailoverSettings {
  /** `drill` works on an isolated clone: no traffic is moved, no live center fenced. */
  readonly mode: FailoverMode;
  /** The centers that write now: one, or the dual-active pair of one city. The first of them holds the witness lease. */
  readonly primary: readonly string[];
  /** The center that opens when they are lost. */
  readonly target: string;
  /** Who else looks at the primary, beside the target: the witness, the second center of the city. */
  readonly vantagePoints: readonly string[];
  /** Who may order what only a person may order: write access, rollback, failback, the word that a center is fenced. */
  readonly approvers: readonly string[];
  /** Ordering nodes, each as `<organisation>/<pod>`. */
  readonly consenters: Consenters;
  readonly heartbeat: {
    /** Between two heartbeats. */
    readonly interval: number;
    /** How many in a row must be missing; at least 3. */
    readonly misses: number;
    /** How long one answer is waited for. */
    readonly probeTimeout: number;
  };
  readonly lease: {
    /** How long the lease lasts after its last renewal. */
    readonly duration: number;
    /** Between two renewals. */
    readonly renew: number;
    /** How often a failed renewal is tried again. */
    readonly retries: number;
    /** How long the lease must have been over, besides, before somebody else takes it. */
    readonly grace: number;
    /** By how much two clocks may come apart while a lease lasts. */
    readonly maxClockDrift: number;
    /** How long a center takes to stop writing once its lease is over. */
    readonly selfFence: number;
  };
  /** How many older snapshots are tried after the newest. */
  readonly maxFallbacks: number;
  /** Whether standby peers at the target follow the network's blocks (facts: nothing was lost where they did). */
  readonly standbyPeers: boolean;
  /** Between two snapshots that ship the ordering nodes' folders. */
  readonly snapshotInterval: number;
  readonly limits: FailoverLimits;
  /** What each phase may take; measured by drills. */
  readonly budget: PhaseBudget;
}

/** Where ordering nodes are at home. */
export interface Consenters {
  /**
   * Of each center of the primary's side. Those of a center are a unit: their folders are of one instant in every
   * snapshot, and they are restored together or not at all.
   */
  readonly units: Readonly<Record<string, readonly string[]>>;
  /** Those at the target, which outlive the primary's side. */
  readonly target: readonly string[];
}

export type FailoverMode = "drill" | "real";

/** What the failover may cost at most. Above the RPO nothing is opened (invariant I8). */
export interface FailoverLimits {
  /** From the last sign of life to the first read, ms. */
  readonly rtoRead: number;
  /** From the last sign of life to the first write, ms. */
  readonly rtoWrite: number;
  /** Blocks, over all channels, that may be missing from what is opened. */
  readonly rpoBlocks: number;
  /** Seconds of transactions that may be missing. */
  readonly rpoSeconds: number;
}

/** Milliseconds, each. Those of a snapshot are spent once for each one that is tried. */
export interface PhaseBudget {
  readonly fencing: number;
  readonly clone: number;
  readonly verification: number;
  readonly readOpen: number;
  readonly approval: number;
  readonly promotion: number;
  readonly replay: number;
}
