import { createHash } from "node:crypto";

/** What a block's header holds, and all that its hash covers: neither time nor signature (Fabric `protoutil.BlockHeaderHash`). */
export interface ChainHeader {
  /** The first block is 0. */
  readonly number: number;
  /** Hash of the header before; empty in block 0. */
  readonly previousHash: Uint8Array;
  readonly dataHash: Uint8Array;
}

/**
 * The hash by which the next block names this one, and which qscc's GetChainInfo tells as `currentBlockHash`: SHA-256 over
 * the ASN.1 sequence of number, previous hash and data hash (Fabric `protoutil.BlockHeaderHash`).
 */
export function headerHash({ number, previousHash, dataHash }: ChainHeader): Uint8Array {
  const content = Buffer.concat([
    der(0x02, unsignedInteger(BigInt(number))),
    der(0x04, previousHash),
    der(0x04, dataHash),
  ]);
  return createHash("sha256").update(der(0x30, content)).digest();
}

/** What a header's data hash must be: SHA-256 over the block's envelopes one after the other. */
export function dataHashOf(envelopes: readonly Uint8Array[]): Uint8Array {
  const hash = createHash("sha256");
  for (const envelope of envelopes) hash.update(envelope);
  return hash.digest();
}

/** One DER element, also for hashes that damage made longer than 127 bytes. */
function der(tag: number, content: Uint8Array): Buffer {
  if (content.length < 0x80) return Buffer.concat([Buffer.from([tag, content.length]), content]);
  const length = unsignedInteger(BigInt(content.length));
  const minimal = length[0] === 0 ? length.subarray(1) : length;
  return Buffer.concat([Buffer.from([tag, 0x80 | minimal.length]), minimal, content]);
}

function unsignedInteger(value: bigint): Buffer {
  const hex = value.toString(16);
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, "hex");
  return (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes;
}
