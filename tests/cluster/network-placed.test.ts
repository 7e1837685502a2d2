/** The trade finance example on a real control plane: accepted, placed, and what remains of it when pods and zones go. */
import { AppsV1Api, CoreV1Api } from "@kubernetes/client-node";
import { labelKeys } from "../../lib/constructs/labels";
import type { PlacedNode, Placement } from "../../lib/placement/node";
import { failureMatrix } from "../../lib/placement/matrix";
import { objections, withoutAdvice } from "./support/accepted";
import { eventually, evict, sharedSandbox, type Cluster } from "./support/cluster";
import { NetworkStack } from "./support/network-stack";
import { cordon, release } from "./support/nodes";
import {
  allReady,
  forceDeleteAll,
  liveTable,
  placedTable,
  podsOf,
  replaced,
  serversOf,
  uidsOf,
} from "./support/placed";

let cluster: Cluster;
let stack: NetworkStack;
let placement: Placement;

const ordering = "trade-clearing";
const basalt = "trade-basalt";

beforeAll(async () => {
  cluster = await sharedSandbox();
  stack = await NetworkStack.make(cluster, "examples/trade-finance/network.yaml");
  ({ placement } = stack.plan());
}, 60 * 60_000);
afterAll(async () => {
  await release(cluster.config);
  await stack.remove();
});

const expectAsPlaced = async () =>
  expect(await liveTable(cluster.config, placement)).toEqual(placedTable(placement, stack.manifests()));

const deletePod = (namespace: string, name: string) =>
  cluster.config.makeApiClient(CoreV1Api).deleteNamespacedPod({ namespace, name });

const readyPods = async () =>
  (await podsOf(cluster.config, placement)).flatMap(({ ready, namespace, name }) =>
    ready ? [`${namespace}/${name}`] : [],
  );

test("pulumi up makes every object, and returns when every pod is ready in its zone, each on volumes of that zone (R6)", async () => {
  const made = await stack.succeeds();
  // The stack, the site and the provider are resources too.
  expect(made).toEqual({ created: stack.manifests().objects.length + 3 });
  await expectAsPlaced();
});

test("the same again changes nothing", async () => {
  expect(await stack.succeeds()).toEqual({ unchanged: stack.manifests().objects.length + 3 });
});

test("two agents look after each organisation, in two zones; each peer has chaincode in its zone", async () => {
  const servers = await serversOf(cluster.config, placement);
  expect(servers.filter(({ ready }) => !ready)).toEqual([]);
  const zones = (role: string) =>
    servers
      .filter(({ pod }) => pod.metadata?.labels?.[labelKeys.role] === role)
      .map(({ namespace, zone }) => `${namespace} ${zone}`);
  for (const { name } of placement.network.organisations) {
    const own = zones("agent").filter((agent) => agent.startsWith(`trade-${name} `));
    expect([name, new Set(own).size]).toEqual([name, 2]);
  }
  const peers = placement.nodes.filter(({ role }) => role === "peer");
  expect(new Set(zones("chaincode"))).toEqual(new Set(peers.map(({ namespace, zone }) => `${namespace} ${zone}`)));
});

test("every object, and every pod of its templates, passes strict field validation and restricted Pod Security without a warning", async () => {
  expect(withoutAdvice(await objections(cluster.config, stack.manifests()))).toEqual([]);
});

test("no peer was made before every ordering node was ready (R6)", async () => {
  const pods = await podsOf(cluster.config, placement);
  const playing = (role: PlacedNode["role"]) =>
    pods.filter(({ pod }) => pod.metadata?.labels?.[labelKeys.role] === role);
  const ordered = playing("orderer");
  const ready = ordered.flatMap(({ pod }) => pod.status?.conditions?.filter(({ type }) => type === "Ready") ?? []);
  const lastReady = Math.max(...ready.map(({ lastTransitionTime }) => Number(lastTransitionTime)));
  const firstMade = Math.min(...playing("peer").map(({ pod }) => Number(pod.metadata?.creationTimestamp)));
  expect(ordered).toHaveLength(5);
  expect(firstMade).toBeGreaterThanOrEqual(lastReady);
});

test("every pod killed at once, again and again, comes back in its zone (R6)", async () => {
  for (let round = 0; round < 2; round++) {
    await forceDeleteAll(cluster.config, placement);
    await allReady(cluster.config, placement);
    await expectAsPlaced();
  }
});

describe("evictions, as a drain asks for them", () => {
  afterEach(async () => {
    await release(cluster.config);
    await allReady(cluster.config, placement);
  });

  test("one ordering node may go; the second is refused until the first is back", async () => {
    // It cannot come back while its zone takes no pods.
    await cordon(cluster.config, "zone-a");
    expect(await evict(cluster.config, ordering, "orderer-0")).toMatchObject({ code: 201 });
    for (const next of ["orderer-1", "orderer-2"]) {
      expect(await evict(cluster.config, ordering, next)).toMatchObject({
        code: 429,
        message: expect.stringContaining("disruption budget"),
      });
    }
    await release(cluster.config);
    await allReady(cluster.config, placement);
    await eventually("the next one may go", async () => {
      return (await evict(cluster.config, ordering, "orderer-1")).code === 201;
    });
    await allReady(cluster.config, placement);
    await expectAsPlaced();
  });

  test("the last peer that can endorse for an organisation may not go", async () => {
    await cordon(cluster.config, "zone-a");
    expect(await evict(cluster.config, basalt, "peer0-basalt-0")).toMatchObject({ code: 201 });
    expect(await evict(cluster.config, basalt, "peer0-basalt-1")).toMatchObject({
      code: 429,
      message: expect.stringContaining("disruption budget"),
    });
    // Another organisation's peers are another budget's.
    expect(await evict(cluster.config, "trade-amber", "peer0-amber-1")).toMatchObject({ code: 201 });
  });
});

describe.each(["zone-a", "zone-b", "zone-c"])("while %s is lost", (zone) => {
  /** What the failure matrix says: these stop, the others go on. */
  const lost = (): readonly PlacedNode[] =>
    failureMatrix(placement).rows.find(({ failure }) => failure.kind === "zone" && failure.zone === zone)?.lost ?? [];

  beforeAll(async () => {
    await allReady(cluster.config, placement);
    await cluster.sandbox.loseZone(zone);
  });
  afterAll(async () => {
    await cluster.sandbox.restoreZone(zone);
    await allReady(cluster.config, placement);
    await expectAsPlaced();
  });

  test("the pods that are ready are those that the failure matrix leaves (R6)", async () => {
    const remaining = placement.nodes.filter((node) => !lost().includes(node));
    expect(remaining.length).toBeGreaterThan(0);
    expect((await readyPods()).sort()).toEqual(remaining.map(({ namespace, pod }) => `${namespace}/${pod}`).sort());
  });

  test("every organisation has an agent that goes on elsewhere, and no other zone's chaincode stops", async () => {
    const ready = async (role: string) =>
      (await serversOf(cluster.config, placement)).filter(
        ({ ready, pod }) => ready && pod.metadata?.labels?.[labelKeys.role] === role,
      );
    await eventually("both agents of every organisation are ready", async () => {
      const agents = (await ready("agent")).filter((agent) => agent.zone !== zone);
      return agents.length === 2 * placement.network.organisations.length;
    });
    const peers = placement.nodes.filter((node) => node.role === "peer" && !lost().includes(node));
    expect(new Set((await ready("chaincode")).map(({ namespace, zone: of }) => `${namespace} ${of}`))).toEqual(
      new Set(peers.map(({ namespace, zone: of }) => `${namespace} ${of}`)),
    );
  });

  test("no ordering node that is left may be evicted, nor the last peer of an organisation", async () => {
    // The witness has no peers: they are all there, and one of each organisation may go.
    const roles = zone === "zone-c" ? ["orderer"] : ["orderer", "peer"];
    for (const node of placement.nodes.filter((one) => roles.includes(one.role) && !lost().includes(one))) {
      expect([node.pod, (await evict(cluster.config, node.namespace, node.pod)).code]).toEqual([node.pod, 429]);
    }
  });
});

test("while zone-a is lost a deleted pod of zone-b is not made again, as OrderedReady waits for pod 0; with the zone all come back", async () => {
  const before = await uidsOf(cluster.config, placement);
  await cluster.sandbox.loseZone("zone-a");
  await deletePod(basalt, "peer0-basalt-1");
  const apps = cluster.config.makeApiClient(AppsV1Api);
  // The controller counts pods after it has decided which to make, so with one it has decided against a second.
  await eventually("the controller has seen that the pod is gone", async () => {
    const { status } = await apps.readNamespacedStatefulSet({ namespace: basalt, name: "peer0-basalt" });
    return status?.replicas === 1;
  });
  expect((await readyPods()).filter((pod) => pod.startsWith(basalt))).toEqual([]);
  expect(Object.keys(await uidsOf(cluster.config, placement))).not.toContain(`${basalt}/peer0-basalt-1`);

  await cluster.sandbox.restoreZone("zone-a");
  await allReady(cluster.config, placement);
  await expectAsPlaced();
  // What was not touched went on.
  expect(replaced(before, await uidsOf(cluster.config, placement))).toEqual([`${basalt}/peer0-basalt-1`]);
});
