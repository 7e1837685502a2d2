import { execFile } from "node:child_process";
import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, join, sep } from "node:path";
import { promisify } from "node:util";

import { toolCache } from "./cache";
import { ToolchainError } from "./errors";
import { type ProgramName, programOf } from "./programs";
import { versionFits } from "./versions";

const run = promisify(execFile);

/** The variable that names a folder of ready programs, as KUBEBUILDER_ASSETS does for controller tests. */
const toolsVariable = "FABRIC_TOPOLOGIES_TOOLS";

/**
 * A program that the user has already: in the folder of FABRIC_TOPOLOGIES_TOOLS (taken as it is: whoever names a folder
 * knows what is in it), on PATH in a fitting version, or as an installed Pulumi plugin.
 *
 * @throws ToolchainError where the variable names no folder.
 */
export async function findInstalled(name: ProgramName, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  return (await inNamedFolder(name, env)) ?? (await onPath(name, env)) ?? (await asPlugin(name, env));
}

async function inNamedFolder(name: ProgramName, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const folder = env[toolsVariable];
  if (!folder) return undefined;
  if (!(await isFolder(folder)))
    throw new ToolchainError({
      found: `${toolsVariable}=${folder}, which is not a folder`,
      needed: "an existing folder that holds programs such as kube-apiserver",
      fix: `correct ${toolsVariable}, or unset it to have the programs built`,
    });
  const file = join(folder, name);
  return (await isExecutable(file)) ? file : undefined;
}

async function onPath(name: ProgramName, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const { onPath: check, version } = programOf(name);
  if (!check) return undefined;
  // A PATH made for an earlier checkout may lead into our own cache, to programs that are no longer the pinned ones.
  const cache = toolCache(env) + sep;
  for (const file of await whichAll(name, env)) {
    if (file.startsWith(cache)) continue;
    const said = await run(file, [...check.arguments], {
      timeout: 10_000,
      env: { ...env, PULUMI_SKIP_UPDATE_CHECK: "true" },
    }).catch(() => undefined);
    if (said && versionFits(said.stdout, version, check.accept)) return file;
  }
  return undefined;
}

/** Pulumi's own folder of plugins tells the version by its name, which the provider itself cannot. */
async function asPlugin(name: ProgramName, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const plugin = /^pulumi-resource-(.+)$/.exec(name)?.[1];
  if (!plugin) return undefined;
  const home = env["PULUMI_HOME"] ?? join(homedir(), ".pulumi");
  const file = join(home, "plugins", `resource-${plugin}-v${programOf(name).version}`, name);
  return (await isExecutable(file)) ? file : undefined;
}

/** Every executable of that name on PATH, in the order in which a shell would find them. */
export async function whichAll(name: string, env: NodeJS.ProcessEnv): Promise<string[]> {
  const files = (env["PATH"] ?? "")
    .split(delimiter)
    .filter((folder) => folder !== "")
    .map((folder) => join(folder, name));
  const there = await Promise.all(files.map(isExecutable));
  return files.filter((_, index) => there[index]);
}

/** Whether it is a file that we may run. */
export async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}
