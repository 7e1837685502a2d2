import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const script = join(__dirname, "../../../lib/replication/drbd/apply.sh");
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fabric-topologies-apply-"));
  for (const name of ["bin", "files", "target"]) mkdirSync(join(folder, name));
  writeFileSync(join(folder, "files/set.res"), "resource set {}\n");
  writeFileSync(join(folder, "files/set.create-md"), "create-md --max-peers=2 set\n");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs it once on a machine whose drbdadm answers so. */
function applied({ module = "9.2.9", dstate = 0, refuses = "none" }) {
  writeFileSync(join(folder, "module"), module);
  const drbdadm = join(folder, "bin/drbdadm");
  writeFileSync(
    drbdadm,
    `#!/bin/sh\nshift_c() { [ "$1" = -c ] && shift 2; echo "$1"; }\nverb="$(shift_c "$@")"\necho "$verb" >>${folder}/calls\n` +
      `[ "$verb" = dstate ] && exit ${dstate}\n[ "$verb" = ${refuses} ] && { echo refused; exit 10; }\nexit 0\n`,
  );
  chmodSync(drbdadm, 0o755);
  const { status, stderr } = spawnSync("sh", [script], {
    encoding: "utf8",
    env: {
      ...{ PATH: `${join(folder, "bin")}:${process.env["PATH"] ?? ""}`, ONCE: "1" },
      ...{ FILES: join(folder, "files"), TARGET: join(folder, "target"), MODULE: join(folder, "module") },
    },
  });
  const calls = existsSync(join(folder, "calls")) ? readFileSync(join(folder, "calls"), "utf8").trim().split("\n") : [];
  return { status, stderr, calls, written: existsSync(join(folder, "target/set.res")) };
}

describe("the script that applies resource files", () => {
  it("adjusts what is there, and makes metadata only where there is none", () => {
    expect(applied({})).toMatchObject({ status: 0, calls: ["sh-nop", "dstate", "adjust"], written: true });
    rmSync(join(folder, "calls"));
    expect(applied({ dstate: 1 })).toMatchObject({ status: 0, calls: ["sh-nop", "dstate", "create-md", "adjust"] });
  });

  it("never goes on where a device holds something already", () => {
    const { status, calls, stderr } = applied({ dstate: 1, refuses: "create-md" });
    expect({ status, calls }).toEqual({ status: 1, calls: ["sh-nop", "dstate", "create-md"] });
    expect(stderr).toContain("holds something already");
  });

  it("leaves everything as it was where drbdadm refuses the file", () => {
    expect(applied({ refuses: "sh-nop" })).toMatchObject({ status: 1, calls: ["sh-nop"], written: false });
  });

  it.each(["8.4.11", ""])("touches nothing on a machine with DRBD %j", (module) => {
    const { status, calls, stderr } = applied({ module });
    expect({ status, calls }).toEqual({ status: 1, calls: [] });
    expect(stderr).toContain("this needs DRBD 9");
  });
});
