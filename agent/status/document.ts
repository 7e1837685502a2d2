import type { RenewalStep } from "../renewal/view";

/** The ConfigMap in which an agent says how its organisation's part of the network is, and its key. */
export const statusConfigMap = "agent-status";
export const statusKey = "status.json";

/** One thing that is as it should be, or is not, or cannot be told. */
export interface Condition {
  /** What holds if the status is True, such as `PeerJoined`. */
  readonly type: string;
  readonly status: "True" | "False" | "Unknown";
  /** One word for programs. */
  readonly reason: string;
  readonly message: string;
  /** What it is about: `peer/<pod>`, `orderer/<pod>`, `channel/<name>`, `organisation/<name>` … */
  readonly object: string;
  /** What a person can do about it. */
  readonly remedy?: string;
}

/** A condition with the time since when it has been like this (RFC 3339). */
export interface StatedCondition extends Condition {
  readonly at: string;
}

export interface ChannelStatus {
  readonly channel: string;
  /** Number of blocks. */
  readonly height: number;
  /** Hash of the newest block's header in hex; of peers. */
  readonly hash?: string;
  /** Of ordering nodes, in the words of the participation API: `active`, `consenter`. */
  readonly status?: string;
  readonly relation?: string;
}

/** A peer or ordering node of the organisation. */
export interface NodeStatus {
  readonly pod: string;
  readonly role: "peer" | "orderer";
  readonly zone: string;
  /** Whether Kubernetes counts its pod as ready. */
  readonly ready: boolean;
  /** Why its agent cannot reach it. */
  readonly unreachable?: string;
  readonly channels: readonly ChannelStatus[];
  /** The channels whose Raft leader it is; absent where it did not say. */
  readonly leads?: readonly string[];
  /** The certificate that it serves; RFC 3339. */
  readonly certificate?: { readonly notBefore: string; readonly notAfter: string };
  /** RFC 3339. */
  readonly startedAt?: string;
}

/** What status.json says. */
export interface AgentStatus {
  readonly network: string;
  readonly organisation: string;
  /** The pod of the agent that leads. */
  readonly agent: string;
  readonly conditions: readonly StatedCondition[];
  readonly nodes: readonly NodeStatus[];
  /** What is to be restarted next, so that it renews its certificates. */
  readonly renewal: RenewalStep;
}

/**
 * The conditions with the times since when they have been as they are.
 * @param before What was said last.
 * @returns All of them, and those that are not as they were.
 */
export function dated(
  conditions: readonly Condition[],
  before: readonly StatedCondition[],
  now: string,
): { readonly all: readonly StatedCondition[]; readonly changed: readonly StatedCondition[] } {
  const changed: StatedCondition[] = [];
  const all = conditions.map((condition) => {
    const old = before.find(({ type, object }) => type === condition.type && object === condition.object);
    if (old?.status === condition.status && old.reason === condition.reason) return { ...condition, at: old.at };
    const stated = { ...condition, at: now };
    // What begins well is no news.
    if (old !== undefined || condition.status === "False") changed.push(stated);
    return stated;
  });
  return { all, changed };
}

/** What an organisation's agent last said; undefined where the text is not a status. */
export function readStatus(text: string): AgentStatus | undefined {
  try {
    const status = JSON.parse(text) as Partial<AgentStatus> | null;
    return Array.isArray(status?.conditions) && Array.isArray(status.nodes) ? (status as AgentStatus) : undefined;
  } catch {
    return undefined;
  }
}
