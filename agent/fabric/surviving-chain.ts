import { type ChainBlock, toldBlock } from "../../lib/recovery/continuity/chain";
import type { Survivor } from "../../lib/recovery/continuity/survivors";
import { headerHash } from "../../lib/fabric/ledger/header";
import type { NodeConnection } from "./connection";
import type { AdminIdentity } from "./identity";
import { blockOfPeer, chainEnd } from "./peer";

/**
 * A peer's chain as qscc tells it, to hold a copy of a ledger against: one question for each height that is asked for.
 * Its height is that of now.
 */
export async function survivingChain(
  connection: NodeConnection,
  identity: AdminIdentity,
  channel: string,
): Promise<Survivor> {
  const end = await chainEnd(connection, identity, channel);
  const block = async (height: number): Promise<ChainBlock | undefined> =>
    height < 1 || height > end.height
      ? undefined
      : toldBlock(await blockOfPeer(connection, identity, channel, height - 1));
  return {
    name: connection.node.pod,
    height: end.height,
    async hashAt(height) {
      const found = await block(height);
      return found === undefined ? undefined : Buffer.from(headerHash(found.header)).toString("hex");
    },
    async commitHashAt(height) {
      return (await block(height))?.committed?.commitHash;
    },
  };
}

/** A peer's blocks from a number on, one question each, for a walk over a chain without its files. */
export async function* toldBlocks(
  connection: NodeConnection,
  identity: AdminIdentity,
  channel: string,
  from = 0,
): AsyncGenerator<ChainBlock> {
  const { height } = await chainEnd(connection, identity, channel);
  for (let number = from; number < height; number += 1) {
    yield toldBlock(await blockOfPeer(connection, identity, channel, number));
  }
}
