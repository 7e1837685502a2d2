import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeDockerArchive } from "../../../../sandbox/images/docker-archive";
import { corednsReference, pauseReference } from "../../../../sandbox/images/infrastructure";
import { prepareImages, prepareNodeImages, readyFolder } from "../../../../sandbox/images/prepare";
import { normalReference } from "../../../../sandbox/images/reference";

// The loader of this machine is asked about some fifty programs, which takes seconds where others use the machine.
jest.setTimeout(60_000);

/** A machine whose programs are scripts. */
let machine: string;
let env: NodeJS.ProcessEnv;
beforeEach(() => {
  machine = mkdtempSync(join(tmpdir(), "machine-"));
  const tools = join(machine, "tools");
  env = { PATH: process.env["PATH"], XDG_CACHE_HOME: join(machine, "cache"), FABRIC_TOPOLOGIES_TOOLS: tools };
  mkdirSync(tools);
  for (const name of ["pause", "coredns", "fabric-ca-server", "fabric-ca-client"]) {
    writeFileSync(join(tools, name), "#!/bin/sh\n");
    chmodSync(join(tools, name), 0o755);
  }
});
afterEach(() => rmSync(machine, { recursive: true }));

const couchdb = { kind: "couchdb", reference: "docker.io/library/couchdb:3.4.2" } as const;

test.each([
  ["fabric-topologies/agent:0.1.0", "docker.io/fabric-topologies/agent:0.1.0"],
  ["couchdb:3.4.2", "docker.io/library/couchdb:3.4.2"],
  ["couchdb", "docker.io/library/couchdb:latest"],
  ["registry.example.com/a/b", "registry.example.com/a/b:latest"],
  ["localhost:5000/a:1", "localhost:5000/a:1"],
  ["localhost/a:1", "localhost/a:1"],
  [`a/b:1@sha256:${"0".repeat(64)}`, `docker.io/a/b:1@sha256:${"0".repeat(64)}`],
])("%s is imported as %s, the name that containerd looks for", (written, whole) => {
  expect(normalReference(written)).toBe(whole);
});

test("what can be made is made, each image once", async () => {
  const ca = { kind: "ca", version: "1.5.21", reference: "hyperledger/fabric-ca:1.5.21" } as const;
  const { archives, missing } = await prepareImages([ca, ca], { env });
  expect(missing).toEqual([]);
  expect(archives.map(({ reference }) => reference)).toEqual(["docker.io/hyperledger/fabric-ca:1.5.21"]);
});

test("another release of the certificate authority than the pinned one is said to be missing", async () => {
  const ca = { kind: "ca", version: "1.5.7", reference: "docker.io/hyperledger/fabric-ca:1.5.7" } as const;
  const { missing } = await prepareImages([ca], { env });
  expect(missing).toEqual([
    {
      reference: ca.reference,
      reason: "Fabric CA 1.5.7 is not the release that is built here",
      fix: expect.stringMatching(/^set fabric\.caVersion to 1\.5\.21 in the network file, or put an archive/),
    },
  ]);
});

test("gateways run the Envoy that is pinned, and the HAProxy of this machine in its own version", async () => {
  const script = (file: string, said: string) => {
    writeFileSync(join(machine, file), `#!/bin/sh\necho "${said}"\n`);
    chmodSync(join(machine, file), 0o755);
  };
  script("tools/envoy", "");
  script("haproxy", "HAProxy version 2.6.12-1+deb12u4 2026/10/17");
  env["PATH"] = `${machine}:${env["PATH"]}`;
  const image = (kind: "envoy" | "haproxy", version: string) =>
    ({ kind, version, reference: `docker.io/library/${kind}:${version}` }) as const;
  const { archives, missing } = await prepareImages(
    [image("envoy", "1.40.0"), image("envoy", "1.39.0"), image("haproxy", "2.6.12"), image("haproxy", "3.0.0")],
    { env },
  );
  expect(archives.map(({ reference }) => reference)).toEqual([
    "docker.io/library/envoy:1.40.0",
    "docker.io/library/haproxy:2.6.12",
  ]);
  expect(missing).toMatchObject([
    {
      reason: "envoy 1.39.0 is not here (1.40.0 is)",
      fix: expect.stringMatching(/^name 1\.40\.0 in the network file/),
    },
    { reason: "haproxy 3.0.0 is not here (2.6.12 is)", fix: expect.stringMatching(/^apt-get install haproxy, /) },
  ]);
});

test("CouchDB is missing, with the way to get it", async () => {
  const { missing } = await prepareImages([couchdb], { env });
  expect(missing).toEqual([
    {
      reference: couchdb.reference,
      reason: expect.stringContaining("CouchDB is not built here"),
      fix: `where Docker is: docker pull ${couchdb.reference} && docker save --output couchdb.tar ${couchdb.reference}; then put that file into ${readyFolder(env)}`,
    },
  ]);
});

test("an image that is pinned by its digest cannot be one that was made here", async () => {
  const reference = `docker.io/hyperledger/fabric-ca:1.5.21@sha256:${"0".repeat(64)}`;
  const { missing } = await prepareImages([{ kind: "ca", version: "1.5.21", reference }], { env });
  expect(missing).toMatchObject([{ reference, reason: expect.stringContaining("pinned by its digest") }]);
});

test("an archive in the folder of ready images is taken, instead of making that image or missing it", async () => {
  mkdirSync(readyFolder(env), { recursive: true });
  const archive = join(readyFolder(env), "couchdb.tar");
  await writeDockerArchive(archive, "couchdb:3.4.2", [], { environment: {} });
  const { archives, missing } = await prepareImages([couchdb], { env });
  expect(missing).toEqual([]);
  expect(archives).toEqual([{ reference: couchdb.reference, archive }]);
  const everyNode = await prepareNodeImages({ env });
  expect(everyNode.map(({ reference }) => reference)).toEqual([pauseReference, corednsReference, couchdb.reference]);
});

test.each([
  ["is text", "not an archive"],
  ["is empty", ""],
])("a file there that %s is told", async (_what, content) => {
  mkdirSync(readyFolder(env), { recursive: true });
  const file = join(readyFolder(env), "couchdb.tar");
  writeFileSync(file, content);
  await expect(prepareNodeImages({ env })).rejects.toMatchObject({
    message: `${file} is not an archive of named images`,
    fix: expect.stringContaining("docker save"),
  });
});
