import { mkdirSync, readdirSync, readlinkSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * A folder as the kubelet mounts a ConfigMap: files are links through `..data`, which points to a folder of that version's
 * files and is exchanged in one step.
 */
export class ConfigMapFolder {
  private version = 0;

  constructor(
    readonly path: string,
    files: Readonly<Record<string, string>>,
  ) {
    mkdirSync(path, { recursive: true });
    this.write(files);
  }

  /** Replaces all files at once, as a change of the ConfigMap does. */
  write(files: Readonly<Record<string, string>>): void {
    const before = readdirSync(this.path).includes("..data") ? readlinkSync(join(this.path, "..data")) : undefined;
    const name = `..version_${(this.version += 1)}`;
    mkdirSync(join(this.path, name));
    for (const [file, text] of Object.entries(files)) {
      writeFileSync(join(this.path, name, file), text);
      if (!readdirSync(this.path).includes(file)) symlinkSync(join("..data", file), join(this.path, file));
    }
    symlinkSync(name, join(this.path, "..data_tmp"));
    renameSync(join(this.path, "..data_tmp"), join(this.path, "..data"));
    if (before !== undefined) rmSync(join(this.path, before), { recursive: true });
  }
}
