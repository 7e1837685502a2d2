import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import type { ManifestFile } from "../../lib/constructs/yaml";
import { CommandError, messageOf } from "../errors";
import { makeFolder, replaceWhole } from "../whole-folders";

/**
 * Makes a folder of files, as a whole ({@link replaceWhole}). Only the user may read them, as manifests hold secrets.
 * @param ours Whether a file that is there already was written by an earlier run; anything else is never replaced.
 * @throws CommandError, with nothing written
 */
export function writeFolder(
  out: string,
  files: readonly ManifestFile[],
  { force, ours }: { readonly force: boolean; readonly ours: (text: string) => boolean },
): void {
  const folder = resolve(out);
  checkFolder(out, folder, force, ours);
  const [parent, name] = [dirname(folder), basename(folder)];
  try {
    makeFolder(parent);
    replaceWhole(
      files.map(({ path, text }) => ({ path: join(name, path), text })),
      { parent, folders: [name], secret: true },
    );
  } catch (error) {
    throw new CommandError(`found no way to write ${out}: ${messageOf(error)}`, "choose a folder that you may write");
  }
}

function checkFolder(out: string, folder: string, force: boolean, ours: (text: string) => boolean): void {
  if (!existsSync(folder)) return;
  if (!statSync(folder).isDirectory()) {
    throw new CommandError(`found the file ${out} where the folder is to be`, "name another folder with -o");
  }
  const foreign = filesIn(folder).filter((file) => !ours(readFileSync(file, "utf8")));
  if (foreign.length > 0) {
    const shown = foreign.slice(0, 3).map((file) => file.slice(folder.length + 1));
    throw new CommandError(
      `found ${shown.join(", ")}${foreign.length > 3 ? " and more" : ""} in ${out}, which no conversion wrote; nothing was written`,
      "name another folder with -o",
    );
  }
  if (readdirSync(folder).length > 0 && !force) {
    throw new CommandError(
      `found an earlier conversion in ${out}; nothing was written`,
      "replace it with --force, or name another folder",
    );
  }
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesIn(path) : [path];
  });
}
