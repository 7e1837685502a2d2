/** The trade-finance example: its first start while a zone takes no pods, or is avoided. */
import { eventually, sharedSandbox, type Cluster } from "./support/cluster";
import { counts, NetworkStack } from "./support/network-stack";
import { cordon, release, taint } from "./support/nodes";
import { allPodsOf, liveTable, placedTable } from "./support/placed";

let cluster: Cluster;
let stack: NetworkStack;

beforeAll(async () => {
  cluster = await sharedSandbox();
}, 60 * 60_000);
beforeEach(async () => {
  stack = await NetworkStack.make(cluster, "examples/trade-finance/network.yaml");
});
afterEach(async () => {
  await release(cluster.config);
  await stack.remove();
});

/**
 * `pulumi up` while a zone is unusable, until the first pod of that zone waits, which is that of a Job where authorities are
 * made there; then the zone is released.
 */
async function upWhile(zone: string, makeUnusable: () => Promise<void>): Promise<void> {
  const { placement } = stack.plan();
  await makeUnusable();
  const up = stack.up();
  const here = placement.nodes.filter((node) => node.zone === zone);
  const first = here.some(({ role }) => role === "ca") ? "ca-init-" : here[0]?.pod;
  const isWaiting = async () =>
    (await allPodsOf(cluster.config, placement)).some(({ name, phase, node }) => {
      return name.startsWith(`${first}`) && phase === "Pending" && node === undefined;
    });
  // All authorities and everything that guards the network come before an ordering node.
  await eventually(`${first} waits for ${zone}`, isWaiting, 180);
  await release(cluster.config);
  expect(counts(await up)).toEqual({ created: stack.manifests().objects.length + 3 });
  expect(await liveTable(cluster.config, placement)).toEqual(placedTable(placement, stack.manifests()));
}

test("with zone-a cordoned it waits, and then every pod of the consortium is in its zone", async () => {
  await upWhile("zone-a", () => cordon(cluster.config, "zone-a"));
});

test("with zone-b tainted and zone-a avoided it waits, and then every pod of the consortium is in its zone", async () => {
  await upWhile("zone-b", async () => {
    await taint(cluster.config, "zone-a", "PreferNoSchedule");
    await taint(cluster.config, "zone-b", "NoSchedule");
  });
});
