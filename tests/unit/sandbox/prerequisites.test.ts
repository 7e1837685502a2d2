import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A machine that has only the programs that a test puts on its PATH. */
let machine: string;
const installed = ["containerd", "ctr", "runc", "nft", "ip", "nsenter", "unshare", "mount", "sysctl", "gcc"];
const script = join(__dirname, "../../../scripts/prerequisites.sh");

beforeEach(() => {
  machine = mkdtempSync(join(tmpdir(), "machine-"));
  for (const tool of ["mktemp", "rm", "tail", "sed"]) symlinkSync(`/usr/bin/${tool}`, join(machine, tool));
  program("uname", "echo Linux");
  program("id", "echo 0");
});
afterEach(() => rmSync(machine, { recursive: true }));

function program(name: string, line = ""): void {
  writeFileSync(join(machine, name), `#!/bin/sh\n${line}\n`);
  chmodSync(join(machine, name), 0o755);
}
const noted = (name: string) => program(name, `echo "${name} $*" >> ${join(machine, "calls")}`);
const calls = () => (existsSync(join(machine, "calls")) ? readFileSync(join(machine, "calls"), "utf8") : "");

function run(...words: string[]): string {
  const { status, stderr, stdout } = spawnSync("/bin/sh", [script, ...words], {
    env: { PATH: machine },
    encoding: "utf8",
  });
  expect(status).toBe(0);
  expect(stdout).toBe("");
  // Whether the machine that runs the tests has the network plug-ins is its own affair.
  return stderr.replace(/ ?containernetworking-plugins/, "");
}

test("what is missing is installed, told in one line, and its service does not stay", () => {
  for (const name of installed.filter((name) => !["containerd", "ctr", "nft", "gcc"].includes(name))) program(name);
  noted("apt-get");
  noted("systemctl");
  expect(run()).toBe("real nodes: installing containerd nftables gcc libc6-dev\n");
  expect(calls().replace(" containernetworking-plugins", "")).toBe(
    [
      "apt-get update",
      "apt-get install --yes --no-install-recommends containerd nftables gcc libc6-dev",
      "systemctl disable --now containerd.service",
      "",
    ].join("\n"),
  );
});

test("a containerd that was there before keeps its service", () => {
  for (const name of installed.filter((name) => name !== "nft")) program(name);
  noted("apt-get");
  noted("systemctl");
  expect(run()).toBe("real nodes: installing nftables\n");
  expect(calls()).not.toContain("systemctl");
});

test("what cannot be installed is told with the reason, and the command goes on", () => {
  for (const name of installed.filter((name) => name !== "runc")) program(name);
  program("apt-get", `echo "E: no network"; exit 100`);
  expect(run()).toBe(
    "real nodes: installing runc\n" +
      "real nodes: apt-get could not install that; what needs them is skipped. The end of what it said:\n" +
      "    E: no network\n",
  );
});

test("without apt-get it says what to install", () => {
  for (const name of installed.filter((name) => name !== "runc")) program(name);
  expect(run()).toBe(
    "real nodes: they need runc, and there is no apt-get to install that with; what needs them is skipped\n",
  );
});

test("without root nothing is tried, and one line says so", () => {
  program("id", "echo 1000");
  noted("apt-get");
  expect(run()).toBe("real nodes: they need root; what needs them is skipped\n");
  expect(calls()).toBe("");
});

test("on another system one line says so", () => {
  program("uname", "echo Darwin");
  expect(run()).toBe("real nodes: they need Linux; what needs them is skipped\n");
});

test("for tests in a browser it installs one, and nothing else", () => {
  noted("apt-get");
  expect(run("browser")).toBe("tests in a browser: installing chromium\n");
  expect(calls()).toContain("apt-get install --yes --no-install-recommends chromium\n");
});

test("where there is a browser nothing is said, with root or without", () => {
  program("id", "echo 1000");
  program("chromium-browser");
  noted("apt-get");
  expect(run("browser")).toBe("");
  expect(calls()).toBe("");
});

test("for tests of gateways it installs HAProxy, whose service does not stay, and nothing else", () => {
  noted("apt-get");
  noted("systemctl");
  expect(run("gateway")).toBe("tests of gateways: installing haproxy\n");
  expect(calls()).toContain("apt-get install --yes --no-install-recommends haproxy\n");
  expect(calls()).toContain("systemctl disable --now haproxy.service\n");
  program("haproxy");
  expect(run("gateway")).toBe("");
});
