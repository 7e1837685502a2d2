/** After the cluster tier: the shared sandbox ends, whatever its tests did. */
import { rmSync } from "node:fs";
import { removeSandbox } from "../../../sandbox/supervisor/clean-up";
import { folderVariable, sharedStateFolder } from "./shared";

export default async function teardown(): Promise<void> {
  await removeSandbox(sharedStateFolder());
  rmSync(process.env[folderVariable] ?? "", { recursive: true, force: true });
}
