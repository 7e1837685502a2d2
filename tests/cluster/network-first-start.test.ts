/** The minimal example: its first start in a zone that takes no pods, and what people do to it by hand. */
import { AppsV1Api, CoreV1Api, PatchStrategy, setHeaderOptions } from "@kubernetes/client-node";
import { claimedFirstClassName } from "../../lib/spec/names";
import { objectKey } from "../../lib/constructs/manifests";
import type { Placement } from "../../lib/placement/node";
import { objections, withoutAdvice } from "./support/accepted";
import { connect, live } from "./support/api";
import { create, eventually, found, sharedSandbox, type Cluster, type PlacedPod } from "./support/cluster";
import { counts, NetworkStack } from "./support/network-stack";
import type { Run } from "./support/stack";
import { removeNetwork } from "./support/leftovers";
import { cordon, release, taint } from "./support/nodes";
import {
  allPodsOf,
  allReady,
  forceDeleteAll,
  jobPodsOf,
  liveTable,
  placedTable,
  podsOf,
  replaced,
  uidsOf,
} from "./support/placed";

let cluster: Cluster;
let stack: NetworkStack;
let placement: Placement;
let core: CoreV1Api;

const namespace = "minimal-org1";
const peers = { namespace, name: "peer0-org1" };
const secondClaim = { namespace, name: "data-peer0-org1-1" };
const strategicMerge = setHeaderOptions("Content-Type", PatchStrategy.StrategicMergePatch);

const isWaiting = ({ pod }: PlacedPod): boolean =>
  pod.status?.conditions?.some(({ type, reason }) => type === "PodScheduled" && reason === "Unschedulable") ?? false;

/** The pod that Kubernetes cannot place; waits for it. */
async function waitingPod(name: string): Promise<PlacedPod> {
  let waiting: PlacedPod | undefined;
  await eventually(`${name} waits`, async () => {
    waiting = (await podsOf(cluster.config, placement)).find((pod) => pod.name === name && isWaiting(pod));
    return waiting !== undefined;
  });
  return waiting as PlacedPod;
}

/** Nodes enrol with authorities, so nothing starts before those are made; theirs is the first zone. */
async function authoritiesWait(up: Promise<Run>): Promise<void> {
  let ended: Run | undefined;
  void up.then((run) => (ended = run));
  await eventually("the Jobs that make authorities wait", async () => {
    if (ended !== undefined) throw new Error(`pulumi ended with ${ended.exit}:\n${ended.output}`);
    const waiting = (await jobPodsOf(cluster.config, placement)).filter(isWaiting);
    return waiting.length === placement.network.organisations.length;
  });
  const placed = (await allPodsOf(cluster.config, placement)).filter(({ node }) => node !== undefined);
  expect(placed.map(({ name }) => name)).toEqual([]);
}

const expectAsPlaced = async () =>
  expect(await liveTable(cluster.config, placement)).toEqual(placedTable(placement, stack.manifests()));

beforeAll(async () => {
  cluster = await sharedSandbox();
  core = cluster.config.makeApiClient(CoreV1Api);
  stack = await NetworkStack.make(cluster, "examples/minimal/network.yaml");
  ({ placement } = stack.plan());
}, 60 * 60_000);
afterAll(async () => {
  await release(cluster.config);
  await stack.remove();
});

test("a first start while zone-a is cordoned waits for it, and puts nothing where it does not belong", async () => {
  await cordon(cluster.config, "zone-a");
  const up = stack.up();
  await authoritiesWait(up);
  await release(cluster.config);
  expect(counts(await up)).toEqual({ created: stack.manifests().objects.length + 3 });
  await expectAsPlaced();
});

test("peer0-org1-0 is in zone-a, peer0-org1-1 in zone-b, orderer-0 in zone-a", async () => {
  const zones = Object.fromEntries((await podsOf(cluster.config, placement)).map(({ name, zone }) => [name, zone]));
  expect(zones).toEqual({
    "peer0-org1-0": "zone-a",
    "peer0-org1-1": "zone-b",
    "orderer-0": "zone-a",
    "orderer-1": "zone-b",
    "orderer-2": "zone-c",
    "ca-org1-0": "zone-a",
    "ca-ordering-0": "zone-a",
  });
});

test("every object, and every pod of its templates, passes strict field validation and restricted Pod Security without a warning", async () => {
  expect(withoutAdvice(await objections(cluster.config, stack.manifests()))).toEqual([]);
});

test("every pod killed at once comes back in its zone, five times in a row, also while the scheduler would rather avoid zone-a", async () => {
  for (let round = 0; round < 5; round++) {
    if (round === 3) await taint(cluster.config, "zone-a", "PreferNoSchedule");
    await forceDeleteAll(cluster.config, placement);
    await allReady(cluster.config, placement);
    await expectAsPlaced();
  }
  await release(cluster.config);
});

test("a pod that was added by hand waits, in no zone; pulumi up says who did it, and takes it back when told to", async () => {
  const apps = cluster.config.makeApiClient(AppsV1Api);
  const before = await uidsOf(cluster.config, placement);
  await apps.patchNamespacedStatefulSetScale({ ...peers, body: { spec: { replicas: 3 } } }, strategicMerge);
  expect(await waitingPod("peer0-org1-2")).toMatchObject({ phase: "Pending" });

  const up = await stack.up();
  expect(up.exit).not.toBe(0);
  expect(up.output).toMatch(/StatefulSet\/minimal-org1\/peer0-org1: found .* has set .*replicas to 3/);
  expect(up.output).toContain("`pulumi refresh --yes`, then `PULUMI_K8S_ENABLE_PATCH_FORCE=true pulumi up`");

  await stack.refresh();
  expect(counts(await stack.up({ PULUMI_K8S_ENABLE_PATCH_FORCE: "true" }))).toMatchObject({ updated: 1 });
  await eventually("the third pod is gone", async () => {
    return (await podsOf(cluster.config, placement)).length === placement.nodes.length;
  });
  expect(replaced(before, await uidsOf(cluster.config, placement))).toEqual([]);
  await expectAsPlaced();
  await core.deleteNamespacedPersistentVolumeClaim({ namespace, name: "data-peer0-org1-2" });
});

test("a peer whose claim was deleted by hand waits, in no zone; what pulumi up then says brings it back, with its ledger", async () => {
  const before = await uidsOf(cluster.config, placement);
  const volume = (await core.readNamespacedPersistentVolumeClaim(secondClaim)).spec?.volumeName ?? "";
  await core.deleteNamespacedPersistentVolumeClaim(secondClaim);
  await core.deleteNamespacedPod({ namespace, name: "peer0-org1-1" });
  expect(await waitingPod("peer0-org1-1")).toMatchObject({ phase: "Pending" });
  expect(await core.readNamespacedPersistentVolumeClaim(secondClaim)).toMatchObject({
    spec: { storageClassName: claimedFirstClassName(placement.network) },
    status: { phase: "Pending" },
  });
  // The ledger is not lost with its claim.
  expect((await core.readPersistentVolume({ name: volume })).status?.phase).toBe("Released");

  const up = await stack.up();
  expect(up.exit).not.toBe(0);
  expect(up.output).toContain("found an empty claim that StatefulSet peer0-org1 made itself");
  expect(up.output).toContain("kubectl delete statefulset peer0-org1 -n minimal-org1 --cascade=orphan");
  expect(up.output).toContain("kubectl delete persistentvolumeclaim data-peer0-org1-1 -n minimal-org1");

  const apps = cluster.config.makeApiClient(AppsV1Api);
  await apps.deleteNamespacedStatefulSet({ ...peers, propagationPolicy: "Orphan" });
  await eventually("the StatefulSet is gone", async () => !(await found(() => apps.readNamespacedStatefulSet(peers))));
  await core.deleteNamespacedPersistentVolumeClaim(secondClaim);
  await eventually("the empty claim is gone", async () => {
    return !(await found(() => core.readNamespacedPersistentVolumeClaim(secondClaim)));
  });
  // Without this the peer would begin on an empty volume.
  const [, forgetsItsClaim = "no patch named"] = /kubectl patch pv <volume> -p '(.*?)'/.exec(up.output) ?? [];
  await core.patchPersistentVolume({ name: volume, body: JSON.parse(forgetsItsClaim) as object }, strategicMerge);
  await stack.refresh();
  expect(await stack.succeeds()).toMatchObject({ created: 2 });
  await allReady(cluster.config, placement);
  expect((await core.readNamespacedPersistentVolumeClaim(secondClaim)).spec?.volumeName).toBe(volume);
  await expectAsPlaced();
  expect(replaced(before, await uidsOf(cluster.config, placement))).toEqual([`${namespace}/peer0-org1-1`]);
});

test("destroy leaves the claims with their volumes and the namespaces that hold them, and nothing else", async () => {
  const { objects } = stack.manifests();
  await stack.destroy();
  expect((await allPodsOf(cluster.config, placement)).map(({ name }) => name)).toEqual([]);
  const api = await connect(cluster.sandbox.kubeconfig);
  const left = await live(api, stack.manifests());
  api.close();
  const kept = objects.filter(({ kind }) => kind === "Namespace" || kind === "PersistentVolumeClaim");
  expect([...left.keys()].sort()).toEqual(kept.map(objectKey).sort());
});

test("a first start while zone-a is tainted for maintenance waits for it, and prefers no other zone", async () => {
  await removeNetwork(cluster.config, placement.network.name);
  await taint(cluster.config, "zone-a", "NoSchedule");
  await taint(cluster.config, "zone-b", "PreferNoSchedule");
  const up = stack.up();
  await authoritiesWait(up);
  await release(cluster.config, "zone-a");
  // From now on the scheduler would rather put everything into zone-a, were it not for the claims.
  expect(counts(await up)).toEqual({ created: stack.manifests().objects.length + 3 });
  await expectAsPlaced();
});

test("applied as YAML and all at once, while zone-a is cordoned, peers wait as well; nothing depends on Pulumi's order", async () => {
  await removeNetwork(cluster.config, placement.network.name);
  await cordon(cluster.config, "zone-a");
  for (const object of stack.manifests().objects) await create(cluster.config, object);
  await waitingPod("orderer-0");
  await waitingPod("peer0-org1-0");
  await release(cluster.config);
  await allReady(cluster.config, placement);
  await expectAsPlaced();
});
