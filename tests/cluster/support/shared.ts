/** Where the sandbox of one run of the cluster tier is. */
import { stateFolderVariable } from "../../../sandbox/state";

/** Names the folder that holds everything of the run. */
export const folderVariable = "FABRIC_TOPOLOGIES_CLUSTER_TESTS";

/** The state folder that all cluster tests share; `setup.ts` chose it. */
export function sharedStateFolder(): string {
  const folder = process.env[stateFolderVariable];
  if (folder === undefined || process.env[folderVariable] === undefined) {
    throw new Error("the cluster tier's global setup has not run");
  }
  return folder;
}
