import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { ManifestFile } from "../lib/constructs/yaml";

/** Which folders are replaced, and for whom. */
export interface Replacement {
  /** Where they are. */
  readonly parent: string;
  /** First-level folders of it; those in which no file is are taken away. */
  readonly folders: readonly string[];
  /** Whether nobody but the user may read what is written. */
  readonly secret: boolean;
}

/**
 * Replaces folders, each as a whole: written beside and then moved, so that a crash leaves the old one, the new one or
 * none, never a half. What may be replaced, the caller has looked at.
 * @param files By their paths from the parent, each in one of the folders.
 */
export function replaceWhole(files: readonly ManifestFile[], { parent, folders, secret }: Replacement): void {
  const beside = mkdtempSync(join(parent, ".fabric-topologies-"));
  const [fresh, old] = [join(beside, "new"), join(beside, "old")];
  try {
    for (const folder of [fresh, old]) mkdirSync(folder);
    for (const { path, text } of files) {
      mkdirSync(dirname(join(fresh, path)), { recursive: true, ...(secret ? { mode: 0o700 } : {}) });
      writeFileSync(join(fresh, path), text, secret ? { mode: 0o600 } : {});
    }
    for (const folder of folders) {
      if (existsSync(join(parent, folder))) renameSync(join(parent, folder), join(old, folder));
      if (existsSync(join(fresh, folder))) renameSync(join(fresh, folder), join(parent, folder));
    }
  } finally {
    rmSync(beside, { recursive: true, force: true });
  }
}

/** Makes a folder, step by step: on file systems that make none, such as /proc, Node's own `recursive` never ends. */
export function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(resolve(folder)));
  mkdirSync(folder);
}
