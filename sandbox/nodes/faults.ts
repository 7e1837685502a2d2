/**
 * What somebody wants to be broken. Each fault is a file of its own in the state folder, so that commands that run at the
 * same time do not lose each other's; the daemon makes it so, and records what is so.
 */
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { layout } from "../state";

/**
 * How a zone is lost: silent with everything in it running, or with everything in it dead. A link is only ever cut. Of a
 * federation's member everything is killed, or only its API server stopped.
 */
export type Fault = "cut" | "killed" | "stopped";

/** Faults by their names, see {@link faultName}. */
export type Faults = Readonly<Record<string, Fault>>;

/** Separates the names of zones, which hold no dot. */
const separator = ".";

/** The name of the fault of a zone, or of the link between two: the same whichever end is named first. */
export const faultName = (...zones: readonly string[]): string => [...zones].sort().join(separator);

/** The zones that a fault concerns: one, or the two ends of a link. */
export const faultyZones = (name: string): string[] => name.split(separator);

/** The name of the fault of a federation's member, which no zone can have. */
export const memberFault = (member: string): string => `@${member}`;

export const isMemberFault = (name: string): boolean => name.startsWith("@");

/** Makes true what is asked for; `actual` is what was true before. */
export type ApplyFaults = (demanded: Faults, actual: Faults) => Promise<void>;

/** Asks for a fault. */
export function demandFault(root: string, name: string, kind: Fault): void {
  const folder = layout(root).faults;
  mkdirSync(folder, { recursive: true });
  const prepared = path.join(root, `${name}${separator}fault`);
  writeFileSync(prepared, kind);
  renameSync(prepared, path.join(folder, name));
}

/** Asks for an end of a fault. */
export function demandNoFault(root: string, name: string): void {
  rmSync(path.join(layout(root).faults, name), { force: true });
}

/** What is asked for now. */
export function demandedFaults(root: string): Faults {
  const folder = layout(root).faults;
  const faults: Record<string, Fault> = {};
  for (const name of readdirSync(folder)) {
    try {
      const asked = readFileSync(path.join(folder, name), "utf8");
      faults[name] = asked === "killed" || asked === "stopped" ? asked : "cut";
    } catch (thrown) {
      // Taken back since the folder was read.
      if ((thrown as NodeJS.ErrnoException).code !== "ENOENT") throw thrown;
    }
  }
  return faults;
}
