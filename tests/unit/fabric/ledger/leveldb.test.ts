import { mkdtempSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32c, maskedCrc32c } from "../../../../lib/fabric/ledger/leveldb/checksum";
import { damageOfLevelDb } from "../../../../lib/fabric/ledger/leveldb/damage";
import { unsnappy } from "../../../../lib/fabric/ledger/leveldb/snappy";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fabric-topologies-leveldb-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const varint = (value: number): number[] => (value < 128 ? [value] : [(value % 128) + 128, ...varint(value >>> 7)]);

function record(content: Uint8Array): Buffer {
  const head = Buffer.alloc(7);
  head.writeUInt16LE(content.length, 4);
  head[6] = 1;
  head.writeUInt32LE(maskedCrc32c(head.subarray(6), content), 0);
  return Buffer.concat([head, content]);
}

/** A block of a table with its trailer, compressed or not. */
function block(content: Uint8Array, kind: 0 | 1 = 0): Buffer {
  const trailer = Buffer.from([kind, 0, 0, 0, 0]);
  trailer.writeUInt32LE(maskedCrc32c(content, trailer.subarray(0, 1)), 1);
  return Buffer.concat([content, trailer]);
}

function table(): { readonly bytes: Buffer; readonly data: readonly number[] } {
  const first = block(Buffer.from("one block of entries"));
  const second = block(Buffer.from("another block of entries"));
  const entry = (key: string, at: number, size: number) => {
    const handle = [...varint(at), ...varint(size)];
    return [0, key.length, handle.length, ...Buffer.from(key), ...handle];
  };
  const entries = [...entry("k1", 0, first.length - 5), ...entry("k2", first.length, second.length - 5)];
  const plain = Buffer.from([...entries, 0, 0, 0, 0, 1, 0, 0, 0]);
  // As goleveldb does: indexes are compressed like data. Here as one literal.
  const index = block(Buffer.from([...varint(plain.length), (plain.length - 1) << 2, ...plain]), 1);
  const meta = block(Buffer.from([0, 0, 0, 0, 1, 0, 0, 0]));
  const metaAt = first.length + second.length;
  const indexAt = metaAt + meta.length;
  const footer = Buffer.alloc(48);
  Buffer.from([
    ...[...varint(metaAt), ...varint(meta.length - 5)],
    ...[...varint(indexAt), ...varint(index.length - 5)],
  ]).copy(footer);
  Buffer.from("57fb808b247547db", "hex").copy(footer, 40);
  return {
    bytes: Buffer.concat([first, second, meta, index, footer]),
    data: [3, first.length + 3, metaAt, indexAt + 4],
  };
}

const log = Buffer.concat([record(Buffer.from("batch one")), record(Buffer.from("batch two"))]);

function write(change: Readonly<Record<string, Buffer>> = {}): void {
  const { bytes } = table();
  const text = (value: string) => [value.length, ...Buffer.from(value)];
  const comparator = Buffer.from([1, ...text("leveldb.BytewiseComparator")]);
  const files = Buffer.from([
    2,
    6,
    3,
    7,
    4,
    9,
    7,
    0,
    4,
    10,
    ...text("a"),
    ...text("b"),
    6,
    0,
    4,
    7,
    0,
    5,
    ...varint(bytes.length),
    ...text("k1"),
    ...text("k2"),
  ]);
  const all: Record<string, Buffer> = {
    CURRENT: Buffer.from("MANIFEST-000003\n"),
    "MANIFEST-000003": Buffer.concat([record(comparator), record(files)]),
    "000005.ldb": bytes,
    "000006.log": log,
    LOCK: Buffer.alloc(0),
    ...change,
  };
  for (const [name, content] of Object.entries(all)) writeFileSync(join(folder, name), content);
}

const flipped = (bytes: Buffer, at: number): Buffer => {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
};

test("checksums are those of the field", () => {
  expect(crc32c(Buffer.from("123456789"))).toBe(0xe3069283);
  expect(crc32c(Buffer.from("1234"), Buffer.from("56789"))).toBe(0xe3069283);
});

test("a sound database has no damage, nor has one whose log a crash has cut or left unwritten", async () => {
  write();
  expect(await damageOfLevelDb(folder)).toEqual([]);
  write({ "000006.log": log.subarray(0, log.length - 3) });
  expect(await damageOfLevelDb(folder)).toEqual([]);
  write({ "000006.log": Buffer.concat([log, Buffer.alloc(500)]) });
  expect(await damageOfLevelDb(folder)).toEqual([]);
});

test("a bit that is turned in a table or a log is found, wherever it is", async () => {
  const { bytes, data } = table();
  for (const at of data) {
    write({ "000005.ldb": flipped(bytes, at) });
    expect(await damageOfLevelDb(folder)).toMatchObject([{ file: "000005.ldb" }]);
  }
  write();
  for (const at of [0, 4, 6, 9, log.length - 1]) {
    write({ "000006.log": flipped(log, at) });
    const found = await damageOfLevelDb(folder);
    // The last record's length may point behind the end, which a crash does too.
    expect(found.length).toBe(1);
  }
});

test("a table that is missing or too short is found, and so is a manifest that is damaged or gone", async () => {
  write();
  unlinkSync(join(folder, "000005.ldb"));
  expect(await damageOfLevelDb(folder)).toMatchObject([{ file: "000005.ldb", reason: "the table is missing" }]);
  write({ "000005.ldb": table().bytes.subarray(1) });
  expect(await damageOfLevelDb(folder)).toMatchObject([{ reason: expect.stringContaining("in place of") }]);
  write({ "MANIFEST-000003": flipped(record(Buffer.from([2, 6])), 8) });
  expect(await damageOfLevelDb(folder)).toMatchObject([{ file: "MANIFEST-000003" }]);
  write();
  unlinkSync(join(folder, "MANIFEST-000003"));
  expect(await damageOfLevelDb(folder)).toMatchObject([{ reason: "the list of the database's files is missing" }]);
});

test("compressed blocks are read as Snappy's description says, copies that overlap included", () => {
  // "abcd" as a literal, then 8 bytes from 4 back, then 4 from 1 back with an offset of two bytes.
  const bytes = Buffer.from([16, 3 << 2, ...Buffer.from("abcd"), ((8 - 4) << 2) | 1, 4, (3 << 2) | 2, 1, 0]);
  expect(Buffer.from(unsnappy(bytes)).toString()).toBe("abcdabcdabcddddd");
  expect(() => unsnappy(Buffer.from([16, 1, 4]))).toThrow(RangeError);
});
