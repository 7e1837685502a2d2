import { setTimeout as pause } from "node:timers/promises";
import {
  type ChaincodeEvent,
  type Checkpointer,
  checkpointers,
  type CloseableAsyncIterable,
} from "@hyperledger/fabric-gateway";
import type { common } from "@hyperledger/fabric-protos";
import { pauseFor } from "./attempts";
import { inWords } from "./failures";
import type { GatewayPeer, GatewayPeers } from "./gateway-peers";

/** A channel whose blocks are followed. */
export interface Followed {
  readonly channel: string;
  readonly peers: GatewayPeers;
  /** Number of blocks that the channel has. */
  height(): Promise<number>;
}

export interface EventOptions {
  /** Where to start, if the checkpoint does not say; without it: with the next block. */
  readonly startBlock?: bigint;
  /**
   * Remembers what was seen. Give `await checkpointers.file(path)` to go on after a restart: an event counts as seen
   * when the next one is asked for, so the last one comes again if its handling was cut short.
   */
  readonly checkpointer?: Checkpointer;
  readonly signal?: AbortSignal;
  /** Told when a peer was lost, before another one is asked. */
  readonly onLoss?: (peer: string, why: string) => void;
}

/** See `FabricClient.chaincodeEvents`. */
export function followChaincodeEvents(
  followed: Followed,
  chaincode: string,
  options: EventOptions,
): AsyncGenerator<ChaincodeEvent> {
  return follow(followed, options, {
    open: ({ gateway }, position) => gateway.getNetwork(followed.channel).getChaincodeEvents(chaincode, position),
    seen: (event, checkpointer) => checkpointer.checkpointChaincodeEvent(event),
  });
}

/** See `FabricClient.blocks`. */
export function followBlocks(followed: Followed, options: EventOptions): AsyncGenerator<common.Block> {
  return follow(followed, options, {
    open: ({ gateway }, position) => gateway.getNetwork(followed.channel).getBlockEvents(position),
    seen: (block, checkpointer) => checkpointer.checkpointBlock(BigInt(block.getHeader()?.getNumber() ?? 0)),
  });
}

interface Source<T> {
  open(
    peer: GatewayPeer,
    position: { readonly startBlock: bigint; readonly checkpoint: Checkpointer },
  ): Promise<CloseableAsyncIterable<T>>;
  seen(item: T, checkpointer: Checkpointer): Promise<void>;
}

async function* follow<T>(followed: Followed, options: EventOptions, source: Source<T>): AsyncGenerator<T> {
  const { signal } = options;
  const checkpoint = options.checkpointer ?? checkpointers.inMemory();
  // Where to begin is settled once: "the next block" would be another one after each loss of a peer.
  const startBlock = checkpoint.getBlockNumber() ?? options.startBlock ?? BigInt(await followed.height());
  for (let failures = 0; !isOver(signal);) {
    const [peer] = followed.peers.inTurn() as readonly [GatewayPeer];
    const items = await source.open(peer, { startBlock, checkpoint });
    const close = () => items.close();
    signal?.addEventListener("abort", close, { once: true });
    try {
      for await (const item of items) {
        failures = 0;
        yield item;
        await source.seen(item, checkpoint);
      }
      if (!isOver(signal)) throw new Error("the peer ended the stream");
    } catch (error) {
      if (isOver(signal)) return;
      failures += 1;
      followed.peers.failed(peer);
      options.onLoss?.(peer.name, inWords(error));
      await pause(pauseFor(failures, 100));
    } finally {
      signal?.removeEventListener("abort", close);
      items.close();
    }
  }
}

/** Read anew each time: what was false before a pause may be true after it. */
const isOver = (signal: AbortSignal | undefined) => signal?.aborted === true;
