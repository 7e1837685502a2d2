/** Removes everything that real nodes leave outside the state folder, whatever state they are in. */
import { readFileSync } from "node:fs";
import type { SandboxRecord } from "../state";
import { signal } from "../supervisor/process-identity";
import { removeCgroups } from "./cgroups";
import { removeNetwork } from "./network";
import { planOf } from "./plan";
import { killZoneProcesses } from "./processes";
import { releaseRange } from "./range";
import { run } from "./run";

/** Ends the zones' machines and everything in them, at once: nothing in there is worth a farewell. */
export async function killNodes(record: SandboxRecord): Promise<void> {
  for (const child of record.children) if (child.zone !== undefined) signal(child.process, "SIGKILL");
  await Promise.all((planOf(record)?.zones ?? []).map(killZoneProcesses));
}

/**
 * Removes networks, control groups and the claim on addresses. Only what carries this sandbox's own name is touched, and
 * what is gone already is no error.
 * @param root the state folder
 */
export async function removeNodes(root: string, record: SandboxRecord): Promise<void> {
  const plan = planOf(record);
  if (!plan || record.range === undefined) return;
  await killNodes(record);
  await unmountBelow(root);
  await removeNetwork(plan);
  await removeCgroups(plan);
  releaseRange(record.id, record.range);
}

/** The zones' mounts went with their machines; this is for what another program of the real machine mounted there. */
async function unmountBelow(root: string): Promise<void> {
  const mounts = readFileSync("/proc/self/mountinfo", "utf8")
    .split("\n")
    // Fifth field; blanks and the like are written in octal. (proc_pid_mountinfo(5))
    .map((line) => (line.split(" ")[4] ?? "").replace(/\\(\d{3})/g, (_, octal: string) => octalCharacter(octal)))
    .filter((point) => point.startsWith(`${root}/`))
    .sort((one, other) => other.length - one.length);
  for (const point of mounts) await run("umount", ["--lazy", point]);
}

const octalCharacter = (octal: string): string => String.fromCharCode(Number.parseInt(octal, 8));
