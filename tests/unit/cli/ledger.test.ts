import { appendFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { blockFileName } from "../../../lib/fabric/ledger/block-files";
import { chainOf, hashAt, writeBlockFiles } from "../../support/block-files";
import { run } from "./run";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fabric-topologies-ledger-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const blocks = chainOf(12);
const orderer = () => join(folder, "production", "orderer", "chains", "main");
const peer = () => join(folder, "production", "ledgersData", "chains", "chains", "main");
const verify = (...words: readonly string[]) => run("ledger", "verify", ...words);

test("a node's volume is found to be sound, with what is lost", async () => {
  writeBlockFiles(orderer(), blocks);
  const base64 = Buffer.from(hashAt(blocks, 9), "hex").toString("base64");
  const { exit, out } = await verify(folder, "--heard", `9=${base64}`, "--heard", `14=${"ab".repeat(32)}`);
  expect(exit).toBe(0);
  expect(out).toContain("main: continuous, may be opened (12 blocks, the last one 11)");
  expect(out).toContain("lost, as far as known: blocks 12 to 13 (2 blocks)");
});

test("a torn ledger and another chain end with 3, as text and as JSON", async () => {
  writeBlockFiles(orderer(), blocks);
  expect(await verify(folder, "--heard", `9=${hashAt(blocks, 8)}`)).toMatchObject({ exit: 3 });
  appendFileSync(join(orderer(), blockFileName(0)), Buffer.from([200, 1, 7]));
  const { exit, out } = await verify(folder, "--json");
  expect(exit).toBe(3);
  expect(JSON.parse(out)).toMatchObject([
    { name: "main", outcome: "damaged", faults: [{ kind: "torn", number: 12, expected: 202, present: 3 }] },
  ]);
});

test("a ledger that survived says which of the two is longer", async () => {
  writeBlockFiles(orderer(), blocks.slice(0, 8));
  const standby = join(folder, "standby");
  writeBlockFiles(standby, blocks);
  const { exit, out } = await verify(folder, "--against", standby);
  expect({ exit, out }).toMatchObject({ exit: 0, out: expect.stringContaining("the same chain, 4 blocks longer") });
});

test("a peer is not opened by its blocks alone: its state has to be made anew, or compared", async () => {
  writeBlockFiles(peer(), blocks);
  for (const place of [folder, peer()]) expect(await verify(place)).toMatchObject({ exit: 4 });
  expect(await verify(folder, "--state-removed")).toMatchObject({ exit: 0 });
  mkdirSync(join(folder, "production", "ledgersData", "stateLeveldb"));
  const { exit, out } = await verify(folder);
  expect({ exit, out }).toMatchObject({
    exit: 3,
    out: expect.stringContaining("the state database is damaged: CURRENT"),
  });
});

test.each([
  [["/no-such-folder"], "is no folder"],
  [[__dirname], "holds no ledger"],
])("%j is refused with what to do", async (words, said) => {
  const { exit, err } = await verify(...words);
  expect(exit).toBe(1);
  expect(err).toContain(said);
  expect(err).toMatch(/\n {4}do: /);
});

test("a hash that is none is refused before anything is read", async () => {
  const { exit, err } = await verify(folder, "--heard", "12=abc");
  expect(exit).toBe(1);
  expect(err).toContain("64 hexadecimal digits");
});
