import { spawn } from "node:child_process";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { Preview } from "../../lib/preview/document";
import type { InputOptions } from "../input";
import { CannotBeShown } from "./side";

/** Where this program and its packages are. */
export const checkout = join(__dirname, "..", "..");

export interface PreviewedFiles extends InputOptions {
  readonly network?: string;
}

/**
 * What `preview --json` of a program says, in a process of its own: two sides are recorded beside each other, on two
 * processors and each in its own memory, and one of them may be another version of the program.
 *
 * @param program Folder of the program.
 * @throws CannotBeShown with what the program had to say
 */
export async function previewBy(program: string, { network, settings, stack }: PreviewedFiles): Promise<Preview> {
  const words = [
    ...(network === undefined ? [] : [network]),
    ...(settings === undefined ? [] : ["--settings", settings]),
    ...(stack === undefined ? [] : ["--stack", stack]),
  ];
  const child = spawn(
    process.execPath,
    [join(program, "bin", "fabric-topologies.mjs"), "preview", ...words, "--json"],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  // A network that breaks a mandatory policy is shown all the same, so the exit code says nothing.
  if (!out.startsWith("{")) throw new CannotBeShown(err.trim());
  return JSON.parse(out) as Preview;
}
