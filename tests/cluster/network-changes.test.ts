/** What a change of the network file touches on a real control plane: exactly what it must. */
import { CoreV1Api } from "@kubernetes/client-node";
import { objectKey } from "../../lib/constructs/manifests";
import type { NetworkInput } from "../../lib/spec/network";
import { eventually, sharedSandbox, type Cluster } from "./support/cluster";
import { changes, NetworkStack } from "./support/network-stack";
import { allReady, jobPodsOf, liveTable, placedTable, replaced, uidsOf } from "./support/placed";

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

const jobNames = (of: NetworkStack) =>
  of
    .manifests()
    .objects.filter(({ kind }) => kind === "Job")
    .map(objectKey)
    .sort();

/** The Jobs that the cluster has pods of, done or not. */
async function leftOfJobs(): Promise<string[]> {
  const pods = await jobPodsOf(cluster.config, stack.plan().placement);
  const names = pods.map(({ namespace, pod }) => `Job/${namespace}/${pod.metadata?.labels?.["job-name"]}`);
  return [...new Set(names)].sort();
}

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

test("a change of one bank's configuration restarts the pods that read it, and no others; Jobs are done once more, as others", async () => {
  const before = await uids();
  const jobs = () => jobNames(stack);
  const jobsBefore = jobs();
  // It stands in the core.yaml of its peers, in what its Jobs publish, and in what all agents agree on.
  stack.describes(network({ north: { resources: { memory: "3Gi" } }, southMspId: "SouthBankMSP" }));
  const others = jobs().filter((job) => !jobsBefore.includes(job));
  expect(others).toEqual([
    expect.stringMatching(/^Job\/changing-south\/ca-init-/),
    expect.stringMatching(/^Job\/changing-south\/register-/),
  ]);
  const replacedJobs = jobsBefore.filter((job) => !jobs().includes(job));
  const agents = (object: string) =>
    ["north", "ordering", "south"].map((organisation) => `update ${object.replace("*", `changing-${organisation}`)}`);
  expect(changes(await stack.up())).toEqual(
    [
      ...others.map((job) => `create ${job}`),
      ...replacedJobs.map((job) => `delete ${job}`),
      ...agents("ConfigMap/*/agent-model"),
      "update ConfigMap/changing-south/peer0-south-config",
      ...agents("Deployment/*/agent"),
      "update StatefulSet/changing-south/peer0-south",
    ].sort(),
  );
  expect(await leftOfJobs()).toEqual(jobs());
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
