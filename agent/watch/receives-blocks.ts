import type { Progress } from "./progress";

/** What is known of a peer. */
export interface PeerSight {
  readonly pod: string;
  /** Height by channel; undefined where it did not answer. */
  readonly heights: Readonly<Record<string, number>> | undefined;
  /** Why it did not answer. */
  readonly unreachable?: string;
  /** Milliseconds for which it has not answered. */
  readonly silentFor: number;
  /** Whether it counts as one that receives blocks. */
  readonly counted: boolean;
  /** Channels in which it has been seen. */
  readonly wasIn: ReadonlySet<string>;
}

export interface GateVerdict {
  readonly status: "True" | "False";
  readonly reason: "NoChannelYet" | "KeepsUp" | "NotJoined" | "FallsBehind" | "Unreachable";
  readonly message: string;
}

/** Milliseconds that a peer may be behind, or silent, before it stops counting as one that receives blocks. */
export const patience = 30_000;

/**
 * Whether a peer does what a client expects of one that is ready: it is in its channels, and gets their blocks. A peer
 * that runs, answers every probe and stays at its first block is what several silent faults look like.
 *
 * A new peer waits until it is in all of its channels. One that serves some goes on with those when one more comes: its
 * clients there must not lose it, nor all of its organisation's peers at once.
 *
 * @param channels Those that exist by now and that the peer should be in.
 * @param anyoneAnswers Whether any node of the network answers; if none does, nothing can be said.
 * @returns Undefined where nothing can be said: what was said before holds.
 */
export function judgePeer(
  peer: PeerSight,
  channels: readonly string[],
  progress: Progress,
  now: number,
  anyoneAnswers: boolean,
): GateVerdict | undefined {
  const { heights } = peer;
  if (heights === undefined) {
    if (!anyoneAnswers || peer.silentFor < patience) return undefined;
    const message = `it has not answered for ${seconds(peer.silentFor)}: ${peer.unreachable ?? "no reason known"}`;
    return { status: "False", reason: "Unreachable", message };
  }
  if (channels.length === 0)
    return { status: "True", reason: "NoChannelYet", message: "none of its channels has been created yet" };
  const missing = channels.filter((channel) => heights[channel] === undefined);
  if (missing.some((channel) => !peer.counted || peer.wasIn.has(channel)))
    return { status: "False", reason: "NotJoined", message: `it has not joined ${missing.join(", ")} yet` };
  const joined = channels.filter((channel) => !missing.includes(channel));
  const late = joined.filter((channel) => progress.behindFor(channel, heights[channel] ?? 0, now) > patience);
  if (late.length > 0) {
    const message = `more than ${seconds(patience)} behind the others in ${late.join(", ")}`;
    return { status: "False", reason: "FallsBehind", message };
  }
  if (joined.length === 0)
    return { status: "True", reason: "NoChannelYet", message: "it has joined none of its channels yet" };
  return { status: "True", reason: "KeepsUp", message: `it keeps up in ${joined.join(", ")}` };
}

/** Whole tens, so that the text does not change at every look. */
const seconds = (milliseconds: number): string => `${Math.floor(milliseconds / 10_000) * 10} s`;
