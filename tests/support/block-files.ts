import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { common } from "@hyperledger/fabric-protos";
import { blockFileName } from "../../lib/fabric/ledger/block-files";
import { dataHashOf, headerHash } from "../../lib/fabric/ledger/header";
import type { StoredBlock } from "../../lib/fabric/ledger/record";

/** A chain of blocks whose envelopes say what they are told; `said(n)` are the texts of block n. */
export function chainOf(
  height: number,
  said: (number: number) => readonly string[] = (n) => [`tx ${n}`],
): StoredBlock[] {
  const blocks: StoredBlock[] = [];
  let previousHash: Uint8Array = new Uint8Array();
  for (let number = 0; number < height; number += 1) {
    const envelopes = said(number).map((text) => Buffer.from(text));
    const header = { number, previousHash, dataHash: dataHashOf(envelopes) };
    const commit = new common.Metadata();
    commit.setValue(dataHashOf([Buffer.from(`flags of ${said(number).join()}`)]));
    const empty = new Uint8Array();
    blocks.push({ header, envelopes, metadata: [empty, empty, empty, empty, commit.serializeBinary()] });
    previousHash = headerHash(header);
  }
  return blocks;
}

/** The hash of a chain at a height, hexadecimal. */
export function hashAt(blocks: readonly StoredBlock[], height: number): string {
  const block = blocks[height - 1];
  if (block === undefined) throw new RangeError(`no block ${height - 1}`);
  return Buffer.from(headerHash(block.header)).toString("hex");
}

/** A block as a node stores it, length first. */
export function recordOf({ header, envelopes, metadata }: StoredBlock): Buffer {
  const withLength = (bytes: Uint8Array) => Buffer.concat([varint(bytes.length), bytes]);
  const body = Buffer.concat([
    varint(header.number),
    withLength(header.dataHash),
    withLength(header.previousHash),
    varint(envelopes.length),
    ...envelopes.map(withLength),
    varint(metadata.length),
    ...metadata.map(withLength),
  ]);
  return withLength(body);
}

/** Writes block files with so many blocks each, and tells where each block begins. */
export function writeBlockFiles(
  folder: string,
  blocks: readonly StoredBlock[],
  perFile = blocks.length,
): readonly { readonly file: number; readonly offset: number; readonly bytes: number }[] {
  mkdirSync(folder, { recursive: true });
  const places: { file: number; offset: number; bytes: number }[] = [];
  for (let file = 0; file * perFile < Math.max(1, blocks.length); file += 1) {
    const records = blocks.slice(file * perFile, (file + 1) * perFile).map(recordOf);
    let offset = 0;
    for (const { length } of records) {
      places.push({ file, offset, bytes: length });
      offset += length;
    }
    writeFileSync(join(folder, blockFileName(file)), Buffer.concat(records));
  }
  return places;
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 0x80)) {
    if (rest < 0x80) return Buffer.from([...bytes, rest]);
    bytes.push((rest % 0x80) + 0x80);
  }
}
