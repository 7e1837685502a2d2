import { relative } from "node:path";
import type { Readable } from "node:stream";
import { ledgersBelow } from "../../lib/fabric/ledger/folders";
import type { CataloguedChain } from "../../lib/recovery/snapshots/catalogue";
import { type LedgerAnchor, walkFiles } from "../../lib/recovery/continuity/chain";
import { type ContinuityVerdict, type Heard, judgeContinuity } from "../../lib/recovery/continuity/verdict";
import { CommandFailed, runCommands, runPipeline } from "./commands";
import type { Shipping, NodeDriver } from "./driver";

/** A snapshot that is being received. */
export interface Arrival {
  /** Where snapshots of its unit are received. */
  readonly place: string;
  /** Its name, or its path at the sender. */
  readonly snapshot: string;
  readonly stream: Readable;
  /** What the snapshot before gave: how far each of its ledgers was verified. Empty for a walk from the first block. */
  readonly anchors: ReadonlyMap<string, LedgerAnchor>;
  /** By channel: what heartbeats have told. */
  readonly heard?: ReadonlyMap<string, readonly Heard[]>;
  /** The folder with a node's ledgers in a received snapshot; several where the unit has several nodes. */
  readonly nodes: (received: string) => readonly string[] | Promise<readonly string[]>;
}

/** What became of it. */
export type Arrived =
  /** It counts: it may be a parent of the next, and a candidate in a failover. */
  | {
      readonly kind: "verified";
      readonly received: string;
      readonly verdicts: readonly ContinuityVerdict[];
      /** Where each ledger ends. */
      readonly chains: readonly CataloguedChain[];
      /** For the next arrival. */
      readonly anchors: ReadonlyMap<string, LedgerAnchor>;
    }
  /** It is there as it was sent, and must not be opened. The next may have it for its parent all the same. */
  | {
      readonly kind: "bad";
      readonly received: string;
      readonly verdicts: readonly ContinuityVerdict[];
      readonly chains: readonly CataloguedChain[];
    }
  /** It is not there: the stream broke off, or its parent is missing. What there was of it is deleted. */
  | { readonly kind: "not-received"; readonly reason: string };

/**
 * Receives a snapshot and verifies its ledgers before it counts: whole by the driver's word, blocks continuous from the last
 * anchor on, and the chain that was heard of. What arrived in part is deleted, as the next try would stumble over it.
 */
export async function receiveSnapshot(driver: NodeDriver, arrival: Arrival): Promise<Arrived> {
  const { shipping } = driver;
  if (shipping === undefined) throw new RangeError(`${driver.name} does not send snapshots`);
  const received = shipping.received(arrival.place, arrival.snapshot);
  const reason =
    (await failureOf(runPipeline(shipping.receive(arrival.place), { input: arrival.stream }))) ??
    (await incompleteness(shipping, received));
  if (reason !== undefined) {
    // Where nothing was begun there is nothing to delete, which is no second failure.
    await failureOf(runCommands(driver.remove(received)));
    return { kind: "not-received", reason };
  }
  const verdicts: ContinuityVerdict[] = [];
  const chains: CataloguedChain[] = [];
  const anchors = new Map<string, LedgerAnchor>();
  for (const node of await arrival.nodes(received)) {
    for (const ledger of await ledgersBelow(node)) {
      const key = anchorKey(node.slice(received.length), ledger.channel);
      const chain = await walkFiles(ledger.blocks, arrival.anchors.get(key));
      const verdict = judgeContinuity({
        name: ledger.channel,
        chain,
        heard: arrival.heard?.get(ledger.channel) ?? [],
        state: { kind: ledger.databases === undefined ? "none" : "unproven" },
      });
      verdicts.push(verdict);
      const { height, hash } = verdict;
      chains.push({ node: relative(received, node), channel: ledger.channel, height, hash });
      if (verdict.anchor !== undefined) anchors.set(key, verdict.anchor);
    }
  }
  // A state is made anew from the blocks when a clone is opened; here the blocks are what counts.
  const sound = verdicts.length > 0 && verdicts.every(({ faults }) => faults.length === 0);
  return sound
    ? { kind: "verified", received, verdicts, chains, anchors }
    : { kind: "bad", received, verdicts, chains };
}

const anchorKey = (node: string, channel: string): string => `${node} ${channel}`;

async function incompleteness(shipping: Shipping, received: string): Promise<string | undefined> {
  try {
    return shipping.incomplete(await runCommands([shipping.inspect(received)]));
  } catch (error) {
    if (error instanceof CommandFailed) return error.message;
    throw error;
  }
}

async function failureOf(done: Promise<unknown>): Promise<string | undefined> {
  try {
    await done;
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
