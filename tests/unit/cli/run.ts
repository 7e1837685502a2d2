import { execFile } from "node:child_process";
import { join } from "node:path";
import type { Command } from "commander";
import { errorText } from "../../../cli/errors";
import { commandLine } from "../../../cli/program";

export const root = join(__dirname, "../../..");
export const minimal = join(root, "examples/minimal/network.yaml");

/** What a person sees of a command, and its exit code. */
export interface Run {
  readonly exit: number;
  readonly out: string;
  readonly err: string;
}

/** Runs the command line in this process: the same code, without the time that a start takes. */
export async function run(...words: string[]): Promise<Run> {
  let [out, err] = ["", ""];
  const write = (add: (text: string) => void) => (text: string | Uint8Array) => (add(String(text)), true);
  const stdout = jest.spyOn(process.stdout, "write").mockImplementation(write((text) => (out += text)));
  const stderr = jest.spyOn(process.stderr, "write").mockImplementation(write((text) => (err += text)));
  const program = commandLine();
  everyCommand(program).forEach(({ command }) => command.exitOverride());
  process.exitCode = undefined;
  try {
    await program.parseAsync(words, { from: "user" });
    return { exit: Number(process.exitCode ?? 0), out, err };
  } catch (error) {
    // Commander has already written its own message.
    if (error instanceof Error && "exitCode" in error && typeof error.exitCode === "number") {
      return { exit: error.exitCode, out, err };
    }
    return { exit: 1, out, err: err + errorText(error) };
  } finally {
    stdout.mockRestore();
    stderr.mockRestore();
    process.exitCode = undefined;
  }
}

/** Runs the real program, as a shell would. */
export function runProgram(words: readonly string[], cwd: string): Promise<Run> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [join(root, "bin/fabric-topologies.mjs"), ...words],
      { cwd, maxBuffer: 64 << 20 },
      (error, out, err) => resolve({ exit: typeof error?.code === "number" ? error.code : 0, out, err }),
    );
  });
}

/** A command by the words that lead to it, and all below it. */
export function everyCommand(
  command: Command,
  words: readonly string[] = [],
): { readonly words: readonly string[]; readonly command: Command }[] {
  return [{ words, command }, ...command.commands.flatMap((inner) => everyCommand(inner, [...words, inner.name()]))];
}
