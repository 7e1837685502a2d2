import { version } from "@pulumi/pulumi/version";
import { randomBytes, randomUUID } from "node:crypto";
import { link, mkdir, readlink, realpath, rename, rm, symlink, writeFile } from "node:fs/promises";
import { basename, delimiter, dirname, join, resolve } from "node:path";

import { enginePrograms, ensurePrograms, type EnsureOptions } from "../toolchain";
import { isExecutable, whichAll } from "../toolchain/found";
import { programOf } from "../toolchain/programs";

export interface EngineOptions extends EnsureOptions {
  /** Folder for everything that the engine keeps: stacks, plugins, the passphrase. Made where it is not there. */
  readonly stateDir: string;
}

/** What a process needs in its environment so that `pulumi` in it works on this machine alone. */
export interface PulumiEnvironment {
  /** The command line program. */
  readonly pulumi: string;
  /** Variables to set; `undefined` where one must not be set, because it would win over one of these. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** The whole environment for a child process: the caller's with `variables` applied. */
  readonly env: NodeJS.ProcessEnv;
  readonly languageHost: "official" | "stand-in";
}

const standIn = join(__dirname, "bin", "pulumi-language-nodejs");

/**
 * Makes the real Pulumi engine ready to run without an account and without a network: state in a folder, secrets under
 * a random passphrase that only this user can read, the Kubernetes provider in the version of the SDK, and a Node
 * language host (Pulumi's own where it is installed).
 *
 * @throws ToolchainError where a program cannot be had.
 */
export async function pulumiEnvironment(options: EngineOptions): Promise<PulumiEnvironment> {
  const base = options.env ?? process.env;
  const programs = await ensurePrograms(enginePrograms, options);
  const stateDir = resolve(options.stateDir);
  const [backend, home, passphrase] = ["backend", "home", "passphrase"].map((name) => join(stateDir, name)) as [
    string,
    string,
    string,
  ];
  await Promise.all([backend, home].map((folder) => mkdir(folder, { recursive: true, mode: 0o700 })));
  await ensurePassphrase(passphrase);

  const official = await hasOfficialHost(programs.pulumi, base);
  const provider = programs["pulumi-resource-kubernetes"];
  await installPlugin(home, `resource-kubernetes-v${programOf("pulumi-resource-kubernetes").version}`, provider);
  if (!official) await installPlugin(home, `language-nodejs-v${version}`, standIn);

  const variables = {
    PATH: await pathWith(programs.pulumi, provider, base),
    // Without the files of attributes beside every file: a run that is killed while it writes one leaves it empty, and
    // no later run can read the stack ("failed to load checkpoint: EOF").
    PULUMI_BACKEND_URL: `file://${backend}?metadata=skip`,
    PULUMI_HOME: home,
    PULUMI_CONFIG_PASSPHRASE_FILE: passphrase,
    PULUMI_CONFIG_PASSPHRASE: undefined,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
  };
  const env: NodeJS.ProcessEnv = { ...base, ...variables };
  delete env["PULUMI_CONFIG_PASSPHRASE"];
  return { pulumi: programs.pulumi, variables, env, languageHost: official ? "official" : "stand-in" };
}

/** Lines for a POSIX shell that set the variables, for `eval "$(...)"`. */
export function shellLines(variables: PulumiEnvironment["variables"]): string {
  return Object.entries(variables)
    .map(([name, value]) =>
      value === undefined ? `unset ${name}\n` : `export ${name}='${value.replaceAll("'", `'\\''`)}'\n`,
    )
    .join("");
}

/**
 * Puts a plugin where Pulumi installs them. On PATH the engine would find it too, but would warn of it at every command.
 */
async function installPlugin(home: string, folder: string, file: string): Promise<void> {
  const place = join(home, "plugins", folder, basename(file));
  if ((await readlink(place).catch(() => undefined)) === file) return;
  await mkdir(dirname(place), { recursive: true });
  const fresh = `${place}.${randomUUID()}`;
  await symlink(file, fresh);
  await rename(fresh, place);
}

/**
 * PATH on which `pulumi` is ours, and no provider but ours: the engine prefers one on PATH, whatever its version, to the
 * installed one.
 */
async function pathWith(pulumi: string, provider: string, env: NodeJS.ProcessEnv): Promise<string> {
  const first = async (file: string) => (await whichAll(basename(file), env))[0];
  const front = new Set<string>();
  if (![undefined, provider].includes(await first(provider))) front.add(dirname(provider));
  if ((await first(pulumi)) !== pulumi) front.add(dirname(pulumi));
  const rest = (env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "" && !front.has(folder));
  return [...front, ...rest].join(delimiter);
}

/** Pulumi's own host is on PATH, or beside the `pulumi` of the official release, where the engine looks too. */
async function hasOfficialHost(pulumi: string, env: NodeJS.ProcessEnv): Promise<boolean> {
  return (
    (await whichAll(basename(standIn), env)).length > 0 ||
    (await isExecutable(join(dirname(await realpath(pulumi)), basename(standIn))))
  );
}

/** Writes the passphrase once; secrets in the stacks can be read only with the one that was there first. */
async function ensurePassphrase(file: string): Promise<void> {
  const fresh = `${file}.${randomUUID()}`;
  await writeFile(fresh, randomBytes(32).toString("base64url"), { mode: 0o600, flag: "wx" });
  try {
    // A link fails where the file is there, and never shows a half-written one.
    await link(fresh, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    await rm(fresh, { force: true });
  }
}
