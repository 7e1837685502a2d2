import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { withLock } from "../../../sandbox/toolchain/lock";

const done = () => Promise.resolve("done");

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lock-"));
  file = join(folder, "family.lock");
});
afterEach(() => rmSync(folder, { recursive: true }));

test("work under one lock never overlaps, and the lock leaves nothing behind", async () => {
  let inside = 0;
  let most = 0;
  const work = () =>
    withLock(file, {}, async () => {
      most = Math.max(most, ++inside);
      await new Promise(setImmediate);
      inside--;
    });
  await Promise.all([work(), work(), work()]);
  expect(most).toBe(1);
  expect(readdirSync(folder)).toEqual([]);
});

test("the lock of a process that is no more is broken without waiting", async () => {
  const { pid } = spawnSync("true");
  writeFileSync(file, JSON.stringify({ pid, started: "then" }));
  const onWait = jest.fn();
  await expect(withLock(file, { onWait }, done)).resolves.toBe("done");
  expect(onWait).not.toHaveBeenCalled();
});

test("the lock of an earlier process with the number of a living one is broken", async () => {
  writeFileSync(file, JSON.stringify({ pid: process.pid, started: "then" }));
  await expect(withLock(file, {}, done)).resolves.toBe("done");
});

test.each(["", "not JSON", "{}"])("a lock that says %j is nobody's", async (content) => {
  writeFileSync(file, content);
  await expect(withLock(file, {}, done)).resolves.toBe("done");
});

test("who waits is told for whom, once, and can stop waiting", async () => {
  const stop = new AbortController();
  const waits: number[] = [];
  await withLock(file, {}, async () => {
    const onWait = (pid: number) => {
      waits.push(pid);
      stop.abort();
    };
    await expect(withLock(file, { onWait, signal: stop.signal }, done)).rejects.toThrow(/abort/i);
    expect(readFileSync(file, "utf8")).toContain(`"pid":${process.pid},`);
  });
  expect(waits).toEqual([process.pid]);
  expect(readdirSync(folder)).toEqual([]);
});

test("failing work gives the lock back", async () => {
  await expect(withLock(file, {}, () => Promise.reject(new Error("broken")))).rejects.toThrow("broken");
  expect(readdirSync(folder)).toEqual([]);
});
