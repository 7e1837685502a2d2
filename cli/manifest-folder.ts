import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import { isGenerated, type ManifestFile } from "../lib/constructs/yaml";
import { CommandError } from "./errors";

/**
 * Writes files into a folder, replacing each of its first-level folders as a whole: written beside and then moved, so
 * that a crash leaves the old or the new, never a half.
 * @param emptied First-level folders to take away if none of the files is in them.
 * @throws CommandError, with nothing written, if one of those holds anything that did not come from here
 */
export function replaceFolders(out: string, files: readonly ManifestFile[], emptied: readonly string[] = []): void {
  const filled = new Set(files.map(({ path }) => path.split("/")[0] ?? path));
  const folders = [...new Set([...filled, ...emptied])];
  const foreign = folders.flatMap((folder) => foreignFiles(join(out, folder)));
  if (existsSync(out) && !statSync(out).isDirectory()) foreign.push(out);
  if (foreign.length > 0) {
    throw new CommandError(
      `found ${foreign.join(", ")}, which synthesis did not write; nothing was written`,
      "choose another folder with --out, or move these away",
    );
  }
  makeFolder(out);
  const fresh = mkdtempSync(join(out, ".synth-"));
  try {
    for (const { path, text } of files) {
      mkdirSync(dirname(join(fresh, path)), { recursive: true });
      writeFileSync(join(fresh, path), text);
    }
    for (const folder of folders) {
      const old = join(fresh, `${folder}.old`);
      if (existsSync(join(out, folder))) renameSync(join(out, folder), old);
      if (filled.has(folder)) renameSync(join(fresh, folder), join(out, folder));
    }
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

/** Step by step: on file systems that make no folders, such as /proc, Node's own `recursive` never ends. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(resolve(folder)));
  try {
    mkdirSync(folder);
  } catch (error) {
    throw new CommandError(
      `found no way to make the folder ${folder}: ${error instanceof Error ? error.message : String(error)}`,
      "choose a folder with --out that you may write",
    );
  }
}

function foreignFiles(folder: string): string[] {
  if (!existsSync(folder)) return [];
  if (!statSync(folder).isDirectory()) return [folder];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => !entry.isFile() || !isGenerated(readFileSync(join(folder, entry.name), "utf8")))
    .map((entry) => join(folder, entry.name));
}
