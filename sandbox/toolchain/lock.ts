import { randomUUID } from "node:crypto";
import { link, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";

import { identify, isRunning } from "../supervisor/process-identity";

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
  await writeFile(own, JSON.stringify(identify(process.pid)));
  try {
    let seen: number | undefined;
    // A link either appears with its content or fails: nobody can read a lock that does not say yet whose it is.
    while (!(await linked(own, file))) {
      const content = await readFile(file, "utf8").catch(() => undefined);
      if (content === undefined) continue;
      const pid = holderOf(content);
      if (pid === undefined) {
        await breakLock(file, content);
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

/** Who holds a lock of that content: the process's number, or undefined where it is no more. */
function holderOf(content: string): number | undefined {
  const parsed = holder.safeParse(content);
  return parsed.success && isRunning(parsed.data) ? parsed.data.pid : undefined;
}

const holder = z
  .string()
  .transform((text, context) => {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      context.addIssue("not JSON");
      return z.NEVER;
    }
  })
  .pipe(z.object({ pid: z.int().positive(), started: z.string() }));
