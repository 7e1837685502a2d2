/** Where the sandboxes of one run of the cluster tier are. */
import * as path from "node:path";
import { stateFolderVariable } from "../../../sandbox/state";

/** Names the folder that holds everything of the run. */
export const folderVariable = "FABRIC_TOPOLOGIES_CLUSTER_TESTS";

/** The folder that holds everything of the run; `setup.ts` made it. */
export function runFolder(): string {
  const folder = process.env[folderVariable];
  if (folder === undefined) throw new Error("the cluster tier's global setup has not run");
  return folder;
}

/**
 * The state folder that the cluster tests of one of jest's workers share. Each worker has a sandbox of its own: what a
 * test does to a zone must not surprise the one beside it.
 */
export const sharedStateFolder = (): string =>
  path.join(runFolder(), `sandbox-${process.env["JEST_WORKER_ID"] ?? "1"}`);

/** Makes commands that a test calls use the shared sandbox: no test may touch the one that somebody works with. */
export function useSharedStateFolder(): void {
  process.env[stateFolderVariable] = sharedStateFolder();
}
