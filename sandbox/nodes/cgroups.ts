/** The zones' control groups: one below the sandbox's own, in every hierarchy of version 1, or in the one of version 2. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { NodePlan, ZonePlan } from "./plan";

const root = "/sys/fs/cgroup";

/** Which version this machine's controllers are in: with version 2 alone the root is a group itself. */
export const cgroupVersion = (): 1 | 2 => (existsSync(path.join(root, "cgroup.controllers")) ? 2 : 1);

/** The folders of all hierarchies, links left out. */
function hierarchies(): string[] {
  if (cgroupVersion() === 2) return [root];
  return readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => path.join(root, name));
}

/**
 * The share of the processors that a sandbox may count on when all want them: this many times that of a process outside.
 * By default all of its zones together weigh as much as one thread of whatever else runs, and freeze when it is busy.
 */
const weight = 16;

/**
 * Makes the groups of every zone, all of equal weight: a zone that starts takes no processor from the others, as little as
 * a real one would. The kubelet makes its own groups inside, but not the one that it is told to use.
 */
export function createCgroups(plan: Pick<NodePlan, "cgroup" | "zones">): void {
  for (const hierarchy of hierarchies()) {
    if (cgroupVersion() === 2) enableControllers(hierarchy);
    createGroup(path.join(hierarchy, plan.cgroup));
    for (const zone of plan.zones) {
      createGroup(path.join(hierarchy, zone.cgroup));
      createGroup(path.join(hierarchy, machineGroup(zone)), { holdsProcesses: true });
    }
    setWeight(path.join(hierarchy, plan.cgroup));
  }
}

/** Where the zone's own programs are, beside its pods: their work is at the expense of the zone's pods, not of others'. */
const machineGroup = ({ cgroup }: Pick<ZonePlan, "cgroup">): string => path.join(cgroup, "machine");

/** The same command, run in the group of a zone's own programs. */
export function inMachineGroup(
  zone: Pick<ZonePlan, "cgroup">,
  command: { readonly file: string; readonly arguments: readonly string[] },
): { file: string; arguments: string[] } {
  const hierarchy = cgroupVersion() === 2 ? root : path.join(root, "cpu");
  const group = path.join(hierarchy, machineGroup(zone), "cgroup.procs");
  // 0 is whoever writes it.
  const script = 'echo 0 >"$1" && shift && exec "$@"';
  return { file: "sh", arguments: ["-c", script, "sh", group, command.file, ...command.arguments] };
}

/** In shares of version 1 and in weights of version 2, with their defaults. */
function setWeight(folder: string): void {
  for (const [file, usual] of Object.entries({ "cpu.shares": 1024, "cpu.weight": 100 })) {
    const own = path.join(folder, file);
    if (existsSync(own)) writeFileSync(own, String(usual * weight));
  }
}

function createGroup(folder: string, { holdsProcesses = false } = {}): void {
  mkdirSync(folder, { recursive: true });
  if (cgroupVersion() === 2) {
    // A group of version 2 has either processes or groups with controllers.
    if (!holdsProcesses) enableControllers(folder);
    return;
  }
  // A new cpuset of version 1 is empty, and takes no process until it is filled.
  for (const file of ["cpuset.cpus", "cpuset.mems"]) {
    const own = path.join(folder, file);
    if (existsSync(own)) writeFileSync(own, readFileSync(path.join(folder, "..", file)));
  }
}

/** Version 2 gives a group's children only the controllers that it names. */
function enableControllers(folder: string): void {
  const available = readFileSync(path.join(folder, "cgroup.controllers"), "utf8").trim().split(/\s+/).filter(Boolean);
  const enabled = new Set(readFileSync(path.join(folder, "cgroup.subtree_control"), "utf8").trim().split(/\s+/));
  const missing = available.filter((name) => !enabled.has(name));
  if (missing.length === 0) return;
  writeFileSync(path.join(folder, "cgroup.subtree_control"), missing.map((name) => `+${name}`).join(" "));
}

/** Every process in the groups of a zone, by its number. */
export function pidsOf(zone: Pick<ZonePlan, "cgroup">): number[] {
  const found = hierarchies().flatMap((hierarchy) => groups(path.join(hierarchy, zone.cgroup)).flatMap(processes));
  return [...new Set(found)];
}

/** A group and all below it, deepest first. */
function groups(folder: string): string[] {
  let entries;
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
  const below = entries.filter((entry) => entry.isDirectory()).map(({ name }) => path.join(folder, name));
  return [...below.flatMap(groups), folder];
}

function processes(group: string): number[] {
  try {
    return readFileSync(path.join(group, "cgroup.procs"), "utf8").split("\n").filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

/** Removes the groups of a sandbox, or of one zone. Errors: one is still in use after five seconds. */
export async function removeCgroups({ cgroup }: { readonly cgroup: string }): Promise<void> {
  const deadline = Date.now() + 5_000;
  for (;;) {
    let failure: Error | undefined;
    for (const group of hierarchies().flatMap((hierarchy) => groups(path.join(hierarchy, cgroup)))) {
      try {
        rmdirSync(group);
      } catch (thrown) {
        if ((thrown as NodeJS.ErrnoException).code !== "ENOENT") failure = thrown as Error;
      }
    }
    if (failure === undefined) return;
    if (Date.now() >= deadline) throw failure;
    // A group counts its processes for a moment after they have ended.
    await delay(50);
  }
}
