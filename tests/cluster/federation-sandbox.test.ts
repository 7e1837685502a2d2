/** A federation in the sandbox is several whole clusters; members can be lost, and it leaves nothing behind. */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { CoreV1Api, CustomObjectsApi, type KubeConfig, type V1Pod } from "@kubernetes/client-node";
import { loadConfig } from "../../sandbox/controlplane/client";
import {
  attachFederation,
  type Engine,
  type Federation,
  type FederatedCluster,
  startFederation,
} from "../../sandbox/federation/federation";
import { attachSandbox, sandboxStatus, startSandbox, stopSandbox } from "../../sandbox/sandbox";
import { zoneLabel } from "../../sandbox/simulation/labels";
import { readRecord } from "../../sandbox/state";
import { isRunning, type ProcessIdentity } from "../../sandbox/supervisor/process-identity";
import { eventually, listPods } from "./support/cluster";
import { adminToken, authorityOf } from "./support/member-token";

const folder = mkdtempSync(path.join(tmpdir(), "federation-test-"));
const dir = path.join(folder, "federation");
const members = [
  {
    name: "aws-prod",
    zones: [
      { name: "zone-a", nodes: 2 },
      { name: "zone-b", nodes: 1 },
    ],
  },
  { name: "third" },
];
const start = (engine: Engine): Promise<Federation> => startFederation({ dir, members, engine, owner: process.pid });

afterAll(async () => {
  await stopSandbox(dir);
  rmSync(folder, { recursive: true, force: true });
});

function processes(): ProcessIdentity[] {
  const record = readRecord(dir);
  return [...(record?.daemon ? [record.daemon] : []), ...(record?.children.map(({ process }) => process) ?? [])];
}

const coreOf = ({ kubeconfig }: FederatedCluster): CoreV1Api => loadConfig(kubeconfig).makeApiClient(CoreV1Api);

const pod = (name: string): V1Pod => ({
  metadata: { name },
  spec: { containers: [{ name: "main", image: "example.org/main:1" }] },
});

async function podReady(cluster: FederatedCluster, name: string): Promise<void> {
  await eventually(`${name} is ready in ${cluster.name}`, async () =>
    (await listPods(loadConfig(cluster.kubeconfig), { namespace: "default" })).some(
      (found) => found.name === name && found.ready,
    ),
  );
}

/** Whether the engine says of a joined member that it is there. */
async function isReadyMember(config: KubeConfig, kind: Parameters<CustomObjectsApi["getClusterCustomObject"]>[0]) {
  const object = (await config.makeApiClient(CustomObjectsApi).getClusterCustomObject(kind)) as {
    status?: { conditions?: { type: string; status: string }[] };
  };
  return object.status?.conditions?.find(({ type }) => type === "Ready")?.status;
}

describe("a federation with Karmada on its host", () => {
  let federation: Federation;
  let member: FederatedCluster;
  beforeAll(async () => {
    federation = await start("karmada");
    member = federation.cluster("aws-prod");
  });

  test("has a host that runs nothing, and members with nodes in zones of their own", async () => {
    expect(federation).toMatchObject({ started: true, engine: "karmada", host: { name: "host", role: "host" } });
    expect(federation.members.map(({ name, role }) => [name, role])).toEqual([
      ["aws-prod", "member"],
      ["third", "member"],
    ]);
    expect((await coreOf(federation.host).listNode()).items).toEqual([]);
    const zones = (await coreOf(member).listNode()).items.map(({ metadata }) => metadata?.labels?.[zoneLabel]);
    expect(zones.sort()).toEqual(["zone-a", "zone-a", "zone-b"]);
    expect((await coreOf(federation.cluster("third")).listNode()).items).toHaveLength(1);
    expect(await sandboxStatus(dir)).toMatchObject({ state: "running" });
  });

  test("gives one kubeconfig with a context for each cluster, and one for each alone", () => {
    const all = loadConfig(federation.kubeconfig);
    expect(all.getContexts().map(({ name }) => name)).toEqual(["host", "aws-prod", "third"]);
    expect(all.currentContext).toBe("host");
    expect(loadConfig(member.kubeconfig).currentContext).toBe("aws-prod");
    expect(() => federation.cluster("azure")).toThrow(/no cluster "azure"/);
  });

  test("its members know nothing of each other: a pod in one is in no other", async () => {
    await coreOf(member).createNamespacedPod({ namespace: "default", body: pod("only-here") });
    await podReady(member, "only-here");
    expect(await listPods(loadConfig(federation.cluster("third").kubeconfig))).toEqual([]);
  });

  test("is given to whoever starts it again, and to no one who wants another", async () => {
    const before = processes();
    expect(await start("karmada")).toMatchObject({ started: false, host: federation.host });
    expect(attachFederation(dir)).toMatchObject({ members: federation.members });
    expect(attachSandbox(dir)).toBeUndefined();
    expect(processes()).toEqual(before);
    await expect(start("kubefed")).rejects.toThrow(/another engine/);
    await expect(startSandbox({ dir })).rejects.toThrow(/runs as a federation/);
  });

  test("a member that is joined is Ready, is noticed within seconds when its API server stops, and comes back", async () => {
    const host = loadConfig(federation.host.kubeconfig);
    const core = host.makeApiClient(CoreV1Api);
    const [name, namespace] = ["aws-prod", "karmada-cluster"];
    const data = { token: await adminToken(member), caBundle: Buffer.from(authorityOf(member)).toString() };
    await core.createNamespacedSecret({ namespace, body: { metadata: { name }, data } });
    const kind = { group: "cluster.karmada.io", version: "v1alpha1", plural: "clusters" };
    const spec = { syncMode: "Push", apiEndpoint: member.server, secretRef: { namespace, name } };
    await host.makeApiClient(CustomObjectsApi).createClusterCustomObject({
      ...kind,
      body: { apiVersion: "cluster.karmada.io/v1alpha1", kind: "Cluster", metadata: { name }, spec },
    });
    const ready = () => isReadyMember(host, { ...kind, name });
    await eventually("the member is Ready", async () => (await ready()) === "True");

    await federation.stopApiServer("aws-prod");
    expect(await federation.answers("aws-prod")).toBe(false);
    expect(await federation.answers("third")).toBe(true);
    await eventually("Karmada notices", async () => (await ready()) === "False", 30);
    await federation.startApiServer("aws-prod");
    expect((await coreOf(member).readNamespacedPod({ namespace: "default", name: "only-here" })).status?.phase).toBe(
      "Running",
    );
    await eventually("Karmada notices that it is back", async () => (await ready()) === "True", 30);
  });

  test("a member that is killed whole comes back with everything it had, and goes on working", async () => {
    const before = processes();
    await federation.killMember("aws-prod");
    expect(await sandboxStatus(dir)).toMatchObject({
      state: "running",
      clusters: [{ name: "host" }, { name: "aws-prod", ready: false, fault: "killed" }, { name: "third", ready: true }],
    });
    expect(before.filter((one) => !isRunning(one))).toHaveLength(4);
    expect(await federation.answers("third")).toBe(true);
    await federation.restoreMember("aws-prod");
    await podReady(member, "only-here");
    await coreOf(member).createNamespacedPod({ namespace: "default", body: pod("after") });
    await podReady(member, "after");
    expect(await sandboxStatus(dir)).toMatchObject({ state: "running" });
  });

  test("loses one zone of one member", async () => {
    await federation.loseZone("aws-prod", "zone-b");
    const ready = (await coreOf(member).listNode()).items.map(({ metadata, status }) => [
      metadata?.labels?.[zoneLabel],
      status?.conditions?.find(({ type }) => type === "Ready")?.status === "True",
    ]);
    expect(ready.sort()).toEqual([
      ["zone-a", true],
      ["zone-a", true],
      ["zone-b", false],
    ]);
    await federation.restoreZone("aws-prod", "zone-b");
    await expect(federation.loseZone("third", "zone-b")).rejects.toThrow(/third has no zone "zone-b"/);
  });

  test("ends whole", async () => {
    const old = processes();
    expect(old.length).toBeGreaterThan(14);
    await federation.stop();
    expect(old.filter(isRunning)).toEqual([]);
    expect(existsSync(dir)).toBe(false);
  });
});

describe("a federation with KubeFed on its host", () => {
  test("its controllers, which end when they lose touch, are started again", async () => {
    await start("kubefed");
    const controller = () => readRecord(dir)?.children.find(({ name }) => name === "host.kubefed-controller-manager");
    const old = controller()!.process;
    process.kill(old.pid, "SIGKILL");
    await eventually("another one runs", () => {
      const now = controller()?.process;
      return now !== undefined && now.pid !== old.pid && isRunning(now);
    });
    expect(await sandboxStatus(dir)).toMatchObject({ state: "running" });
  });

  test("after a kill -9 of the daemon, down removes what it left", async () => {
    const old = processes();
    const daemon = readRecord(dir)!.daemon!;
    process.kill(daemon.pid, "SIGKILL");
    await eventually("the daemon is gone", () => !isRunning(daemon));
    expect(await sandboxStatus(dir)).toMatchObject({ state: "stale" });
    expect(await stopSandbox(dir)).toBe(true);
    expect(old.filter(isRunning)).toEqual([]);
    expect(existsSync(dir)).toBe(false);
  });

  test("it ends with the process that it was started for", async () => {
    const owner = spawn(process.execPath, ["-e", "process.stdin.resume()"], { stdio: ["pipe", "ignore", "ignore"] });
    await startFederation({ dir, members: [{ name: "one" }], owner: owner.pid! });
    const old = processes();
    owner.kill("SIGKILL");
    await eventually("every process has ended", () => !old.some(isRunning));
    expect(existsSync(dir)).toBe(false);
  });
});

test.each([
  [[], /without members/],
  [[{ name: "a" }, { name: "a" }], /a is named twice/],
  [[{ name: "host" }], /host is named twice/],
  [[{ name: "AWS" }], /"AWS" is not the name of a cluster/],
])("refuses %j", async (wrong, message) => {
  await expect(startFederation({ dir, members: wrong })).rejects.toThrow(message);
  expect(existsSync(dir)).toBe(false);
});
