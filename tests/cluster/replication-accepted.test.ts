/** Storage's objects, and snapshots: a real API server with the projects' own definitions takes them. */
import { ApiextensionsV1Api } from "@kubernetes/client-node";
import { drbdObjects } from "../../lib/replication/drbd/objects";
import { linstorObjects } from "../../lib/replication/linstor/objects";
import { storageDefinitions } from "../support/crd/catalogue";
import { snapshotObjects } from "../support/replication/snapshots";
import { drbdTarget, linstorTarget } from "../support/replication/targets";
import { ledger, registries } from "../support/replication/volumes";
import { objections } from "./support/accepted";
import { create, createNamespace, deleteNamespace, eventually, sharedSandbox, type Cluster } from "./support/cluster";

let cluster: Cluster;
let namespace: string;

beforeAll(async () => {
  cluster = await sharedSandbox();
  namespace = await createNamespace(cluster.config);
  const definitions = storageDefinitions();
  if (definitions === undefined) throw new Error("no CRDs: the Go modules that have them cannot be downloaded");
  for (const definition of definitions) await create(cluster.config, definition);
  const api = cluster.config.makeApiClient(ApiextensionsV1Api);
  await eventually("the definitions are served", async () => {
    const { items } = await api.listCustomResourceDefinition();
    const served = items.filter(({ status }) =>
      status?.conditions?.some(({ type, status: is }) => type === "Established" && is === "True"),
    );
    return served.length >= definitions.length;
  });
}, 60 * 60_000);

afterAll(async () => {
  await deleteNamespace(cluster.config, namespace);
  const api = cluster.config.makeApiClient(ApiextensionsV1Api);
  for (const { metadata } of storageDefinitions() ?? []) {
    await api.deleteCustomResourceDefinition({ name: metadata?.name ?? "" });
  }
});

test.each([
  ["Piraeus", ["center-1", "center-3"].flatMap((site) => linstorObjects([ledger, registries], linstorTarget(site)))],
  ["DRBD", ["center-1", "center-3"].flatMap((site) => drbdObjects([ledger, registries], drbdTarget(site)))],
  ["snapshots, alone and in groups", snapshotObjects],
])(
  "the API server takes every object of %s, with strict field validation and not one warning (R8)",
  async (_, objects) => {
    const here = objects.map((object) =>
      object.metadata.namespace === undefined ? object : { ...object, metadata: { ...object.metadata, namespace } },
    );
    expect(here.length).toBeGreaterThan(5);
    expect(await objections(cluster.config, { objects: here })).toEqual([]);
  },
);
