/**
 * Which process is meant, also after its number was given to another one.
 *
 * A process number alone is not enough to kill by: after a crash or a reboot the same number may belong to somebody
 * else's program. A process is therefore recorded together with the moment it started, which the system tells again later.
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";

/** A process as recorded in the state folder. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it started, in the system's own words; only ever compared for equality. */
  readonly started: string;
}

/** Linux counts a start in clock ticks since boot, so the boot must be part of it. */
function linuxStart(pid: number): string | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch {
    return undefined;
  }
  const fields = afterCommand(stat);
  // A zombie has ended; it only waits for its parent to hear of it.
  if (fields[0] === "Z" || fields[0] === "X") return undefined;
  return `${readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()}/${fields[19]}`;
}

/**
 * The fields of `/proc/<pid>/stat` from the third (state) on: the second is the command in brackets and may itself hold
 * blanks and brackets. Start time, field 22, has index 19. (proc_pid_stat(5))
 */
export function afterCommand(stat: string): string[] {
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}

/** macOS and the BSDs have no /proc; `ps` gives the start to the second. */
function psStart(pid: number): string | undefined {
  try {
    const line = execFileSync("ps", ["-o", "stat=,lstart=", "-p", String(pid)], {
      encoding: "utf8",
      env: { ...process.env, LC_ALL: "C", TZ: "UTC" },
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
    const [state = "", ...start] = line.split(/\s+/);
    return state === "" || state.startsWith("Z") ? undefined : start.join(" ");
  } catch {
    return undefined;
  }
}

const startOf = process.platform === "linux" ? linuxStart : psStart;

/** The identity of a running process, or undefined where no such process runs. */
export function identify(pid: number): ProcessIdentity | undefined {
  const started = startOf(pid);
  return started === undefined ? undefined : { pid, started };
}

/** Whether exactly this process still runs; a later process with the same number does not count. */
export function isRunning(identity: ProcessIdentity): boolean {
  return startOf(identity.pid) === identity.started;
}

/** Sends a signal to exactly this process; false where it is gone. */
export function signal(identity: ProcessIdentity, name: NodeJS.Signals): boolean {
  if (!isRunning(identity)) return false;
  try {
    process.kill(identity.pid, name);
    return true;
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === "ESRCH") return false;
    throw thrown;
  }
}

/** Waits until the process has ended, at most `milliseconds`; true where it has. */
export async function ended(identity: ProcessIdentity, milliseconds: number): Promise<boolean> {
  const deadline = Date.now() + milliseconds;
  while (isRunning(identity)) {
    if (Date.now() >= deadline) return false;
    await delay(25);
  }
  return true;
}

/**
 * Ends a process: politely with SIGTERM, and with SIGKILL where it has not ended after `graceMilliseconds`.
 * Errors: where the process may not be signalled (another user's), or outlives SIGKILL by five seconds.
 */
export async function terminate(identity: ProcessIdentity, graceMilliseconds: number): Promise<void> {
  signal(identity, "SIGTERM");
  if (await ended(identity, graceMilliseconds)) return;
  signal(identity, "SIGKILL");
  if (!(await ended(identity, 5_000))) throw new Error(`process ${identity.pid} does not end`);
}
