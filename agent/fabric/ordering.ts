import { common, orderer } from "@hyperledger/fabric-protos";
import type { ClientDuplexStream, ServiceError } from "@grpc/grpc-js";
import { blockHeaderHash } from "../../lib/fabric/channel/block";
import { signedEnvelope } from "../../lib/fabric/envelope";
import { deadlines, naming, type NodeConnection } from "./connection";
import type { AdminIdentity } from "./identity";
import { Refusal } from "./problem";

/** Which block: its number, or the newest. */
export type BlockPosition = number | "newest";

/**
 * A block from an orderer.
 * @throws Refusal with Fabric's status: 404 where the orderer does not take part in the channel or has no such block,
 * 403 where our organisation may not read it. An orderer without a leader serves what it has.
 */
export async function blockOfOrderer(
  connection: NodeConnection,
  identity: AdminIdentity,
  channel: string,
  position: BlockPosition,
): Promise<common.Block> {
  const request = await signedEnvelope(
    {
      type: common.HeaderType.DELIVER_SEEK_INFO,
      channel,
      data: seek(position).serializeBinary(),
      tlsCertificate: identity.tls.certificate,
    },
    identity,
  );
  const answer = await firstAnswer(
    connection,
    connection.stream(orderer.AtomicBroadcastService.deliver, deadlines.query),
    request,
  );
  const block = answer.getBlock();
  if (block === undefined) {
    throw new Refusal(connection.node.pod, answer.getStatus(), statusInWords(answer.getStatus()));
  }
  return block;
}

/** The newest config block of a channel, from an orderer; refusals as {@link blockOfOrderer} has them. */
export async function configBlockOfOrderer(
  connection: NodeConnection,
  identity: AdminIdentity,
  channel: string,
): Promise<common.Block> {
  const newest = await blockOfOrderer(connection, identity, channel, "newest");
  return blockOfOrderer(connection, identity, channel, lastConfigOf(newest));
}

/** Number of a block. */
export function numberOf(block: common.Block): number {
  return block.getHeader()?.getNumber() ?? 0;
}

/** Whether two blocks are the same, by their headers. */
export function sameBlock(a: common.Block, b: common.Block): boolean {
  const [first, second] = [a.getHeader(), b.getHeader()];
  if (first === undefined || second === undefined) return false;
  return Buffer.from(blockHeaderHash(first)).equals(blockHeaderHash(second));
}

/**
 * Hands signed envelopes, such as a config update, to an orderer, which takes those of one call in their order.
 * @throws Refusal with the orderer's status and words at the first that it does not take.
 */
export function broadcast(connection: NodeConnection, ...envelopes: readonly common.Envelope[]): Promise<void> {
  const { node } = connection;
  const opened = connection.stream(orderer.AtomicBroadcastService.broadcast, deadlines.commit);
  return new Promise((resolve, reject) => {
    let taken = 0;
    opened.on("data", (answer: orderer.BroadcastResponse) => {
      taken += 1;
      const status = answer.getStatus();
      if (status !== common.Status.SUCCESS) {
        reject(new Refusal(node.pod, status, answer.getInfo() || statusInWords(status)));
      } else if (taken < envelopes.length) return;
      else resolve();
      opened.end();
      opened.cancel();
    });
    // Cancelling is an error to the stream, after we have what we came for.
    opened.on("error", (error: ServiceError) => reject(naming(node, error)));
    opened.once("end", () => reject(new Error(`${node.pod} ended the stream without an answer`)));
    for (const envelope of envelopes) opened.write(envelope);
  });
}

function seek(position: BlockPosition): orderer.SeekInfo {
  const at = new orderer.SeekPosition();
  if (position === "newest") {
    at.setNewest(new orderer.SeekNewest());
  } else {
    const specified = new orderer.SeekSpecified();
    specified.setNumber(position);
    at.setSpecified(specified);
  }
  const info = new orderer.SeekInfo();
  info.setStart(at);
  info.setStop(at);
  info.setBehavior(orderer.SeekInfo.SeekBehavior.FAIL_IF_NOT_READY);
  info.setErrorResponse(orderer.SeekInfo.SeekErrorResponse.BEST_EFFORT);
  return info;
}

/** Number of the newest config block as of this block: orderers write it beside their signatures. */
function lastConfigOf(block: common.Block): number {
  const [signatures] = block.getMetadata()?.getMetadataList_asU8() ?? [];
  if (signatures === undefined) return 0;
  const value = common.Metadata.deserializeBinary(signatures).getValue_asU8();
  return common.OrdererBlockMetadata.deserializeBinary(value).getLastConfig()?.getIndex() ?? 0;
}

function statusInWords(status: number): string {
  return Object.entries(common.Status).find(([, number]) => number === status)?.[0] ?? "no block";
}

function firstAnswer<Q, A>({ node }: NodeConnection, stream: ClientDuplexStream<Q, A>, question: Q): Promise<A> {
  return new Promise((resolve, reject) => {
    stream.once("data", (answer: A) => {
      resolve(answer);
      stream.end();
      stream.cancel();
    });
    // Cancelling is an error to the stream, after we have what we came for.
    stream.on("error", (error: ServiceError) => reject(naming(node, error)));
    stream.once("end", () => reject(new Error(`${node.pod} ended the stream without an answer`)));
    stream.write(question);
  });
}
