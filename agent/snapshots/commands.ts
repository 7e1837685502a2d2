import { spawn } from "node:child_process";
import { pipeline as stream } from "node:stream/promises";
import type { Readable, Writable } from "node:stream";

/** A program of the node with its arguments; no shell is in between. */
export interface Command {
  readonly program: string;
  readonly args: readonly string[];
}

/** Commands of which each reads what the one before writes. It has worked only when all of them have. */
export type Pipeline = readonly [Command, ...Command[]];

/** A command did not work. */
export class CommandFailed extends Error {
  override readonly name = "CommandFailed";

  constructor(
    readonly command: Command,
    /** Its exit code, or the signal that ended it. */
    readonly ended: number | string,
    /** What it said on its error output. */
    readonly said: string,
  ) {
    super(`${commandText(command)} ended with ${ended}: ${said.trim() || "no word"}`);
  }
}

/** A command as a person would type it. */
export function commandText({ program, args }: Command): string {
  return [
    program,
    ...args.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)),
  ].join(" ");
}

/**
 * Runs one command after the other and gives what the last one wrote.
 * @throws CommandFailed from the first that did not work.
 */
export async function runCommands(commands: readonly Command[]): Promise<string> {
  let said = "";
  for (const command of commands) {
    const started = start(command);
    started.child.stdin.end();
    let out = "";
    started.child.stdout.on("data", (piece: Buffer) => (out += piece.toString()));
    await started.done;
    said = out;
  }
  return said;
}

/**
 * Runs a pipeline from and to streams, such as those of a connection to another center. All ends with the first thing that
 * fails: a receiver must not take for the end what was an interruption.
 * @throws CommandFailed from the first of its commands that did not work; the stream's own error where all of them did.
 */
export async function runPipeline(
  commands: Pipeline,
  { input, output }: { readonly input?: Readable; readonly output?: Writable },
): Promise<void> {
  const started = commands.map(start);
  const parts: Promise<unknown>[] = started.map(({ done }) => done);
  const [first] = started;
  if (input === undefined) first?.child.stdin.end();
  else if (first !== undefined) parts.push(stream(input, first.child.stdin));
  started.forEach(({ child }, index) => {
    const next = started[index + 1]?.child.stdin ?? output;
    if (next === undefined) child.stdout.resume();
    else parts.push(stream(child.stdout, next));
  });
  const results = await Promise.allSettled(parts);
  const failures = results.flatMap((result) => (result.status === "rejected" ? [result.reason as unknown] : []));
  const commandsFailed = failures.filter((one) => one instanceof CommandFailed);
  // Whoever wrote to one that had failed only tells that nobody reads any more.
  const [failure] = [
    ...commandsFailed.filter(({ ended }) => !brokenPipe.includes(ended)),
    ...commandsFailed,
    ...failures,
  ];
  if (failure !== undefined) throw failure as Error;
}

/** How a program ends whose reader is gone: by the signal, or as a shell tells it. */
const brokenPipe: readonly (number | string)[] = ["SIGPIPE", 128 + 13];

function start(command: Command) {
  const child = spawn(command.program, command.args, { stdio: ["pipe", "pipe", "pipe"] });
  let said = "";
  child.stderr.on("data", (piece: Buffer) => (said = (said + piece.toString()).slice(-4000)));
  // A reader that is gone shows in its own exit code.
  child.stdin.on("error", () => undefined);
  const done = new Promise<void>((resolve, reject) => {
    child.once("error", (error) => reject(new CommandFailed(command, error.message, "")));
    child.once("close", (code, signal) => {
      if (code === 0) resolve();
      else reject(new CommandFailed(command, signal ?? code ?? "no exit code", said));
    });
  });
  return { child, done };
}
