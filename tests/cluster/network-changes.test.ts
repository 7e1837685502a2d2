/** What a change of the network file touches on a real control plane: exactly what it must. */
import { CoreV1Api } from "@kubernetes/client-node";
import type { NetworkInput } from "../../lib/spec/network";
import { eventually, sharedSandbox, type Cluster } from "./support/cluster";
import { changes, NetworkStack } from "./support/network-stack";
import { allReady, liveTable, placedTable, replaced, uidsOf } from "./support/placed";

type Peers = NonNullable<NetworkInput["organisations"][number]["peers"]>[number];

/** Two banks and an ordering organisation; what differs from one version of the file to the next. */
const network = (
  change: { north?: Partial<Peers>; south?: Partial<Peers>; southMspId?: string } = {},
): NetworkInput => ({
  name: "changing",
  organisations: [
    { name: "north", peers: [{ name: "peer0", ...change.north }] },
    {
      name: "south",
      ...(change.southMspId === undefined ? {} : { mspId: change.southMspId }),
      peers: [{ name: "peer0", stateDatabase: "couchdb", ...change.south }],
    },
    { name: "ordering", orderers: { nodes: 3 } },
  ],
  channels: [{ name: "trade", members: ["north", "south"] }],
});

let cluster: Cluster;
let stack: NetworkStack;
let core: CoreV1Api;

beforeAll(async () => {
  cluster = await sharedSandbox();
  core = cluster.config.makeApiClient(CoreV1Api);
  stack = await NetworkStack.make(cluster, network());
  await stack.succeeds();
}, 60 * 60_000);
afterAll(() => stack.remove());

const uids = () => uidsOf(cluster.config, stack.plan().placement);

async function expectAsPlaced(): Promise<void> {
  const { placement } = stack.plan();
  await allReady(cluster.config, placement);
  expect(await liveTable(cluster.config, placement)).toEqual(placedTable(placement, stack.manifests()));
}

test("more memory for one bank's peers: preview shows their StatefulSet alone, and they alone are restarted", async () => {
  const before = await uids();
  stack.describes(network({ north: { resources: { memory: "3Gi" } } }));
  const only = ["update StatefulSet/changing-north/peer0-north"];
  expect(changes(await stack.preview())).toEqual(only);
  expect(await uids()).toEqual(before);

  expect(changes(await stack.up())).toEqual(only);
  expect(replaced(before, await uids())).toEqual(["changing-north/peer0-north-0", "changing-north/peer0-north-1"]);
  await expectAsPlaced();
});

test("a change of one bank's configuration restarts the pods that read it, and no others", async () => {
  const before = await uids();
  // It stands in the core.yaml of its peers.
  stack.describes(network({ north: { resources: { memory: "3Gi" } }, southMspId: "SouthBankMSP" }));
  expect(changes(await stack.up())).toEqual([
    "update ConfigMap/changing-south/peer0-south-config",
    "update StatefulSet/changing-south/peer0-south",
  ]);
  expect(replaced(before, await uids())).toEqual(["changing-south/peer0-south-0", "changing-south/peer0-south-1"]);
  await expectAsPlaced();
});

test("disks grow in place: claims and volumes stay the same ones, and no pod is restarted", async () => {
  const claims = [0, 1].map((ordinal) => ({ namespace: "changing-south", name: `data-peer0-south-${ordinal}` }));
  const volumes = () =>
    Promise.all(
      claims.map(async (claim) => {
        const { metadata, spec, status } = await core.readNamespacedPersistentVolumeClaim(claim);
        return { uid: metadata?.uid, volume: spec?.volumeName, size: status?.capacity?.["storage"] };
      }),
    );
  const [before, volumesBefore] = [await uids(), await volumes()];
  expect(volumesBefore.map(({ size }) => size)).toEqual(["20Gi", "20Gi"]);

  stack.describes(
    network({
      north: { resources: { memory: "3Gi" } },
      south: { storage: "30Gi" },
      southMspId: "SouthBankMSP",
    }),
  );
  expect(changes(await stack.up())).toEqual(
    claims.map(({ namespace, name }) => `update PersistentVolumeClaim/${namespace}/${name}`),
  );
  await eventually("the volumes have grown", async () => (await volumes()).every(({ size }) => size === "30Gi"));
  expect(await volumes()).toEqual(volumesBefore.map((one) => ({ ...one, size: "30Gi" })));
  expect(await uids()).toEqual(before);
  await expectAsPlaced();
});
