import { common } from "@hyperledger/fabric-protos";
import type { ChainHeader } from "./header";

/**
 * A block as peers and ordering nodes store it. It is not the `Block` message: number, data hash, previous hash, envelopes
 * and metadata follow each other, each with its length before it (Fabric common/ledger/blkstorage/block_serialization.go).
 */
export interface StoredBlock {
  readonly header: ChainHeader;
  /** The serialized envelopes, whose hash the header holds. */
  readonly envelopes: readonly Uint8Array[];
  /** Signatures, last config, transactions' flags, orderer, commit hash; no header hash covers them. */
  readonly metadata: readonly Uint8Array[];
}

/** Bytes that are no stored block; the message says where they stop making sense. */
export class UnreadableRecord extends Error {
  override readonly name = "UnreadableRecord";
}

/** Most bytes of a number below 2 to the 53rd. */
const longestVarint = 8;

/** A number of the form in which Protocol Buffers write them, and how many bytes it takes; undefined where it goes on. */
export function varintAt(
  bytes: Uint8Array,
  offset: number,
): { readonly value: number; readonly size: number } | undefined {
  let value = 0;
  for (let size = 0; size < longestVarint; size += 1) {
    const byte = bytes[offset + size];
    if (byte === undefined) return undefined;
    value += (byte & 0x7f) * 2 ** (7 * size);
    if (byte < 0x80) {
      if (!Number.isSafeInteger(value)) break;
      return { value, size: size + 1 };
    }
  }
  throw new UnreadableRecord(`no number at byte ${offset}`);
}

/**
 * A record's body as a block.
 * @throws UnreadableRecord if lengths point behind its end, or something is left over.
 */
export function decodeRecord(body: Uint8Array): StoredBlock {
  let at = 0;
  const number = (): number => {
    const read = varintAt(body, at);
    if (read === undefined) throw new UnreadableRecord(`the record ends within a number, at byte ${at}`);
    at += read.size;
    return read.value;
  };
  const bytes = (): Uint8Array => {
    const length = number();
    if (length > body.length - at) {
      throw new UnreadableRecord(`${length} bytes announced at byte ${at}, where ${body.length - at} are left`);
    }
    at += length;
    return body.subarray(at - length, at);
  };
  const list = (): Uint8Array[] => {
    const count = number();
    // Each takes a byte at least; damage must not make us reserve memory for what cannot be there.
    if (count > body.length - at) throw new UnreadableRecord(`${count} entries announced at byte ${at}`);
    return Array.from({ length: count }, bytes);
  };
  const blockNumber = number();
  const dataHash = bytes();
  const previousHash = bytes();
  const block = { header: { number: blockNumber, previousHash, dataHash }, envelopes: list(), metadata: list() };
  if (at !== body.length) throw new UnreadableRecord(`${body.length - at} bytes too many`);
  return block;
}

/** Places in the metadata (Fabric `common.BlockMetadataIndex`). */
const [flagsSlot, commitHashSlot] = [2, 4];

/** Which of its transactions a peer has found valid, one byte each; ordering nodes write what has no meaning. */
export const flagsOf = ({ metadata }: Pick<StoredBlock, "metadata">): Uint8Array =>
  metadata[flagsSlot] ?? new Uint8Array();

/**
 * Hash over what peers made of all transactions up to a block (their flags and updates), hexadecimal. Peers write it,
 * ordering nodes do not; no header hash covers it.
 */
export function commitHashOf({ metadata }: Pick<StoredBlock, "metadata">): string | undefined {
  const entry = metadata[commitHashSlot];
  if (entry === undefined || entry.length === 0) return undefined;
  try {
    const value = common.Metadata.deserializeBinary(entry).getValue_asU8();
    return value.length === 0 ? undefined : Buffer.from(value).toString("hex");
  } catch {
    return undefined;
  }
}

/** Whether a block changes the channel's config: its one envelope is of type CONFIG. */
export function isConfigBlock({ envelopes }: Pick<StoredBlock, "envelopes">): boolean {
  const [envelope, second] = envelopes;
  if (envelope === undefined || second !== undefined) return false;
  try {
    const payload = common.Payload.deserializeBinary(common.Envelope.deserializeBinary(envelope).getPayload_asU8());
    const header = payload.getHeader()?.getChannelHeader_asU8() ?? new Uint8Array();
    return common.ChannelHeader.deserializeBinary(header).getType() === common.HeaderType.CONFIG;
  } catch {
    return false;
  }
}
