/**
 * Which of Fabric's own programs this machine has. They are not built here: no registry has their source as a module, so
 * a person unpacks the official release archive, `bin` and `builders` beside it, where this file looks.
 */
import { execFileSync } from "node:child_process";
import { accessSync, constants, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { toolCache } from "../toolchain/cache";

/** The programs of a release archive that this project runs. */
export type FabricProgram = "peer" | "orderer" | "configtxlator" | "configtxgen" | "cryptogen" | "ledgerutil";

/** One program of one release. */
export interface InstalledFabric {
  /** The file. */
  readonly program: string;
  /** What it says that it is, such as `3.1.5` or `v3.1.5`. */
  readonly version: string;
}

/** The three programs that make chaincode a service, by their name in a builder's `bin`. */
const builderPrograms = ["detect", "build", "release"] as const;

/** Where releases are unpacked: one folder each, with `bin` and `builders` in it. */
const releaseFolder = (env: NodeJS.ProcessEnv = process.env): string => join(dirname(toolCache(env)), "fabric");

/** Where {@link installedFabric} looks, in words for whoever wonders why something was skipped. */
export const lookedIn = (env: NodeJS.ProcessEnv = process.env): string =>
  `$FABRIC_BIN and ${releaseFolder(env)}/<version>/bin`;

/**
 * The copies of a program in `$FABRIC_BIN` and in the releases that were unpacked, in this order. A copy that cannot say
 * its version makes this throw: it was put there to be run.
 */
export function installedFabric(program: FabricProgram, env: NodeJS.ProcessEnv = process.env): InstalledFabric[] {
  const named = env["FABRIC_BIN"];
  return [...(named ? [named] : []), ...unpacked(env)]
    .map((folder) => join(folder, program))
    .filter(isExecutable)
    .map((file) => ({ program: file, version: versionOf(file) }));
}

/** Whether two ways of writing a release mean the same: `v3.1.5` and `3.1.5`. */
export const sameRelease = (one: string, other: string): boolean => one.replace(/^v/, "") === other.replace(/^v/, "");

/** The builder for chaincode as a service that lies beside a program of a release, or undefined where it is not whole. */
export function builderBeside(program: string): string | undefined {
  const folder = join(dirname(dirname(program)), "builders", "ccaas");
  return builderPrograms.every((name) => isExecutable(join(folder, "bin", name))) ? folder : undefined;
}

function unpacked(env: NodeJS.ProcessEnv): string[] {
  const folder = releaseFolder(env);
  try {
    return readdirSync(folder).map((version) => join(folder, version, "bin"));
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

function versionOf(path: string): string {
  const said = execFileSync(path, ["version"], { encoding: "utf8" });
  const version = /^\s*Version:\s*(\S+)/m.exec(said)?.[1];
  if (version === undefined) throw new Error(`${path} version says no version: ${said}`);
  return version;
}
