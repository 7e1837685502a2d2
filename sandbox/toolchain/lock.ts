import { randomUUID } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { link, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

export interface LockOptions {
  /** Called once for each other process that is seen to hold the lock. */
  readonly onWait?: (pid: number) => void;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs `work` while holding the lock file, so that two processes do not build the same thing twice. The file names the
 * process that holds it; the lock of a process that is no more is broken.
 */
export async function withLock<T>(file: string, options: LockOptions, work: () => Promise<T>): Promise<T> {
  await mkdir(dirname(file), { recursive: true });
  const own = `${file}.${randomUUID()}`;
  await writeFile(own, `${process.pid} ${startOf(process.pid)}`);
  try {
    let seen: number | undefined;
    // A link either appears with its content or fails: nobody can read a lock that does not say yet whose it is.
    while (!(await linked(own, file))) {
      const holder = await readFile(file, "utf8").catch(() => undefined);
      if (holder === undefined) continue;
      const pid = Number.parseInt(holder, 10);
      if (holder !== `${pid} ${startOf(pid)}`) {
        await breakLock(file, holder);
        continue;
      }
      if (seen !== pid) options.onWait?.(pid);
      seen = pid;
      await pause(250, undefined, options.signal ? { signal: options.signal } : {});
    }
    try {
      return await work();
    } finally {
      await rm(file, { force: true });
    }
  } finally {
    await rm(own, { force: true });
  }
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/**
 * Takes a dead process's lock away. Between reading it and taking it, somebody else may have broken it and taken the
 * lock: then what was moved aside is a living lock, and is put back.
 */
async function breakLock(file: string, dead: string): Promise<void> {
  const aside = `${file}.${randomUUID()}`;
  try {
    await rename(file, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw error;
  }
  if ((await readFile(aside, "utf8")) !== dead) await linked(aside, file);
  await rm(aside, { force: true });
}

/**
 * What tells a process from another one that was given its number later (after a restart of the machine low numbers
 * soon come back): its start time where the kernel shows it, else only that it runs. `gone` where no such process is.
 */
function startOf(pid: number): string {
  if (!Number.isInteger(pid) || pid <= 0) return "gone";
  try {
    // The second field, the command in brackets, may hold blanks; the start time is the 20th after it.
    return readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ")[19] ?? "runs";
  } catch {
    return existsSync("/proc/self") ? "gone" : runs(pid) ? "runs" : "gone";
  }
}

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
