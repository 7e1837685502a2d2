/** Ends every process of a zone, whoever started it. */
import { readdirSync, readlinkSync, statSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { identify, type ProcessIdentity, signal } from "../supervisor/process-identity";
import { pidsOf } from "./cgroups";
import type { ZonePlan } from "./plan";

/**
 * Kills what is in a zone's control groups or in its network namespace, again and again until nothing is left.
 * Errors: something outlives this for ten seconds.
 */
export async function killZoneProcesses(zone: ZonePlan): Promise<void> {
  const deadline = Date.now() + 10_000;
  for (;;) {
    const left = processesOf(zone);
    if (left.length === 0) return;
    if (Date.now() >= deadline) {
      throw new Error(`processes of ${zone.zone} do not end: ${left.map(({ pid }) => pid).join(", ")}`);
    }
    for (const process of left) signal(process, "SIGKILL");
    await delay(25);
  }
}

function processesOf(zone: ZonePlan): ProcessIdentity[] {
  const numbers = new Set([...pidsOf(zone), ...inNamespace(zone.netnsFile)]);
  return [...numbers].flatMap((pid) => identify(pid) ?? []);
}

/** Processes whose network namespace is that of a file. */
export function inNamespace(file: string): number[] {
  let inode: number;
  try {
    inode = statSync(file).ino;
  } catch {
    return [];
  }
  return readdirSync("/proc").flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      return readlinkSync(`/proc/${name}/ns/net`) === `net:[${inode}]` ? [Number(name)] : [];
    } catch {
      return [];
    }
  });
}
