import { execFileSync } from "node:child_process";
import { accessSync, constants, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { compareFabricVersions, type FabricVersion, parseFabricVersion } from "../../lib/fabric/version";
import { toolCache } from "../../sandbox/toolchain/cache";

/** A Fabric program on this machine. */
export interface Installation {
  readonly program: string;
  readonly version: FabricVersion;
}

const cache = join(dirname(toolCache()), "fabric");

/** Where {@link installations} looks, in words for whoever wonders why tests were skipped. */
export const lookedIn = `$FABRIC_BIN and ${cache}/<version>/bin`;

/**
 * The copies of a program in `$FABRIC_BIN` and in the tool cache, one per version, the newest first. A copy that cannot
 * say its version makes this throw: it was put there to be tested.
 */
export function installations(program: "orderer" | "peer", env = process.env): readonly Installation[] {
  const folders = [...(env["FABRIC_BIN"] ? [env["FABRIC_BIN"]] : []), ...cachedFolders()];
  const found = new Map<string, Installation>();
  for (const path of folders.map((folder) => join(folder, program)).filter(isExecutable)) {
    const version = versionOf(path);
    if (!found.has(version.text)) found.set(version.text, { program: path, version });
  }
  return [...found.values()].sort((a, b) => compareFabricVersions(b.version, a.version));
}

function cachedFolders(): readonly string[] {
  try {
    return readdirSync(cache).map((version) => join(cache, version, "bin"));
  } catch {
    return [];
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function versionOf(path: string): FabricVersion {
  const said = execFileSync(path, ["version"], { encoding: "utf8" });
  const version = /^\s*Version:\s*(\S+)/m.exec(said)?.[1];
  if (version === undefined) throw new Error(`${path} version says no version: ${said}`);
  return parseFabricVersion(version);
}
