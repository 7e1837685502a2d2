import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { builderBeside, installedFabric, lookedIn, sameRelease } from "../../../sandbox/fabric/installed";

let machine: string;
let env: NodeJS.ProcessEnv;
beforeEach(() => {
  machine = mkdtempSync(join(tmpdir(), "machine-"));
  env = { XDG_CACHE_HOME: join(machine, "cache") };
});
afterEach(() => rmSync(machine, { recursive: true }));

function script(file: string, line: string): string {
  const path = join(machine, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `#!/bin/sh\n${line}\n`);
  chmodSync(path, 0o755);
  return path;
}
const release = (version: string) => `cache/fabric-topologies/fabric/${version}`;

test("the named folder comes before the releases that were unpacked", () => {
  const unpacked = script(`${release("3.1.5")}/bin/peer`, `printf 'peer:\\n Version: v3.1.5\\n'`);
  const named = script("mine/peer", `printf 'peer:\\n Version: 2.5.16\\n'`);
  env["FABRIC_BIN"] = dirname(named);
  expect(installedFabric("peer", env)).toEqual([
    { program: named, version: "2.5.16" },
    { program: unpacked, version: "v3.1.5" },
  ]);
  expect(installedFabric("orderer", env)).toEqual([]);
});

test("without any, it can be said where was looked", () => {
  expect(installedFabric("peer", env)).toEqual([]);
  expect(lookedIn(env)).toBe(`$FABRIC_BIN and ${join(machine, release("<version>"), "bin")}`);
});

test("a program that cannot say what it is was not put there for nothing", () => {
  const path = script(`${release("3.1.5")}/bin/peer`, "echo hello");
  expect(() => installedFabric("peer", env)).toThrow(`${path} version says no version: hello`);
});

test("a builder is there when all of its programs are", () => {
  const peer = script(`${release("3.1.5")}/bin/peer`, "");
  for (const name of ["detect", "build"]) script(`${release("3.1.5")}/builders/ccaas/bin/${name}`, "");
  expect(builderBeside(peer)).toBeUndefined();
  script(`${release("3.1.5")}/builders/ccaas/bin/release`, "");
  expect(builderBeside(peer)).toBe(join(machine, release("3.1.5"), "builders/ccaas"));
});

test("a release is the same with and without its v", () => {
  expect(sameRelease("v3.1.5", "3.1.5")).toBe(true);
  expect(sameRelease("3.1.5", "3.1.50")).toBe(false);
});
