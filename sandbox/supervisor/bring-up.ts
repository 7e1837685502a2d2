/** Starts a sandbox's daemon in a folder of its own, once, whoever asks at the same time. */
import { randomUUID } from "node:crypto";
import { until } from "../controlplane/readiness";
import { SandboxError } from "../errors";
import type { Progress } from "../progress";
import { createStateFolder, layout, readRecord, type SandboxRecord } from "../state";
import { conditionOf, removeSandbox } from "./clean-up";
import { launchDaemon } from "./launch";
import { identify } from "./process-identity";

/** What a sandbox is to be. */
export type NewSandbox = Pick<SandboxRecord, "zones" | "nodes" | "images" | "programs" | "federation">;

export interface BringUpOptions {
  readonly owner: number | undefined;
  readonly progress: ((event: Progress) => void) | undefined;
}

/**
 * Starts a sandbox and waits until it is up; false where another one came first.
 * Errors: its daemon says why it did not start.
 */
export async function bringUp(root: string, fresh: NewSandbox, options: BringUpOptions): Promise<boolean> {
  const starter = identify(process.pid);
  const owner = options.owner === undefined ? undefined : identify(options.owner);
  if (!starter || (options.owner !== undefined && !owner)) {
    throw new SandboxError(`process ${options.owner ?? process.pid} does not run`, "name a running process");
  }
  const created = createStateFolder(root, {
    ...fresh,
    id: randomUUID(),
    phase: "starting",
    starter,
    ...(owner ? { owner } : {}),
    children: [],
    machines: {},
    faults: {},
    startedAt: new Date().toISOString(),
  });
  if (!created) return false;
  try {
    await launchDaemon(root, options.progress ?? (() => undefined));
  } catch (thrown) {
    await removeSandbox(root);
    throw thrown;
  }
  return true;
}

/**
 * The record of the sandbox that is up in a folder, or coming up; removes a stale one.
 * Errors: one of its programs ended by itself.
 */
export async function settled(root: string): Promise<SandboxRecord | undefined> {
  let record = readRecord(root);
  if (record && conditionOf(record) === "alive" && record.phase !== "running") {
    // Another command starts or ends it; whichever it is, it does not take long.
    await until(
      `the sandbox in ${root} is ${record.phase}`,
      () => {
        record = readRecord(root);
        return !record || record.phase === "running" || conditionOf(record) === "stale";
      },
      { seconds: 180 },
    );
  }
  if (!record) return undefined;
  if (conditionOf(record) === "stale") {
    await removeSandbox(root);
    return undefined;
  }
  const dead = record.children.find((child) => child.died !== undefined);
  if (!dead) return record;
  throw new SandboxError(
    `the sandbox in ${root} runs, but its ${dead.name} ended by itself (${dead.died})`,
    `see ${layout(root).logs}; end it with "fabric-topologies sandbox down" and start it again`,
  );
}

/** Errors: what runs is of another kind than what is wanted. */
export function refuseOther(root: string, what: string): never {
  throw new SandboxError(`the sandbox in ${root} runs ${what}`, `end it with "fabric-topologies sandbox down" first`);
}
