import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

/** How a command of Pulumi ended, and everything that it wrote. */
export interface EngineRun {
  readonly exit: number | NodeJS.Signals;
  readonly output: string;
  /** Of it, what came on standard output: of commands that print a document, the document. */
  readonly printed: string;
}

export interface EngineOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  /** Which of its lines to pass on; none by default. All of them are in the result. */
  readonly show?: (line: string) => boolean;
}

/**
 * Runs Pulumi and passes on what it writes as it comes. A signal to us (Ctrl-C in a terminal reaches both) is left to
 * Pulumi, which closes its state in order; we wait for it.
 */
export function runEngine(program: string, args: readonly string[], options: EngineOptions): Promise<EngineRun> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env: options.env, cwd: options.cwd, stdio: ["ignore", "pipe", "pipe"] });
    const lines: string[] = [];
    const printed: string[] = [];
    const passOn = (from: Readable, to: NodeJS.WriteStream) =>
      createInterface({ input: from }).on("line", (line) => {
        lines.push(line);
        if (from === child.stdout) printed.push(line);
        if (options.show?.(line)) to.write(`${line}\n`);
      });
    passOn(child.stdout, process.stdout);
    passOn(child.stderr, process.stderr);
    const forward = (signal: NodeJS.Signals) => child.kill(signal);
    process.on("SIGINT", forward).on("SIGTERM", forward);
    const done = () => process.off("SIGINT", forward).off("SIGTERM", forward);
    child.on("error", (error) => (done(), reject(error)));
    child.on("close", (code, signal) => {
      done();
      resolve({ exit: signal ?? code ?? 1, output: lines.join("\n"), printed: printed.join("\n") });
    });
  });
}

/**
 * Of what `pulumi up` writes, the lines that say something final: what was made, changed or deleted, the sum, and what went
 * wrong. It previews first and repeats every step while it is under way; with a hundred objects that is a thousand lines.
 */
export function results(): (line: string) => boolean {
  let begun = false;
  return (line) => {
    begun ||= /^(Updating|Diagnostics)/.test(line);
    return begun && !/^ .* (creating|updating|deleting|replacing|refreshing) \(/.test(line) && !/^(@ |\s*$)/.test(line);
  };
}
