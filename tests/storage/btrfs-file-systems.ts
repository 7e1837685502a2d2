import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const succeeds = (program: string, ...args: readonly string[]): boolean => {
  try {
    execFileSync(program, args, { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
};

/** Why there can be no btrfs of our own here; undefined where there can. */
export function missingForBtrfs(): string | undefined {
  if (process.getuid?.() !== 0) return "they need root";
  if (!succeeds("mkfs.btrfs", "--version") || !succeeds("zstd", "--version")) return "they need btrfs-progs and zstd";
  return undefined;
}

/** Real btrfs file systems in files of a folder of their own. */
export class BtrfsFileSystems {
  readonly folder = mkdtempSync(join(tmpdir(), "fabric-topologies-btrfs-"));
  private readonly mounted: string[] = [];

  /** Makes and mounts one, and gives where. */
  make(name: string, size = "256M"): string {
    const [image, place] = [join(this.folder, `${name}.img`), join(this.folder, name)];
    writeFileSync(image, "");
    execFileSync("truncate", ["-s", size, image]);
    execFileSync("mkfs.btrfs", ["-q", image]);
    mkdirSync(place);
    execFileSync("mount", ["-o", "loop", image, place]);
    this.mounted.push(place);
    return place;
  }

  subvolume(path: string): string {
    execFileSync("btrfs", ["subvolume", "create", path], { stdio: "ignore" });
    return path;
  }

  remove(): void {
    for (const place of this.mounted.splice(0)) execFileSync("umount", [place]);
    rmSync(this.folder, { recursive: true, force: true });
  }
}
