import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

/** What `drbdadm` said: standard output, and the rest without lines about a kernel module that no test needs. */
export interface Said {
  readonly code: number;
  readonly out: string;
  readonly told: string;
}

/** Asks the real drbdadm about a resource file; the kernel is never asked, and no device is touched. */
export function drbdadm(resource: string, args: readonly string[], node?: string): Said {
  const program = found();
  if (program === undefined) throw new Error("no drbdadm: use describeWithDrbd");
  const folder = mkdtempSync(join(tmpdir(), "fabric-topologies-drbd-"));
  try {
    const file = join(folder, "F");
    writeFileSync(file, resource);
    const { status, stdout, stderr } = spawnSync(program, ["-c", file, ...args], {
      encoding: "utf8",
      // What must not be read is what a machine with DRBD says of itself.
      env: {
        PATH: process.env["PATH"],
        DRBD_DRIVER_VERSION_OVERRIDE: "9.1.0",
        ...(node === undefined ? {} : { __DRBD_NODE__: node }),
      },
    });
    const told = stderr
      .replaceAll(file, "F")
      .split("\n")
      .filter((line) => line.trim() !== "" && !/modinfo|__DRBD_NODE__|PRETENDING/.test(line));
    // It names its helpers with the folder that it was called in.
    const out = stdout.replaceAll(/^\S*\/(drbdsetup|drbdmeta) /gm, "$1 ");
    return { code: status ?? 1, out, told: told.join("\n") };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** `describe` for tests that ask drbdadm; skipped with one line where there is none. */
export function describeWithDrbd(name: string, tests: () => void): void {
  if (found() !== undefined) return describe(name, tests);
  const missing = "no drbdadm on PATH; it comes with the system: apt-get install drbd-utils";
  console.warn(`skipped "${name}": ${missing}`);
  describe.skip(name, tests);
}

function found(): string | undefined {
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin", "/sbin"];
  return folders.map((folder) => join(folder, "drbdadm")).find((path) => existsSync(path));
}
