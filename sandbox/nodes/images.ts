/** Brings container images into the zones. */
import { createReadStream, statSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import * as path from "node:path";
import type { ImageArchive } from "../images/image";
import type { ProcessIdentity } from "../supervisor/process-identity";
import { zoneFolder } from "./files";
import { insideMachine } from "./machine";
import { run } from "./run";
import { runtimeSocket } from "./runtime";

const record = "images.json";

/**
 * Imports images into a zone's containerd, at the same time, each only where this very archive was not imported before.
 * @param first the first process of the zone's machine
 */
export async function importImages(
  root: string,
  zone: string,
  first: ProcessIdentity,
  images: readonly ImageArchive[],
): Promise<void> {
  const file = path.join(zoneFolder(root, zone).outside, record);
  const imported = await readImported(file);
  const missing = images.filter(({ reference, archive }) => imported[reference] !== stampOf(archive));
  await Promise.all(
    missing.map(async ({ reference, archive }) => {
      // Through standard input: the machine need not see where the file is.
      const command = insideMachine(first, "ctr", [
        "--address",
        runtimeSocket,
        "--namespace",
        "k8s.io",
        "images",
        "import",
        "-",
      ]);
      await run(command.file, command.arguments, { input: createReadStream(archive), timeout: 300_000 });
      imported[reference] = stampOf(archive);
    }),
  );
  if (missing.length > 0) await writeFile(file, JSON.stringify(imported));
}

async function readImported(file: string): Promise<Record<string, string>> {
  try {
    return JSON.parse(await readFile(file, "utf8")) as Record<string, string>;
  } catch {
    return {};
  }
}

/** Changes whenever the archive is made again. */
function stampOf(archive: string): string {
  const { size, mtimeMs, ino } = statSync(archive);
  return `${archive}:${size}:${mtimeMs}:${ino}`;
}
