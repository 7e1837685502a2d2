import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { isGenerated, type ManifestFile } from "../lib/constructs/yaml";
import { CommandError, messageOf } from "./errors";
import { makeFolder, replaceWhole } from "./whole-folders";

/**
 * Writes files into a folder, replacing each of its first-level folders as a whole ({@link replaceWhole}).
 * @param emptied First-level folders to take away if none of the files is in them.
 * @throws CommandError, with nothing written, if one of those holds anything that did not come from here
 */
export function replaceFolders(out: string, files: readonly ManifestFile[], emptied: readonly string[] = []): void {
  const folders = [...new Set([...files.map(({ path }) => path.split("/")[0] ?? path), ...emptied])];
  const foreign = folders.flatMap((folder) => foreignFiles(join(out, folder)));
  if (existsSync(out) && !statSync(out).isDirectory()) foreign.push(out);
  if (foreign.length > 0) {
    throw new CommandError(
      `found ${foreign.join(", ")}, which synthesis did not write; nothing was written`,
      "choose another folder with --out, or move these away",
    );
  }
  try {
    makeFolder(out);
  } catch (error) {
    throw new CommandError(
      `found no way to make the folder ${out}: ${messageOf(error)}`,
      "choose a folder with --out that you may write",
    );
  }
  replaceWhole(files, { parent: out, folders, secret: false });
}

function foreignFiles(folder: string): string[] {
  if (!existsSync(folder)) return [];
  if (!statSync(folder).isDirectory()) return [folder];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => !entry.isFile() || !isGenerated(readFileSync(join(folder, entry.name), "utf8")))
    .map((entry) => join(folder, entry.name));
}
