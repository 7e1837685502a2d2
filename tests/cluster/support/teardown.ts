/** After the cluster tier: the shared sandboxes end, whatever their tests did. */
import { readdirSync, rmSync } from "node:fs";
import * as path from "node:path";
import { removeSandbox } from "../../../sandbox/supervisor/clean-up";
import { runFolder } from "./shared";

export default async function teardown(): Promise<void> {
  const folder = runFolder();
  await Promise.all(readdirSync(folder).map((sandbox) => removeSandbox(path.join(folder, sandbox))));
  rmSync(folder, { recursive: true, force: true });
}
