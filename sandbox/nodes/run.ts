/** Runs the machine's own tools (ip, nft, ctr) for real nodes. */
import { spawn } from "node:child_process";
import type { Readable } from "node:stream";

/** What a tool is given beside its arguments. */
export interface RunOptions {
  /** For its standard input. */
  readonly input?: string | Readable;
  /** Milliseconds until it is killed; default: 60 s. */
  readonly timeout?: number;
}

/** Runs a program to its end and gives what it wrote. Errors: it cannot be started or fails; the message has its words. */
export async function run(file: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const { input, timeout = 60_000 } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      stdio: [input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
      timeout,
      killSignal: "SIGKILL",
      env: { PATH: process.env["PATH"] ?? "/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL: "C" },
    });
    let said = "";
    let complaint = "";
    child.stdout?.setEncoding("utf8").on("data", (text: string) => (said += text));
    child.stderr?.setEncoding("utf8").on("data", (text: string) => (complaint += text));
    child.once("error", reject);
    child.once("close", (code, signal) => {
      if (code === 0) resolve(said);
      else {
        const how = signal === null ? `exit code ${code}` : `ended by ${signal}`;
        reject(new Error(`${file} ${args.join(" ")}: ${how}: ${(complaint || said).trim().slice(-1_000)}`));
      }
    });
    // It may end before it has read everything; its words say why.
    child.stdin?.on("error", () => undefined);
    if (typeof input === "string") child.stdin?.end(input);
    else if (input && child.stdin) input.pipe(child.stdin);
  });
}
