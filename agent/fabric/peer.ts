import { common, peer } from "@hyperledger/fabric-protos";
import { deadlines, type NodeConnection } from "./connection";
import type { AdminIdentity } from "./identity";
import { Refusal } from "./problem";
import { callChaincode } from "./proposal";

/** Names of the channels that a peer has joined. */
export async function channelsOfPeer(connection: NodeConnection, identity: AdminIdentity): Promise<string[]> {
  const answer = await callChaincode(connection, identity, { channel: "", chaincode: "cscc", args: ["GetChannels"] });
  return peer.ChannelQueryResponse.deserializeBinary(answer)
    .getChannelsList()
    .map((channel) => channel.getChannelId());
}

/**
 * Lets a peer join a channel from its first block. A peer that has joined already is left as it is.
 * @throws Refusal if the peer does not take the block.
 */
export async function joinPeer(connection: NodeConnection, identity: AdminIdentity, block: Uint8Array): Promise<void> {
  const call = { channel: "", chaincode: "cscc", args: ["JoinChain", block] };
  try {
    await callChaincode(connection, identity, call, deadlines.install);
  } catch (error) {
    if (!(error instanceof Refusal && error.said.includes("already exists"))) throw error;
  }
}

/** How long a peer's chain is, and how it ends. */
export interface ChainEnd {
  /** Number of blocks. */
  readonly height: number;
  /** Hash of the newest block's header, hexadecimal. */
  readonly hash: string;
}

/** The end of a peer's chain of a channel that it has joined. */
export async function chainEnd(
  connection: NodeConnection,
  identity: AdminIdentity,
  channel: string,
): Promise<ChainEnd> {
  const call = { channel, chaincode: "qscc", args: ["GetChainInfo", channel] };
  const info = common.BlockchainInfo.deserializeBinary(await callChaincode(connection, identity, call));
  return { height: info.getHeight(), hash: Buffer.from(info.getCurrentblockhash_asU8()).toString("hex") };
}

/** A block of a peer's chain. */
export async function blockOfPeer(
  connection: NodeConnection,
  identity: AdminIdentity,
  channel: string,
  number: number,
): Promise<common.Block> {
  const call = { channel, chaincode: "qscc", args: ["GetBlockByNumber", channel, String(number)] };
  return common.Block.deserializeBinary(await callChaincode(connection, identity, call));
}

/** The newest config block that a peer has committed. */
export async function configBlockOfPeer(
  connection: NodeConnection,
  identity: AdminIdentity,
  channel: string,
): Promise<common.Block> {
  const call = { channel: "", chaincode: "cscc", args: ["GetConfigBlock", channel] };
  return common.Block.deserializeBinary(await callChaincode(connection, identity, call));
}
