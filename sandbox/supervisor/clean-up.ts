/** Ends a sandbox from outside, whatever state it is in. */
import { ended, isRunning, type ProcessIdentity, signal, terminate } from "./process-identity";
import { isStore } from "./children";
import { killNodes, removeNodes } from "../nodes/remove";
import { type ChildRecord, readRecord, removeStateFolder, type SandboxRecord } from "../state";

const daemonMilliseconds = 60_000;
const childMilliseconds = 2_000;

/** What is left of the sandbox that a record describes. */
export type Condition =
  /** Its daemon runs, or its starter is still about to start it. */
  | "alive"
  /** Nobody owns it any more: the daemon was killed, or the machine was restarted. */
  | "stale";

/** The process that answers for a sandbox now. */
const keeper = (record: SandboxRecord): ProcessIdentity => record.daemon ?? record.starter;

export const conditionOf = (record: SandboxRecord): Condition => (isRunning(keeper(record)) ? "alive" : "stale");

/**
 * Ends every process of a sandbox and removes its folder. Only processes that are exactly the recorded ones are touched.
 * Gives how many processes a killed daemon had left behind.
 */
export async function removeSandbox(root: string): Promise<number> {
  const record = readRecord(root);
  if (!record) return 0;
  const daemon = keeper(record);
  if (signal(daemon, "SIGTERM") && !(await ended(daemon, daemonMilliseconds))) await terminate(daemon, 0);
  // The daemon may have started a child between our reading and its end.
  const last = readRecord(root) ?? record;
  const left = last.children.filter((child) => isRunning(child.process));
  await killNodes(last);
  const end = ({ process }: ChildRecord) => terminate(process, childMilliseconds);
  await Promise.all(left.filter((child) => !isStore(child)).map(end));
  await Promise.all(left.filter(isStore).map(end));
  await removeNodes(root, last);
  if (readRecord(root)?.id === record.id) removeStateFolder(root);
  return left.length;
}
