import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import {
  createStateFolder,
  defaultStateFolder,
  readRecord,
  removeStateFolder,
  type SandboxRecord,
} from "../../../sandbox/state";
import { conditionOf, removeSandbox } from "../../../sandbox/supervisor/clean-up";
import { identify } from "../../../sandbox/supervisor/process-identity";

let folder: string;
let root: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "state-"));
  root = join(folder, "sandbox");
});
afterEach(() => rmSync(folder, { recursive: true }));

const record = (change: Partial<SandboxRecord> = {}): SandboxRecord => ({
  id: "one",
  phase: "starting",
  starter: identify(process.pid)!,
  children: [],
  zones: [{ name: "zone-a", nodes: 1 }],
  nodes: "simulated",
  machines: {},
  faults: {},
  images: [],
  programs: { etcd: "/bin/false" },
  startedAt: "2030-01-01T00:00:00.000Z",
  ...change,
});

test("a folder that is not there, or is empty, holds no sandbox", async () => {
  expect(readRecord(root)).toBeUndefined();
  mkdirSync(root);
  expect(readRecord(root)).toBeUndefined();
  expect(await removeSandbox(root)).toBe(0);
});

test("of two that make the folder exactly one succeeds, and only the owner can look into it", () => {
  expect(createStateFolder(root, record())).toBe(true);
  expect(createStateFolder(root, record({ id: "two" }))).toBe(false);
  expect(readRecord(root)).toEqual(record());
  expect(statSync(root).mode & 0o777).toBe(0o700);
  expect(readdirSync(folder)).toEqual(["sandbox"]);
});

test("an empty folder may be used", () => {
  mkdirSync(root);
  expect(createStateFolder(root, record())).toBe(true);
});

test("a folder with other people's files is never taken for a sandbox, and never removed", async () => {
  mkdirSync(root);
  writeFileSync(join(root, "thesis.txt"), "years of work");
  expect(() => readRecord(root)).toThrow(/is not a sandbox's state folder/);
  await expect(removeSandbox(root)).rejects.toThrow(/is not a sandbox's state folder/);
  expect(createStateFolder(root, record())).toBe(false);
  expect(readdirSync(root)).toEqual(["thesis.txt"]);
  expect(() => readRecord(join(root, "thesis.txt"))).toThrow(/is not a sandbox's state folder/);
});

test("a record that cannot be read is not guessed at", () => {
  createStateFolder(root, record());
  writeFileSync(join(root, "sandbox.json"), '{"id": "one"');
  expect(() => readRecord(root)).toThrow(/not the record of a sandbox/);
});

test("a sandbox whose processes are gone is stale, and removed with its folder", async () => {
  const gone = { pid: process.pid, started: "another moment" };
  const left = record({ starter: gone, daemon: gone, children: [{ name: "etcd", process: gone }] });
  expect(conditionOf(left)).toBe("stale");
  createStateFolder(root, left);
  expect(await removeSandbox(root)).toBe(0);
  expect(existsSync(root)).toBe(false);
});

test("a sandbox is alive as long as whoever is about to start its daemon is", () => {
  expect(conditionOf(record())).toBe("alive");
});

test("removing takes everything inside along, and what is not there is removed already", () => {
  createStateFolder(root, record());
  mkdirSync(join(root, "etcd/member"), { recursive: true });
  removeStateFolder(root);
  removeStateFolder(root);
  expect(readdirSync(folder)).toEqual([]);
});

test("the state folder is the named one, or .sandbox in the checkout", () => {
  expect(defaultStateFolder({ FABRIC_TOPOLOGIES_SANDBOX: folder })).toBe(folder);
  expect(defaultStateFolder({ FABRIC_TOPOLOGIES_SANDBOX: "" })).toBe(resolve(__dirname, "../../../.sandbox"));
});
