/** Before the cluster tier: programs are made ready, and a place is chosen for the sandboxes of its workers. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import {
  controlPlanePrograms,
  enginePrograms,
  ensurePrograms,
  federationPrograms,
  printProgress,
} from "../../../sandbox/toolchain";
import { folderVariable } from "./shared";

export default async function setup(): Promise<void> {
  // Here and not in a test, because building them for the first time takes minutes.
  const federation = [...federationPrograms.karmada, ...federationPrograms.kubefed];
  await ensurePrograms([...controlPlanePrograms, ...enginePrograms, ...federation], {
    progress: printProgress(process.stderr),
  });
  process.env[folderVariable] = mkdtempSync(path.join(tmpdir(), "cluster-tests-"));
}
