/** Tries TCP connections from inside a network namespace: a pod's, or a node's. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import * as path from "node:path";
import { createInterface } from "node:readline";

/** `refused` is an answer at once, `silent` is none within the time; else the code of another error. */
export type Outcome = "open" | "refused" | "silent" | (string & {});

/** A refusal comes at once, but a busy machine may be slow to accept. */
const patienceMilliseconds = 10_000;

/** Where to connect to. */
export interface Target {
  readonly address: string;
  readonly port: number;
}

/** Why this machine cannot make network namespaces and rules for them; undefined where it can. */
export function obstacle(): string | undefined {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return "it needs root on Linux";
  for (const [program, option] of [
    ["nsenter", "--version"],
    ["ip", "-V"],
    ["nft", "--version"],
  ] as const) {
    try {
      execFileSync(program, [option], { stdio: "ignore" });
    } catch {
      return `it needs the program ${program}`;
    }
  }
  return undefined;
}

/** A process inside a network namespace that listens, and connects when asked. */
export class Probe {
  private readonly asked = new Map<number, (outcome: Outcome) => void>();
  private next = 0;

  private constructor(private readonly child: ChildProcess) {}

  /**
   * @param netns the file of the network namespace, such as `/proc/7/ns/net`
   * @param ports to listen on, on all addresses of both IP versions
   */
  static async start(netns: string, ports: readonly number[] = []): Promise<Probe> {
    const program = path.join(__dirname, "probe-process.cjs");
    const child = spawn("nsenter", [`--net=${netns}`, process.execPath, program, ...ports.map(String)], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    const probe = new Probe(child);
    const lines = createInterface({ input: child.stdout });
    const ready = new Promise<void>((resolve, reject) => {
      child.once("error", reject);
      child.once("exit", (code) => {
        reject(new Error(`the probe in ${netns} ended with ${code}`));
      });
      lines.on("line", (line) => {
        const said = JSON.parse(line) as "ready" | { id: number; outcome: Outcome };
        if (said === "ready") return resolve();
        probe.asked.get(said.id)?.(said.outcome);
        probe.asked.delete(said.id);
      });
    });
    await ready;
    return probe;
  }

  /** What becomes of a connection. */
  attempt(target: Target): Promise<Outcome> {
    const id = this.next++;
    return new Promise((resolve) => {
      this.asked.set(id, resolve);
      this.child.stdin?.write(`${JSON.stringify({ id, ...target, milliseconds: patienceMilliseconds })}\n`);
    });
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, "exit");
    this.child.stdin?.end();
    await ended;
  }
}
