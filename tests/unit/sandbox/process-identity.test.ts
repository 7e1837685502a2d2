import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  afterCommand,
  ended,
  identify,
  isRunning,
  signal,
  terminate,
} from "../../../sandbox/supervisor/process-identity";

const child = (script = "process.stdin.resume(); console.log('up')") =>
  spawn(process.execPath, ["-e", script], { stdio: ["pipe", "pipe", "ignore"] });

test("this process runs, and is known again", () => {
  const self = identify(process.pid)!;
  expect(self.pid).toBe(process.pid);
  expect(isRunning(self)).toBe(true);
  expect(identify(process.pid)).toEqual(self);
});

test("a number that another process has got since is not the recorded process, and is never signalled", async () => {
  const other = child();
  try {
    const later = { ...identify(other.pid!)!, started: "another moment" };
    expect(isRunning(later)).toBe(false);
    expect(signal(later, "SIGKILL")).toBe(false);
    await terminate(later, 0);
    expect(identify(other.pid!)).toBeDefined();
  } finally {
    other.kill("SIGKILL");
  }
});

test("a process that has ended is gone, also while nobody has asked for its exit code", async () => {
  const brief = child();
  const identity = identify(brief.pid!)!;
  brief.kill("SIGKILL");
  expect(await ended(identity, 10_000)).toBe(true);
  expect(identify(brief.pid!)).toBeUndefined();
});

test("a process that ignores SIGTERM is killed after its grace", async () => {
  const stubborn = child("process.on('SIGTERM', () => {}); process.stdin.resume(); console.log('up')");
  await once(stubborn.stdout, "data");
  await terminate(identify(stubborn.pid!)!, 50);
  expect(identify(stubborn.pid!)).toBeUndefined();
});

test.each(["node", "a b", "odd) name (x", "((("])("the start time is found behind the command %j", (command) => {
  const fields = Array.from({ length: 50 }, (_, index) => `f${index + 3}`);
  // proc_pid_stat(5): field 22 is the start time.
  expect(afterCommand(`42 (${command}) ${fields.join(" ")}`)[19]).toBe("f22");
});
