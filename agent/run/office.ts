import type { Consortium } from "../../lib/fabric/consortium";
import type { Board } from "../board";
import type { AdminIdentity } from "../fabric/identity";
import type { Reach } from "../fabric/reach";
import type { NodeHeights } from "../fabric/status";
import type { ApiServer } from "../kubernetes/api-server";
import type { Log } from "../log";
import type { AgentMetrics } from "../metrics/metrics";
import type { Condition } from "../status/document";
import type { AgentSettings, Model } from "./settings";

/** What is known and at hand for work on the network itself. */
export interface FabricTask {
  readonly consortium: Consortium;
  readonly organisation: string;
  /** The site whose nodes it sees to; undefined in a network of one cluster. */
  readonly site?: string | undefined;
  readonly identity: AdminIdentity;
  readonly board: Board;
  readonly reach: Reach;
  readonly log: Log;
  /** Told after every effect; throws where there must not be another. */
  readonly onStep: () => void;
}

/** The work on the network itself, of which the rest of the agent knows nothing but what comes of it. */
export interface FabricWork {
  /** Reads the own identity from its folder. @throws Error that names what is missing. */
  identity(mspId: string, folder: string): AdminIdentity;
  /** One pass over everything that there is to do. */
  reconcile(task: FabricTask): Promise<readonly Condition[]>;
  heights(task: FabricTask): Promise<readonly NodeHeights[]>;
}

/** Seconds between looks, of each kind. */
export interface Rhythm {
  readonly watch: number;
  /**
   * Every how many of those looks others than the leader look at their own nodes, and everybody at those of others; at
   * these every time while an own node is silent.
   */
  readonly sparing: { readonly standby: number; readonly foreign: number };
  /** Between observations while something is missing, and when all is well. */
  readonly observe: { readonly busy: number; readonly idle: number };
  /** Between passes of reconciliation while something is missing, at first, and when all is done. */
  readonly reconcile: { readonly busy: number; readonly idle: number };
  readonly renewal: number;
}

/** Each look is a TLS handshake with every node looked at, on both sides: what is done for nothing else is done rarely. */
export const rhythm: Rhythm = {
  watch: 2,
  sparing: { standby: 2, foreign: 5 },
  observe: { busy: 3, idle: 10 },
  reconcile: { busy: 2, idle: 30 },
  renewal: 5,
};

/**
 * Seconds until the next pass. What has been missing for long, as a signature that nobody gives or a config update that is
 * refused, is tried more and more rarely: a tenth of the time that it has been so.
 */
export function pauseAfter(isDone: boolean, missingFor: number, { busy, idle }: Rhythm["reconcile"]): number {
  return isDone ? idle : Math.max(busy, Math.min(idle, missingFor / 10));
}

/** Everything that an agent works with. */
export interface Office {
  readonly api: ApiServer;
  readonly settings: AgentSettings;
  readonly model: Model;
  readonly fabric: FabricWork;
  readonly metrics: AgentMetrics;
  readonly log: Log;
  readonly rhythm: Rhythm;
}
