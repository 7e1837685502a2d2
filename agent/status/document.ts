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
  /** When it looked last, to the minute; RFC 3339. Written anew each minute, so that others know that it lives. */
  readonly at: string;
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

/** What an agent said, without whatever of it is malformed, and the names of that: `nodes[0]`, `conditions[2]`. */
export interface ReadStatus {
  readonly status: AgentStatus;
  readonly malformed: readonly string[];
}

/** The minute in which a time lies, as {@link AgentStatus.at}. @param now Milliseconds since 1970. */
export const minuteOf = (now: number): string => new Date(now - (now % 60_000)).toISOString();

/** What an organisation's agent last said; undefined where the text is not a status. */
export function readStatus(text: string): AgentStatus | undefined {
  return readForeignStatus(text)?.status;
}

/** As {@link readStatus}, with what was left out: others may say what they like. */
export function readForeignStatus(text: string): ReadStatus | undefined {
  let status: unknown;
  try {
    status = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isRecord(status)) return undefined;
  const { nodes, conditions, at } = status;
  if (!Array.isArray(nodes) || !Array.isArray(conditions)) return undefined;
  const bad = (name: string, list: readonly unknown[], good: (one: unknown) => boolean): string[] =>
    list.flatMap((one, index) => (good(one) ? [] : [`${name}[${index}]`]));
  return {
    status: {
      ...(status as unknown as AgentStatus),
      nodes: nodes.filter(isNodeStatus),
      conditions: conditions.filter(isCondition),
    },
    malformed: [
      ...(isTime(at) ? [] : ["at"]),
      ...bad("nodes", nodes, isNodeStatus),
      ...bad("conditions", conditions, isCondition),
    ],
  };
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isText = (value: unknown): value is string => typeof value === "string";
const isTime = (value: unknown): boolean => isText(value) && !Number.isNaN(Date.parse(value));
const maybe = (value: unknown, good: (one: unknown) => boolean): boolean => value === undefined || good(value);

function isCondition(value: unknown): value is StatedCondition {
  if (!isRecord(value)) return false;
  const { type, status, reason, message, object, remedy, at } = value;
  return (
    [type, reason, message, object].every(isText) &&
    ["True", "False", "Unknown"].includes(status as string) &&
    maybe(remedy, isText) &&
    isTime(at)
  );
}

function isNodeStatus(value: unknown): value is NodeStatus {
  if (!isRecord(value)) return false;
  const { pod, role, zone, ready, unreachable, channels, leads, certificate, startedAt } = value;
  return (
    [pod, zone].every(isText) &&
    ["peer", "orderer"].includes(role as string) &&
    typeof ready === "boolean" &&
    maybe(unreachable, isText) &&
    Array.isArray(channels) &&
    channels.every(isChannelStatus) &&
    maybe(leads, (list) => Array.isArray(list) && list.every(isText)) &&
    maybe(certificate, (dates) => isRecord(dates) && isTime(dates["notBefore"]) && isTime(dates["notAfter"])) &&
    maybe(startedAt, isTime)
  );
}

function isChannelStatus(value: unknown): value is ChannelStatus {
  if (!isRecord(value)) return false;
  const { channel, height, hash, status, relation } = value;
  return (
    isText(channel) &&
    Number.isSafeInteger(height) &&
    (height as number) >= 0 &&
    [hash, status, relation].every((one) => maybe(one, isText))
  );
}
