import { common } from "@hyperledger/fabric-protos";
import { blockHeaderHash } from "../../lib/fabric/channel/block";
import { isConfigBlock } from "../../lib/fabric/ledger/record";
import type { Replayed } from "../../lib/recovery/failover/event";
import { Refusal } from "../fabric/problem";
import { pause } from "../kubernetes/pause";

/** One channel on both sides of a replay. */
export interface ReplayGround {
  readonly channel: string;
  /** A block of a ledger that survived, such as a standby peer's. */
  readonly theirs: (number: number) => Promise<common.Block>;
  /** The same block of the ordering nodes; undefined while they have none of that number. */
  readonly ours: (number: number) => Promise<common.Block | undefined>;
  /** Hands envelopes to the ordering nodes, in this order and with nothing between them. */
  readonly order: (envelopes: readonly common.Envelope[]) => Promise<void>;
}

/** Between two looks for the block, in milliseconds. */
const between = 25;

/**
 * Gives ordering nodes a block that a surviving ledger has and they have not: its envelopes again, in their order, while
 * nobody else is let in. A block's header holds neither time nor signature, so the same envelopes cut at the same place
 * give the same header (recovery-run facts, section 6). Where the block is there already it is only compared; where the
 * ordering nodes do not end with the block before it, nothing is given to them. Config
 * blocks are wrapped and signed anew by whoever orders them, and come out as others.
 *
 * @param patience Milliseconds until the block must be there: longer than the channel's batch timeout.
 * @throws Refusal where an envelope is not taken, as without a leader; the signal's reason where it was called off.
 */
export async function replayBlock(
  { channel, theirs, ours, order }: ReplayGround,
  number: number,
  patience: number,
  signal: AbortSignal,
): Promise<Replayed> {
  const block = await theirs(number);
  const envelopes = block.getData()?.getDataList_asU8() ?? [];
  const known = await ours(number);
  if (known !== undefined) return compared(channel, number, known, block);
  if (isConfigBlock({ envelopes })) {
    return { channel, number, impossible: "it changes the channel's config, which ordering nodes wrap and sign anew" };
  }
  // What is broadcast on another chain, or too early, cannot be taken back.
  const before = await ours(number - 1);
  const named = Buffer.from(block.getHeader()?.getPreviousHash_asU8() ?? []).toString("hex");
  if (before === undefined || hashOf(before) !== named) {
    const why = before === undefined ? "do not have the block before it" : "have another block before it";
    return { channel, number, impossible: `the ordering nodes ${why}; nothing was given to them` };
  }
  signal.throwIfAborted();
  await order(envelopes.map((bytes) => common.Envelope.deserializeBinary(bytes)));
  const end = performance.now() + patience;
  for (;;) {
    const made = await ours(number);
    if (made !== undefined) return compared(channel, number, made, block);
    // Who was called off knows nothing about the block.
    signal.throwIfAborted();
    if (performance.now() > end) {
      return { channel, number, impossible: `its ${envelopes.length} envelopes were taken, and no block came of them` };
    }
    await pause(between, signal);
  }
}

const compared = (channel: string, number: number, ours: common.Block, theirs: common.Block): Replayed => ({
  channel,
  number,
  ours: hashOf(ours),
  theirs: hashOf(theirs),
});

/** For an ordering node that has no such block yet, which Fabric answers with 404. @throws whatever else it was */
export function isAbsentBlock(thrown: unknown): undefined {
  if (thrown instanceof Refusal && thrown.status === common.Status.NOT_FOUND) return undefined;
  throw thrown;
}

/** Hash of a block's header, hexadecimal. */
export function hashOf(block: common.Block): string {
  const header = block.getHeader();
  return header === undefined ? "" : Buffer.from(blockHeaderHash(header)).toString("hex");
}
