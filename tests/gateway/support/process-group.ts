import { spawn } from "node:child_process";

/** A program with everything that it starts itself. */
export interface ProcessGroup {
  readonly pid: number;
  log(): string;
  /** Its exit code; null if a signal ended it. */
  readonly ended: Promise<number | null>;
  /** Asks it to end. */
  stop(): Promise<void>;
  /** Ends all of it as a power cut would. */
  kill(): Promise<void>;
  /** From now on nothing of it answers, while its kernel still takes connections: a site behind a network that swallows. */
  freeze(): void;
  /** It goes on where it was. */
  thaw(): void;
}

/** Starts a program as the first of a process group, with these variables and no others. */
export function startGroup(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): ProcessGroup {
  const child = spawn(program, args, { env, stdio: ["ignore", "pipe", "pipe"], detached: true });
  let log = "";
  const keep = (chunk: Buffer) => (log += chunk.toString());
  child.stdout.on("data", keep);
  child.stderr.on("data", keep);
  let over = false;
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      over = true;
      resolve(code);
    });
  });
  const pid = child.pid ?? 0;
  const end = async (signal: "SIGTERM" | "SIGKILL") => {
    if (!over) process.kill(-pid, signal);
    await ended;
  };
  return {
    pid,
    log: () => log,
    ended,
    kill: () => end("SIGKILL"),
    freeze: () => void process.kill(-pid, "SIGSTOP"),
    thaw: () => void process.kill(-pid, "SIGCONT"),
    async stop() {
      const hard = setTimeout(() => void end("SIGKILL"), 10_000);
      await end("SIGTERM");
      clearTimeout(hard);
    },
  };
}
