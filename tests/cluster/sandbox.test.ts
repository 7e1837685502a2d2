/** The sandbox is a real control plane, its zones can be lost, and it leaves nothing behind. */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { CoreV1Api, StorageV1Api, type V1PersistentVolumeClaim, type V1Pod } from "@kubernetes/client-node";
import { sandboxStatus, startSandbox, stopSandbox } from "../../sandbox/sandbox";
import { zonalProvisioner, zoneLabel } from "../../sandbox/simulation/labels";
import { readRecord } from "../../sandbox/state";
import { identify, isRunning, type ProcessIdentity } from "../../sandbox/supervisor/process-identity";
import {
  type Cluster,
  clusterOf,
  createNamespace,
  dryRunCreate,
  eventually,
  evict,
  found,
  listPods,
} from "./support/cluster";

const folder = mkdtempSync(path.join(tmpdir(), "sandbox-test-"));
const dir = path.join(folder, "sandbox");
const start = async (): Promise<Cluster> => clusterOf(await startSandbox({ dir, owner: process.pid }));

afterAll(async () => {
  await stopSandbox(dir);
  rmSync(folder, { recursive: true, force: true });
});

/** Every process of the sandbox: its daemon's and its children's. */
function processes(): ProcessIdentity[] {
  const record = readRecord(dir);
  return [...(record?.daemon ? [record.daemon] : []), ...(record?.children.map(({ process }) => process) ?? [])];
}

const pod = (name: string, more: Partial<NonNullable<V1Pod["spec"]>> = {}): V1Pod => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name, labels: { app: name } },
  spec: { containers: [{ name: "main", image: "example.org/main:1" }], ...more },
});

const claim = (name: string, storageClassName: string): V1PersistentVolumeClaim => ({
  metadata: { name },
  spec: { storageClassName, accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
});

const onNode = (node: string): Partial<NonNullable<V1Pod["spec"]>> => ({
  nodeSelector: { "kubernetes.io/hostname": node },
});

async function podReady({ config }: Cluster, namespace: string, name: string): Promise<void> {
  await eventually(`${name} is ready`, async () =>
    (await listPods(config, { namespace })).some((found) => found.name === name && found.ready),
  );
}

describe("a running sandbox", () => {
  let cluster: Cluster;
  let core: CoreV1Api;
  let namespace: string;
  beforeAll(async () => {
    cluster = await start();
    core = cluster.config.makeApiClient(CoreV1Api);
    namespace = await createNamespace(cluster.config);
  });

  test("has two full zones and a witness, all nodes Ready", async () => {
    const status = await sandboxStatus(dir);
    expect(status).toMatchObject({
      state: "running",
      zones: [
        { name: "zone-a", lost: false, nodes: [{ ready: true }, { ready: true }] },
        { name: "zone-b", lost: false, nodes: [{ ready: true }, { ready: true }] },
        { name: "zone-c", lost: false, nodes: [{ ready: true }] },
      ],
    });
  });

  test("keeps the kubeconfig from other users, and names its context sandbox", () => {
    expect(statSync(cluster.sandbox.kubeconfig).mode & 0o777).toBe(0o600);
    expect(statSync(dir).mode & 0o077).toBe(0);
    expect(cluster.config.currentContext).toBe("sandbox");
    expect(new URL(cluster.sandbox.server).hostname).toBe("127.0.0.1");
  });

  test("is given to whoever starts it again, with the same processes", async () => {
    const before = processes();
    const again = await startSandbox({ dir });
    expect(again).toMatchObject({ started: false, server: cluster.sandbox.server });
    expect(processes()).toEqual(before);
  });

  test("refuses to be another sandbox than it is", async () => {
    await expect(startSandbox({ dir, zones: [{ name: "only", nodes: 1 }] })).rejects.toThrow(/with other zones/);
  });

  test("plays a pod's init containers before its containers", async () => {
    const initContainers = [{ name: "first", image: "example.org/first:1" }];
    await core.createNamespacedPod({ namespace, body: pod("with-init", { initContainers }) });
    await podReady(cluster, namespace, "with-init");
    const { status } = await core.readNamespacedPod({ namespace, name: "with-init" });
    expect(status?.initContainerStatuses).toMatchObject([{ name: "first", state: { terminated: { exitCode: 0 } } }]);
    expect(status?.containerStatuses).toMatchObject([{ name: "main", ready: true, started: true }]);
    expect(status?.podIP).toMatch(/^10\.244\./);
  });

  test("binds a claim in the zone that its class allows, and its pod follows", async () => {
    await cluster.config.makeApiClient(StorageV1Api).createStorageClass({
      body: {
        metadata: { name: "only-zone-b" },
        provisioner: zonalProvisioner,
        volumeBindingMode: "WaitForFirstConsumer",
        reclaimPolicy: "Retain",
        allowVolumeExpansion: true,
        allowedTopologies: [{ matchLabelExpressions: [{ key: zoneLabel, values: ["zone-b"] }] }],
      },
    });
    await core.createNamespacedPersistentVolumeClaim({ namespace, body: claim("ledger", "only-zone-b") });
    const volumes = [{ name: "ledger", persistentVolumeClaim: { claimName: "ledger" } }];
    await core.createNamespacedPod({ namespace, body: pod("in-zone-b", { volumes }) });
    await podReady(cluster, namespace, "in-zone-b");
    expect(await listPods(cluster.config, { namespace, labelSelector: "app=in-zone-b" })).toMatchObject([
      { zone: "zone-b", phase: "Running" },
    ]);
  });

  test("lets a volume grow", async () => {
    const { spec, ...rest } = await core.readNamespacedPersistentVolumeClaim({ namespace, name: "ledger" });
    await core.replaceNamespacedPersistentVolumeClaim({
      namespace,
      name: "ledger",
      body: { ...rest, spec: { ...spec, resources: { requests: { storage: "2Gi" } } } },
    });
    await eventually("the claim has 2Gi", async () => {
      const { status } = await core.readNamespacedPersistentVolumeClaim({ namespace, name: "ledger" });
      return status?.capacity?.["storage"] === "2Gi";
    });
    const volume = await core.readPersistentVolume({ name: spec?.volumeName ?? "" });
    expect(volume.spec?.capacity).toEqual({ storage: "2Gi" });
  });

  test("keeps a volume under Retain when its claim goes, and removes it under Delete", async () => {
    await core.createNamespacedPersistentVolumeClaim({ namespace, body: claim("scratch", "zonal") });
    const volumes = [{ name: "scratch", persistentVolumeClaim: { claimName: "scratch" } }];
    await core.createNamespacedPod({ namespace, body: pod("with-scratch", { volumes }) });
    await podReady(cluster, namespace, "with-scratch");
    const volumeOf = async (name: string): Promise<string> =>
      (await core.readNamespacedPersistentVolumeClaim({ namespace, name })).spec?.volumeName ?? "";
    const [retained, deleted] = [await volumeOf("ledger"), await volumeOf("scratch")];

    for (const name of ["in-zone-b", "with-scratch"]) await core.deleteNamespacedPod({ namespace, name });
    for (const name of ["ledger", "scratch"]) await core.deleteNamespacedPersistentVolumeClaim({ namespace, name });
    await eventually(
      "the volume is gone",
      async () => !(await found(() => core.readPersistentVolume({ name: deleted }))),
    );
    await eventually("the other is released", async () => {
      const { status } = await core.readPersistentVolume({ name: retained });
      return status?.phase === "Released";
    });
  });

  test("enforces Pod Security: a privileged pod is refused where restricted is asked for", async () => {
    const restricted = await createNamespace(cluster.config, { "pod-security.kubernetes.io/enforce": "restricted" });
    const privileged = pod("privileged");
    const reply = await dryRunCreate(cluster.config, {
      ...privileged,
      metadata: { ...privileged.metadata, namespace: restricted },
      spec: { containers: [{ name: "main", image: "example.org/main:1", securityContext: { privileged: true } }] },
    } as V1Pod);
    expect(reply).toMatchObject({ code: 403, message: expect.stringContaining('violates PodSecurity "restricted') });
  });

  test("warns where Pod Security only warns, and knows every field", async () => {
    const warned = await createNamespace(cluster.config, { "pod-security.kubernetes.io/warn": "restricted" });
    const metadata = { name: "lax", namespace: warned };
    const lax = await dryRunCreate(cluster.config, { ...pod("lax"), metadata });
    expect(lax).toMatchObject({ code: 201, warnings: [expect.stringContaining("would violate PodSecurity")] });
    const unknown = await dryRunCreate(cluster.config, { ...pod("lax"), metadata, colour: "red" } as V1Pod);
    expect(unknown).toMatchObject({ code: 400, message: expect.stringContaining('unknown field "colour"') });
    expect(await listPods(cluster.config, { namespace: warned })).toEqual([]);
  });

  test("allows an eviction, and the pod is gone", async () => {
    await core.createNamespacedPod({ namespace, body: pod("evicted") });
    await podReady(cluster, namespace, "evicted");
    expect(await evict(cluster.config, namespace, "evicted")).toMatchObject({ code: 201 });
    await eventually("the pod is gone", async () =>
      (await listPods(cluster.config, { namespace })).every(({ name }) => name !== "evicted"),
    );
  });

  test("a lost zone's nodes and pods stop being ready, stay so, and come back with the zone", async () => {
    const ready = async (): Promise<Record<string, boolean>> =>
      Object.fromEntries(
        (await listPods(cluster.config, { namespace, labelSelector: "app in (here, there)" })).map(
          ({ zone, ready }) => [zone ?? "", ready] as const,
        ),
      );
    await core.createNamespacedPod({ namespace, body: pod("here", onNode("zone-a-node-1")) });
    await core.createNamespacedPod({ namespace, body: pod("there", onNode("zone-b-node-1")) });
    await podReady(cluster, namespace, "here");
    await podReady(cluster, namespace, "there");

    const begin = Date.now();
    await cluster.sandbox.loseZone("zone-a");
    expect(Date.now() - begin).toBeLessThan(30_000);
    expect(await ready()).toEqual({ "zone-a": false, "zone-b": true });
    await eventually("the node's pods are to be evicted", async () => {
      const { spec } = await core.readNode({ name: "zone-a-node-1" });
      return (spec?.taints ?? []).some(
        ({ key, effect }) => key === "node.kubernetes.io/unreachable" && effect === "NoExecute",
      );
    });

    // A pod that is deleted there cannot end: nobody is there to end it.
    await core.createNamespacedPod({ namespace, body: pod("witness", onNode("zone-c-node-1")) });
    await podReady(cluster, namespace, "witness");
    await core.deleteNamespacedPod({ namespace, name: "here" });
    await core.deleteNamespacedPod({ namespace, name: "witness" });
    await eventually("the witness's pod is gone", async () =>
      (await listPods(cluster.config, { namespace })).every(({ name }) => name !== "witness"),
    );
    expect((await core.readNamespacedPod({ namespace, name: "here" })).metadata?.deletionTimestamp).toBeDefined();
    expect(await ready()).toEqual({ "zone-a": false, "zone-b": true });
    expect(await sandboxStatus(dir)).toMatchObject({
      zones: [{ lost: true }, { lost: false }, { lost: false }],
    });

    await cluster.sandbox.restoreZone("zone-a");
    expect(await sandboxStatus(dir)).toMatchObject({
      zones: [{ lost: false, nodes: [{ ready: true }, { ready: true }] }, {}, {}],
    });
    await eventually("the deleted pod has ended", async () => Object.keys(await ready()).join() === "zone-b");
  });

  test("a pod that stayed in a lost zone is ready again when the zone is, with nothing restarted", async () => {
    await core.createNamespacedPod({ namespace, body: pod("stayed", onNode("zone-c-node-1")) });
    await podReady(cluster, namespace, "stayed");
    await cluster.sandbox.loseZone("zone-c");
    const before = await core.readNamespacedPod({ namespace, name: "stayed" });
    expect(before.status).toMatchObject({ phase: "Running" });
    await cluster.sandbox.restoreZone("zone-c");
    const after = await core.readNamespacedPod({ namespace, name: "stayed" });
    expect(after.metadata?.uid).toBe(before.metadata?.uid);
    expect(after.status?.conditions).toContainEqual(expect.objectContaining({ type: "Ready", status: "True" }));
    expect(after.status?.containerStatuses).toMatchObject([{ restartCount: 0 }]);
  });

  test("names its zones where another is asked for", async () => {
    await expect(cluster.sandbox.loseZone("zone-x")).rejects.toMatchObject({
      fix: "name one of: zone-a, zone-b, zone-c",
    });
  });
});

describe("its end", () => {
  test("a program that dies is reported and not started again", async () => {
    await start();
    const kwok = readRecord(dir)?.children.find(({ name }) => name === "kwok");
    process.kill(kwok!.process.pid, "SIGKILL");
    await eventually("kwok's death is recorded", () =>
      Boolean(readRecord(dir)?.children.some(({ died }) => died === "killed by SIGKILL")),
    );
    expect(await sandboxStatus(dir)).toMatchObject({ state: "degraded" });
    await expect(startSandbox({ dir })).rejects.toThrow(/kwok ended by itself \(killed by SIGKILL\)/);
  });

  test("after a kill -9 of the daemon the next start removes what it left, and works", async () => {
    await stopSandbox(dir);
    await start();
    const old = processes();
    process.kill(readRecord(dir)!.daemon!.pid, "SIGKILL");
    await eventually("the daemon is gone", () => !isRunning(old[0]!));
    expect(await sandboxStatus(dir)).toMatchObject({ state: "stale" });
    expect(old.filter(isRunning)).toHaveLength(5);

    const fresh = await start();
    expect(fresh.sandbox.started).toBe(true);
    expect(old.filter(isRunning)).toEqual([]);
    expect(await sandboxStatus(dir)).toMatchObject({ state: "running" });
  });

  test("two starts at the same time give one sandbox", async () => {
    await stopSandbox(dir);
    const both = await Promise.all([start(), start()]);
    expect(both.map(({ sandbox }) => sandbox.started).sort()).toEqual([false, true]);
    expect(new Set(both.map(({ sandbox }) => sandbox.server)).size).toBe(1);
  });

  test("down leaves no process and no folder", async () => {
    await start();
    const old = processes();
    expect(old).toHaveLength(6);
    expect(await stopSandbox(dir)).toBe(true);
    expect(old.filter(isRunning)).toEqual([]);
    expect(existsSync(dir)).toBe(false);
    expect(await stopSandbox(dir)).toBe(false);
  });

  test.each(["SIGINT", "SIGHUP"] as const)("%s to the daemon leaves no process and no folder", async (name) => {
    await start();
    const old = processes();
    process.kill(readRecord(dir)!.daemon!.pid, name);
    await eventually("every process has ended", () => !old.some(isRunning));
    expect(existsSync(dir)).toBe(false);
  });

  test("it ends when its folder is removed", async () => {
    await start();
    const old = processes();
    rmSync(dir, { recursive: true });
    await eventually("every process has ended", () => !old.some(isRunning));
    expect(existsSync(dir)).toBe(false);
  });

  test("it ends with the process that it was started for", async () => {
    const owner = spawn(process.execPath, ["-e", "process.stdin.resume()"], { stdio: ["pipe", "ignore", "ignore"] });
    await startSandbox({ dir, owner: owner.pid! });
    const old = processes();
    expect(identify(owner.pid!)).toBeDefined();
    owner.kill("SIGKILL");
    await eventually("every process has ended", () => !old.some(isRunning));
    expect(existsSync(dir)).toBe(false);
  });
});
