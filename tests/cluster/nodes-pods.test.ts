/** On real nodes pods run, find each other by name, keep their volumes, and are lost with their zone as in a data centre. */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { CoreV1Api } from "@kubernetes/client-node";
import { realZoneStatus } from "../../sandbox/nodes/real-zones";
import { type Sandbox, sandboxStatus, startSandbox, stopSandbox } from "../../sandbox/sandbox";
import { layout, readRecord } from "../../sandbox/state";
import { type Cluster, clusterOf, createNamespace, eventually, found, listPods } from "./support/cluster";
import { describeRealNodes, execScript, isReadyPod, nodeImage, patience, scriptPod } from "./support/real-nodes";

jest.setTimeout(patience);

const server = `
  const { appendFileSync, readFileSync } = require("node:fs");
  appendFileSync("/data/starts", "start\\n");
  console.log("serving");
  require("node:http").createServer((_, answer) => answer.end(readFileSync("/data/starts"))).listen(8080);
`;
const idle = "setInterval(() => undefined, 1000)";

/** Asks a server; says what went wrong where it does not answer within two seconds. */
const ask = (host: string): string => `
  fetch("http://${host}:8080", { signal: AbortSignal.timeout(2000) })
    .then((answer) => answer.text())
    .then((text) => console.log(text), (failure) => console.log("failed: " + (failure.cause?.code ?? failure.name)));
`;

describeRealNodes("on real nodes", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "nodes-test-"));
  const dir = path.join(folder, "sandbox");
  let sandbox: Sandbox;
  let cluster: Cluster;
  let core: CoreV1Api;
  let namespace: string;

  beforeAll(async () => {
    sandbox = await startSandbox({ dir, nodes: "real", images: [await nodeImage()], owner: process.pid });
    cluster = clusterOf(sandbox);
    core = cluster.config.makeApiClient(CoreV1Api);
    namespace = await createNamespace(cluster.config, { "pod-security.kubernetes.io/enforce": "restricted" });
    await core.createNamespacedPersistentVolumeClaim({
      namespace,
      body: {
        metadata: { name: "data" },
        spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
      },
    });
    await core.createNamespacedService({
      namespace,
      body: { metadata: { name: "server" }, spec: { selector: { app: "server" }, ports: [{ port: 8080 }] } },
    });
    await core.createNamespacedPod({ namespace, body: scriptPod("server", "zone-b", server, "data") });
    for (const zone of ["zone-a", "zone-c"]) {
      await core.createNamespacedPod({ namespace, body: scriptPod(`client-${zone}`, zone, idle) });
    }
    for (const name of ["server", "client-zone-a", "client-zone-c"]) await ready(name);
  });

  afterAll(async () => {
    await stopSandbox(dir);
    rmSync(folder, { recursive: true, force: true });
  });

  const ready = (name: string): Promise<void> =>
    eventually(`${name} is ready`, () => isReadyPod(cluster.config, namespace, name), 120);
  const from = (client: string, host: string): Promise<string> =>
    execScript(cluster.config, namespace, client, ask(host));
  const address = async (name: string): Promise<string> =>
    (await core.readNamespacedPod({ namespace, name })).status?.podIP ?? "";
  const service = (): string => `server.${namespace}.svc.cluster.local`;

  test("each zone has one node, and pods run in the zone they ask for", async () => {
    const status = await sandboxStatus(dir);
    expect(status).toMatchObject({
      state: "running",
      nodes: "real",
      zones: ["zone-a", "zone-b", "zone-c"].map((name) => ({ name, lost: false, nodes: [{ name, ready: true }] })),
    });
    const pods = await listPods(cluster.config, { namespace });
    expect(pods.map(({ name, zone }) => [name, zone])).toEqual([
      ["client-zone-a", "zone-a"],
      ["client-zone-c", "zone-c"],
      ["server", "zone-b"],
    ]);
  });

  test("a pod of another zone is reached by its address, by a Service's name, and from this machine", async () => {
    expect(await from("client-zone-a", await address("server"))).toContain("start");
    expect(await from("client-zone-a", service())).toContain("start");
    expect(await (await fetch(`http://${await address("server")}:8080`)).text()).toContain("start");
  });

  test("a pod reaches the API server under its name", async () => {
    const script = `require("node:net").connect(443, "kubernetes.default.svc").once("connect", () => { console.log("connected"); process.exit(0); })`;
    expect(await execScript(cluster.config, namespace, "client-zone-c", script)).toContain("connected");
  });

  test("what a pod writes to its log can be read", async () => {
    expect(await core.readNamespacedPodLog({ namespace, name: "server" })).toBe("serving\n");
  });

  test("nothing outside the sandbox is in reach of a pod", async () => {
    expect(await from("client-zone-a", "192.0.2.200")).toMatch(/failed: (ENETUNREACH|EHOSTUNREACH)/);
  });

  test("a cut zone is NotReady within 15 s, runs on inside, and comes back as it was", async () => {
    const before = await address("server");
    await sandbox.cutZone("zone-b");
    const cut = Date.now();
    // Silence, not an answer that nobody is there.
    expect(await from("client-zone-a", before)).toContain("failed: TimeoutError");
    await eventually("zone-b is NotReady", async () => (await zone("zone-b")).nodes.every((node) => !node.ready), 60);
    expect(Date.now() - cut).toBeLessThan(15_000);
    expect(await zone("zone-b")).toMatchObject({ lost: true, fault: "cut" });

    await sandbox.restoreZone("zone-b");
    await ready("server");
    expect(await zone("zone-b")).toMatchObject({ lost: false, nodes: [{ ready: true }] });
    expect(await from("client-zone-a", before)).toBe("start\n\n");
  });

  test("between two zones with a cut link nothing passes, and everything else does", async () => {
    const target = await address("server");
    await sandbox.cutLink("zone-b", "zone-a");
    expect((await sandboxStatus(dir)) as object).toMatchObject({ cutLinks: [["zone-a", "zone-b"]] });
    expect(await from("client-zone-a", target)).toContain("failed: TimeoutError");
    expect(await from("client-zone-c", target)).toContain("start");
    await sandbox.restoreLink("zone-a", "zone-b");
    expect(await from("client-zone-a", target)).toContain("start");
  });

  test("a killed zone answers that nobody is there, and its pods start again with their volumes", async () => {
    await sandbox.killZone("zone-b");
    expect(await from("client-zone-a", await address("server"))).toMatch(/failed: E(HOST|NET)UNREACH/);
    expect(await zone("zone-b")).toMatchObject({ lost: true, fault: "killed" });

    await sandbox.restoreZone("zone-b");
    await eventually(
      "the server runs again",
      async () => (await from("client-zone-a", service())) === "start\nstart\n\n",
      120,
    );
  });

  test("a volume's folder goes with its claim", async () => {
    const { spec } = await core.readNamespacedPersistentVolumeClaim({ namespace, name: "data" });
    const place = path.join(layout(dir).volumes, spec?.volumeName ?? "");
    expect(existsSync(path.join(place, "starts"))).toBe(true);
    await core.deleteNamespacedPod({ namespace, name: "server" });
    await core.deleteNamespacedPersistentVolumeClaim({ namespace, name: "data" });
    await eventually(
      "the volume is gone",
      async () => !(await found(() => core.readPersistentVolume({ name: spec?.volumeName ?? "" }))),
      120,
    );
    await eventually("its folder is gone", () => !existsSync(place));
  });

  test("a zone that there is not cannot be broken", async () => {
    await expect(sandbox.cutZone("zone-x")).rejects.toThrow('no zone "zone-x"');
    await expect(sandbox.cutLink("zone-a", "zone-a")).rejects.toThrow("to itself");
  });

  test("a running sandbox is not given for one with simulated nodes", async () => {
    await expect(startSandbox({ dir, nodes: "simulated" })).rejects.toThrow("runs with real nodes");
  });

  async function zone(name: string) {
    const record = readRecord(dir);
    const status =
      record && (await realZoneStatus(record.zones, record.faults, cluster.config)).find((one) => one.name === name);
    if (!status) throw new Error(`no ${name}`);
    return status;
  }
});
