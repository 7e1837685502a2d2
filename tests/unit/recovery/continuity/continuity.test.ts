import * as fc from "fast-check";
import { appendFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { blockFileName } from "../../../../lib/fabric/ledger/block-files";
import { walkBlocks, walkFiles } from "../../../../lib/recovery/continuity/chain";
import { relationTo } from "../../../../lib/recovery/continuity/survivors";
import { judgeContinuity, type Evidence } from "../../../../lib/recovery/continuity/verdict";
import { verdictLines } from "../../../../lib/recovery/continuity/words";
import { chainOf, hashAt, recordOf, writeBlockFiles } from "../../../support/block-files";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fabric-topologies-ledger-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const blocks = chainOf(30, (n) => Array.from({ length: 1 + (n % 3) }, (_, index) => `tx ${n}.${index}`));

const judged = async (change: Partial<Evidence> = {}) =>
  judgeContinuity({ name: "copy", chain: await walkFiles(folder), state: { kind: "none" }, ...change });
const first = (number: number) => join(folder, blockFileName(number));

function flip(path: string, offset: number): void {
  const bytes = readFileSync(path);
  bytes[offset] = (bytes[offset] ?? 0) ^ 0xff;
  writeFileSync(path, bytes);
}

test("a sound ledger over several files is continuous, with the height and hash of its end", async () => {
  const places = writeBlockFiles(folder, blocks, 7);
  const last = places[29];
  expect(await judged()).toMatchObject({
    outcome: "continuous",
    height: 30,
    hash: hashAt(blocks, 30),
    faults: [],
    anchor: { file: last?.file, offset: last?.offset, height: 30, hash: hashAt(blocks, 30) },
  });
});

test("a file that was just begun is no fault", async () => {
  writeBlockFiles(folder, blocks, 15);
  writeFileSync(first(2), "");
  expect(await judged()).toMatchObject({ outcome: "continuous", height: 30 });
});

test("any byte of a block that is changed, wherever, is found unless no hash covers it", async () => {
  const places = writeBlockFiles(folder, blocks);
  const sound = readFileSync(first(0));
  await fc.assert(
    fc.asyncProperty(fc.nat(sound.length - 1), fc.integer({ min: 1, max: 255 }), async (offset, change) => {
      const damaged = Buffer.from(sound);
      damaged[offset] = (damaged[offset] ?? 0) ^ change;
      writeFileSync(first(0), damaged);
      const number = places.findLastIndex((place) => place.offset <= offset);
      const metadata = recordOf({ ...blocks[number]!, metadata: [] }).length;
      // Metadata holds signatures and flags, and no hash of the chain covers those; nor does one cover the last header.
      const covered = number < 29 && offset - (places[number]?.offset ?? 0) < metadata - 1;
      const heard = [{ height: 30, hash: hashAt(blocks, 30) }];
      const { outcome } = await judged({ heard });
      if (covered) expect(outcome).toBe("damaged");
    }),
    { numRuns: 120 },
  );
});

test("a damaged last header, which only a heartbeat can tell, is found by the hash that was heard", async () => {
  const places = writeBlockFiles(folder, blocks);
  // Length, number and the length of the data hash come before.
  flip(first(0), (places[29]?.offset ?? 0) + 2 + 1 + 1 + 32 + 1 + 5);
  const other = await judged({ heard: [{ height: 30, hash: hashAt(blocks, 30), from: "peer0-amber-0" }] });
  expect(other.outcome).toBe("damaged");
  expect(verdictLines(other).join("\n")).toContain("found: at height 30 peer0-amber-0 said");
});

test("a torn last block is told with the place and how much of it is there, wherever it was torn", async () => {
  const places = writeBlockFiles(folder, blocks);
  const sound = readFileSync(first(0));
  const last = places[29];
  for (let cut = 1; cut < (last?.bytes ?? 0); cut += 1) {
    writeFileSync(first(0), sound.subarray(0, sound.length - cut));
    const verdict = await judged();
    expect(verdict).toMatchObject({ outcome: "damaged", height: 29, soundHeight: 29 });
    expect(verdict.faults).toEqual([
      expect.objectContaining({ kind: "torn", number: 29, present: (last?.bytes ?? 0) - cut }),
    ]);
  }
});

test("space that was reserved and never written is torn, however much there is of it", async () => {
  writeBlockFiles(folder, blocks);
  appendFileSync(first(0), Buffer.alloc(4 << 20));
  expect((await judged()).faults).toEqual([expect.objectContaining({ kind: "torn", number: 30 })]);
});

test("a block that is missing, doubled or out of order breaks the chain where it is", async () => {
  for (const [wrong, number] of [
    [blocks.filter((_, index) => index !== 12), 12],
    [[...blocks.slice(0, 13), ...blocks.slice(12)], 13],
    [[...blocks.slice(0, 4), blocks[5]!, blocks[4]!, ...blocks.slice(6)], 4],
  ] as const) {
    writeBlockFiles(folder, wrong);
    expect(await judged()).toMatchObject({
      outcome: "damaged",
      soundHeight: number,
      faults: expect.arrayContaining([expect.objectContaining({ kind: "number", number })]),
    });
  }
});

test("a missing file is told, and so is a folder with none", async () => {
  writeBlockFiles(folder, blocks, 10);
  unlinkSync(first(1));
  expect((await judged()).faults).toMatchObject([{ kind: "missing-file", number: 10, place: { file: 1, offset: 0 } }]);
  const none = await judged({ chain: await walkFiles(join(folder, "no")) });
  expect(none).toMatchObject({ outcome: "damaged", height: 0 });
});

describe("from an anchor", () => {
  const anchored = async (height: number) => {
    writeBlockFiles(folder, blocks.slice(0, height), 8);
    return (await judged()).anchor!;
  };

  test("only what is new is read, and the end is the same as that of a whole walk", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 29 }), async (height) => {
        const anchor = await anchored(height);
        writeBlockFiles(folder, blocks, 8);
        const whole = await judged();
        const chain = await walkFiles(folder, anchor);
        expect(chain).toMatchObject({
          from: height - 1,
          height: 30,
          hash: whole.hash,
          faults: [],
          anchor: whole.anchor,
        });
        rmSync(folder, { recursive: true });
      }),
      { numRuns: 15 },
    );
  });

  test("a ledger that was put back behind it is not taken for a continuation", async () => {
    const anchor = await anchored(20);
    rmSync(folder, { recursive: true });
    writeBlockFiles(folder, blocks.slice(0, 16), 8);
    const faults = (await walkFiles(folder, anchor)).faults;
    expect(faults).toContainEqual({ kind: "anchor", height: 20, expected: anchor.hash });
  });

  test("another chain of the same form is not taken for a continuation", async () => {
    const anchor = await anchored(20);
    writeBlockFiles(
      folder,
      chainOf(30, (n) => Array.from({ length: 1 + (n % 3) }, (_, i) => `xt ${n}.${i}`)),
      8,
    );
    const chain = await walkFiles(folder, anchor);
    expect(chain.faults.map(({ kind }) => kind)).toContain("anchor");
    expect(chain.soundHeight).toBe(19);
  });
});

describe("what others know", () => {
  beforeEach(() => writeBlockFiles(folder, blocks));

  test("blocks that were heard of and are not here are lost, and that alone hinders nothing", async () => {
    const longer = chainOf(34, (n) => Array.from({ length: 1 + (n % 3) }, (_, index) => `tx ${n}.${index}`));
    const verdict = await judged({
      heard: [
        { height: 33, hash: hashAt(longer, 33) },
        { height: 7, hash: hashAt(blocks, 7).toUpperCase() },
      ],
    });
    expect(verdict).toMatchObject({ outcome: "continuous", lost: { first: 30, last: 32 } });
    expect(verdictLines(verdict)).toContain("lost, as far as known: blocks 30 to 32 (3 blocks)");
    expect(verdict.notCompared).toMatchObject([{ height: 33 }]);
  });

  test("another hash at a height that was heard is another chain", async () => {
    const verdict = await judged({ heard: [{ height: 12, hash: hashAt(blocks, 13) }] });
    expect(verdict.outcome).toBe("forked");
  });

  test("two who told different hashes at one height are two chains, even above our end", async () => {
    const heard = [
      { height: 40, hash: "aa".repeat(32) },
      { height: 40, hash: "bb".repeat(32), from: "orderer-1" },
    ];
    expect((await judged({ heard })).outcome).toBe("forked");
  });

  test("of any two chains it is told whether one is the beginning of the other, or after which block they part", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 40 }),
        fc.option(fc.nat(39), { nil: undefined }),
        async (ours, theirs, parting) => {
          const a = chainOf(ours);
          const b = chainOf(theirs, (n) => (parting !== undefined && n >= parting ? [`other ${n}`] : [`tx ${n}`]));
          const survivor = { name: "peer0-amber-1", ...(await walkBlocks(b)) };
          const relation = await relationTo(await walkBlocks(a), survivor);
          const shared = Math.min(ours, theirs);
          const forked = parting !== undefined && parting < shared;
          expect(relation).toMatchObject({
            kind: forked ? "fork" : ours === theirs ? "equal" : ours < theirs ? "behind" : "ahead",
            common: forked ? parting : shared,
          });
        },
      ),
      { numRuns: 80 },
    );
  });

  test("the same blocks with other flags are a fault, since no header covers the flags", async () => {
    const chain = await walkFiles(folder);
    const survivor = { ...chain, name: "standby", commitHashAt: () => "00ff" };
    const relation = await relationTo(chain, survivor);
    const verdict = judgeContinuity({ name: "copy", chain, survivors: [relation], state: { kind: "rebuilt" } });
    expect(verdict.outcome).toBe("damaged");
    expect(verdictLines(verdict).join("\n")).toContain(
      "standby has taken other transactions for valid up to height 30",
    );
  });
});

test("a survivor that could not be compared keeps a sound chain closed", async () => {
  writeBlockFiles(folder, blocks);
  const chain = await walkFiles(folder);
  const survivor = { name: "standby", height: 30, hashAt: () => undefined };
  const verdict = await judged({ chain, survivors: [await relationTo(chain, survivor)] });
  expect(verdict.outcome).toBe("unproven");
  expect(verdictLines(verdict).join("\n")).toContain("standby: not compared");
});

test("headers told by a node are judged as files are, without their transactions", async () => {
  expect(await walkBlocks(blocks)).toMatchObject({ height: 30, hash: hashAt(blocks, 30), faults: [] });
  const tail = await walkBlocks(blocks.slice(20), { height: 20, hash: hashAt(blocks, 20) });
  expect(tail).toMatchObject({ from: 20, height: 30, faults: [] });
  const other = await walkBlocks(blocks.slice(20), { height: 20, hash: hashAt(blocks, 19) });
  expect(other.faults).toMatchObject([{ kind: "link", number: 20 }]);
});

test("a state that nobody has rebuilt or compared keeps a sound chain closed", async () => {
  writeBlockFiles(folder, blocks);
  expect((await judged({ state: { kind: "unproven" } })).outcome).toBe("unproven");
  expect((await judged({ state: { kind: "rebuilt" } })).outcome).toBe("continuous");
  const damaged = await judged({ state: { kind: "damaged", reason: "000004.log: a checksum is wrong" } });
  expect(damaged.outcome).toBe("damaged");
  expect(verdictLines(damaged).at(-1)).toContain("remove state and history databases of the copy");
});

test("a snapshot that did not arrive as a whole is never opened, however sound its blocks are", async () => {
  writeBlockFiles(folder, blocks);
  expect((await judged({ halfReceived: "it is writable and has no received UUID" })).outcome).toBe("damaged");
});

test("an unreadable length ends the walk; what stands behind cannot be found again", async () => {
  const places = writeBlockFiles(folder, blocks);
  const path = first(0);
  const bytes = readFileSync(path);
  bytes.fill(0xff, places[10]?.offset, (places[10]?.offset ?? 0) + 9);
  writeFileSync(path, bytes);
  expect(await judged()).toMatchObject({ outcome: "damaged", soundHeight: 10 });
  truncateSync(path, places[10]?.offset);
  expect(await judged()).toMatchObject({ outcome: "continuous", height: 10 });
});
