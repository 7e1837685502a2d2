/** A zone's machine: a process namespace of its own with its mounts, in the zone's network namespace. */
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import * as path from "node:path";
import { until } from "../controlplane/readiness";
import type { Children } from "../supervisor/children";
import { afterCommand, identify, type ProcessIdentity } from "../supervisor/process-identity";
import { inMachineGroup } from "./cgroups";
import { zoneFolder } from "./files";
import type { ZonePlan } from "./plan";

/** Name of the child that is a zone's machine. */
const machineName = (zone: string): string => `${zone}.machine`;

/**
 * Starts a zone's machine and gives its first process: whatever runs in the zone ends when that ends.
 * Errors: the machine does not come up (with the end of its log).
 */
export async function startMachine(root: string, zone: ZonePlan, children: Children): Promise<ProcessIdentity> {
  const { outside } = zoneFolder(root, zone.zone);
  const sign = path.join(outside, "machine-up");
  rmSync(sign, { force: true });
  const holder = await children.start({
    name: machineName(zone.zone),
    zone: zone.zone,
    ...inMachineGroup(zone, {
      file: "nsenter",
      arguments: [
        `--net=${zone.netnsFile}`,
        "unshare",
        "--pid",
        "--fork",
        "--kill-child=SIGKILL",
        "--mount",
        // The real machine's own mounts come and go in the zone too; the zone's never get out.
        "--propagation=slave",
        "sh",
        path.join(__dirname, "machine.sh"),
        root,
        outside,
      ],
    }),
    environment: { PATH: toolPath() },
  });
  await until(`the machine of ${zone.zone}`, () => existsSync(sign), {
    seconds: 30,
    everyMilliseconds: 20,
    alive: () => children.assertAlive(),
  });
  const first = childOf(holder.pid);
  if (!first) throw new Error(`the machine of ${zone.zone} has no process`);
  return first;
}

/** Where the machine's own tools are: an unprivileged PATH often lacks the folders for the administrator's. */
export const toolPath = (): string => `${process.env["PATH"] ?? ""}:/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin`;

function childOf(parent: number): ProcessIdentity | undefined {
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const fields = afterCommand(readFileSync(`/proc/${name}/stat`, "utf8"));
      if (Number(fields[1]) === parent) return identify(Number(name));
    } catch {
      // It has just ended.
    }
  }
  return undefined;
}

/** The arguments that run a program inside a zone's machine; what comes back is the number of nsenter, not its own. */
export const insideMachine = (
  first: ProcessIdentity,
  file: string,
  args: readonly string[],
): { file: string; arguments: string[] } => ({
  file: "nsenter",
  arguments: [`--target=${first.pid}`, "--mount", "--pid", "--net", "--", file, ...args],
});
