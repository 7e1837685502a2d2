import { execFile, spawn } from "node:child_process";
import { open, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { z } from "zod";

import { ToolchainError } from "./errors";
import { whichAll } from "./found";
import { buildEnvironment, buildFlags, environmentOf, linkerFlags } from "./flags";
import { type FamilyName, familyOf, type ProgramName, programOf } from "./programs";
import { compareVersions, parseVersion } from "./versions";

const run = promisify(execFile);

/** The folder of a family's go.mod in this checkout. */
export function familySource(family: FamilyName): string {
  return join(__dirname, "..", "tools", family);
}

/** Content of the files that a build is made from, by name; see {@link familySource}. */
export async function familyFiles(family: FamilyName): Promise<Record<string, string>> {
  const folder = familySource(family);
  const names = (await readdir(folder)).filter((name) => /^go\.(mod|sum)$|\.go$/.test(name));
  const contents = await Promise.all(names.map((name) => readFile(join(folder, name), "utf8")));
  return Object.fromEntries(names.map((name, index) => [name, contents[index] ?? ""]));
}

/**
 * What `go version` says, where that Go is new enough for the given go.mod.
 *
 * @throws ToolchainError without Go, or with too old a one.
 */
export async function usableGo(goMod: string, missing: ProgramName, env: NodeJS.ProcessEnv): Promise<string> {
  const needed = /^go (\S+)$/m.exec(goMod)?.[1] ?? "1.26.0";
  const fix =
    `install Go ${needed} or newer (https://go.dev/doc/install), or put ${missing} on PATH, ` +
    `or name a folder that holds it in FABRIC_TOPOLOGIES_TOOLS`;
  const said = await run("go", ["version"], { env: { ...env, ...buildEnvironment } }).catch(() => undefined);
  if (!said)
    throw new ToolchainError({ found: "no Go on PATH", needed: `Go ${needed} or newer, to build ${missing}`, fix });
  const [have, want] = [parseVersion(said.stdout), parseVersion(needed)];
  if (!have || !want || compareVersions(have, want) < 0)
    throw new ToolchainError({ found: said.stdout.trim(), needed: `Go ${needed} or newer, to build ${missing}`, fix });
  return said.stdout;
}

const downloaded = z.object({ Dir: z.string() });

/**
 * The folder of the Go module that a program is built from, of its pinned version: what the module holds beside code.
 *
 * @throws ToolchainError without a usable Go, or where the module cannot be had.
 */
export async function moduleFolder(name: ProgramName, env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const { family, module = "", version } = programOf(name);
  await usableGo((await familyFiles(family))["go.mod"] ?? "", name, env);
  try {
    const { stdout } = await run("go", ["mod", "download", "-json", `${module}@v${version}`], {
      cwd: familySource(family),
      env: { ...env, ...buildEnvironment },
    });
    return downloaded.parse(JSON.parse(stdout)).Dir;
  } catch (thrown) {
    throw new ToolchainError({
      found: `that Go cannot give the module ${module} ${version}: ${thrown instanceof Error ? thrown.message : String(thrown)}`,
      needed: `its files, for the objects that ${name} works with`,
      fix: "mend the cause (often network, GOPROXY or disk space) and run the command again",
    });
  }
}

export interface BuildOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Builds one program to `<folder>/bin/<name>`. It appears there complete or not at all. The caller holds the lock of
 * the folder.
 *
 * @throws ToolchainError with the end of Go's output where the build fails, or without a C compiler for a program that
 * needs one; an abort error where it is aborted.
 */
export async function build(name: ProgramName, folder: string, options: BuildOptions): Promise<void> {
  const program = programOf(name);
  const family = familyOf(program.family);
  if (program.cgo) await requireCompiler(name, options.env);
  const partial = join(folder, `${name}.partial`);
  const log = join(folder, `${name}.log`);
  // What an earlier build left that was killed; nobody else writes it while we hold the lock.
  await rm(partial, { force: true });
  const flags = [...buildFlags(family, program), "-ldflags", linkerFlags(family)];
  const args = ["build", ...flags, "-o", partial, program.package];
  const code = await runGo(args, familySource(program.family), log, {
    ...options,
    env: { ...options.env, ...environmentOf(program) },
  });
  if (code !== 0) {
    const lines = (await readFile(log, "utf8")).trimEnd().split("\n").slice(-20);
    throw new ToolchainError({
      found: `that the build of ${name} failed (go ended with ${code}); the last lines it wrote:\n${lines.map((line) => `        ${line}`).join("\n")}`,
      needed: "a build without errors, with access to a Go module proxy for the modules that are not cached yet",
      fix: `read the whole output in ${log}, mend the cause (often network, GOPROXY or disk space) and run the command again`,
    });
  }
  await rename(partial, join(folder, "bin", name));
  await rm(log, { force: true });
}

/** Go's own message for this comes after a minute of downloads, and does not say what to install. */
async function requireCompiler(name: ProgramName, env: NodeJS.ProcessEnv): Promise<void> {
  if (env["CC"] || (await whichAll("gcc", env)).length > 0) return;
  throw new ToolchainError({
    found: "no C compiler (gcc) on PATH",
    needed: `one to build ${name}, which contains SQLite`,
    fix: `install gcc and the headers of the C library (apt-get install gcc libc6-dev), or put ${name} on PATH`,
  });
}

async function runGo(
  args: string[],
  cwd: string,
  log: string,
  { env, signal }: BuildOptions,
): Promise<number | string> {
  const output = await open(log, "w");
  try {
    return await new Promise((resolve, reject) => {
      const go = spawn("go", args, {
        cwd,
        env,
        stdio: ["ignore", output.fd, output.fd],
        ...(signal ? { signal } : {}),
      });
      go.once("error", reject);
      go.once("exit", (code, killedBy) => resolve(code ?? killedBy ?? "an unknown signal"));
    });
  } finally {
    await output.close();
  }
}
