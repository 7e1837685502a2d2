/** Before the cluster tier: programs are made ready, and a place is chosen for the sandbox that its tests share. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { stateFolderVariable } from "../../../sandbox/state";
import { controlPlanePrograms, ensurePrograms, printProgress } from "../../../sandbox/toolchain";
import { folderVariable } from "./shared";

export default async function setup(): Promise<void> {
  // Here and not in a test, because building them for the first time takes minutes.
  await ensurePrograms(controlPlanePrograms, { progress: printProgress(process.stderr) });
  const folder = mkdtempSync(path.join(tmpdir(), "cluster-tests-"));
  process.env[folderVariable] = folder;
  // Also where a test calls a command: no test may touch the sandbox that somebody works with.
  process.env[stateFolderVariable] = path.join(folder, "sandbox");
}
