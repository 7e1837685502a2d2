/** No change of this code may cost a deployed network its resources or its ledgers. */
import { readFileSync } from "node:fs";
import type { RecordedGraph, RecordedResource } from "../../lib/preview/graph";
import { fingerprintsOf, fingerprintsSchema, instabilities } from "../../lib/preview/stability";
import { examples, goldenFile, recordExample } from "./support/examples";

jest.setTimeout(60_000);

const graphs = new Map<string, RecordedGraph>();
beforeAll(async () => {
  for (const name of examples) graphs.set(name, await recordExample(name));
});

const graphOf = (name: string): RecordedGraph => {
  const graph = graphs.get(name);
  if (graph === undefined) throw new Error(`no graph of ${name}`);
  return graph;
};

describe.each([...examples])("%s", (name) => {
  const golden = () => fingerprintsSchema.parse(JSON.parse(readFileSync(goldenFile(name), "utf8")));

  test("every resource keeps its URN or has an alias, and nothing that holds a ledger would be replaced", () => {
    expect(instabilities(golden(), graphOf(name))).toEqual([]);
  });

  test("its fingerprints are what the code makes now (else: npx tsx scripts/write-graph-goldens.ts)", () => {
    expect(fingerprintsOf(graphOf(name))).toEqual(golden());
  });
});

/** The trade-finance example with one of its resources changed. */
function changed(name: string, change: (resource: RecordedResource) => Partial<RecordedResource>): RecordedGraph {
  const graph = graphOf("trade-finance");
  const resources = graph.resources.map((one) => (one.name === name ? { ...one, ...change(one) } : one));
  expect(resources).not.toEqual(graph.resources);
  return { ...graph, resources };
}

/** Other inputs at a path. */
const inputs =
  (path: string, value: unknown) =>
  (resource: RecordedResource): Partial<RecordedResource> => {
    const copy = structuredClone<Record<string, unknown>>(resource.inputs);
    const keys = path.split(".");
    const last = keys.pop() ?? "";
    const at = keys.reduce<Record<string, unknown>>((inner, key) => inner[key] as Record<string, unknown>, copy);
    at[last] = value;
    return { inputs: copy };
  };

const set = "city:StatefulSet/trade-amber/peer0-amber";
const claim = "city:PersistentVolumeClaim/trade-amber/data-peer0-amber-0";
const told = (graph: RecordedGraph) =>
  instabilities(fingerprintsOf(graphOf("trade-finance")), graph).map(({ urn, found }) => [
    urn.slice(urn.lastIndexOf("::") + 2),
    found,
  ]);
const renamed = (resource: RecordedResource) => ({ urn: `${resource.urn}-new`, name: `${resource.name}-new` });

test.each([
  ["a renamed claim", claim, renamed, "no resource of this URN"],
  ["a renamed ConfigMap", "city:ConfigMap/trade-amber/agent-model", renamed, "no resource of this URN"],
  ["pods of another Service", set, inputs("spec.serviceName", "other"), "spec.serviceName peer-svc, to become other"],
  ["another selector", set, inputs("spec.selector.matchLabels", { app: "x" }), "spec.selector"],
  ["other templates of claims", set, inputs("spec.volumeClaimTemplates", []), "volumes `data` for each pod"],
  ["another order of pods", set, inputs("spec.podManagementPolicy", "Parallel"), "spec.podManagementPolicy"],
  ["a smaller claim", claim, inputs("spec.resources.requests.storage", "5Gi"), "50Gi of storage, to become 5Gi"],
  ["a claim of another class", claim, inputs("spec.storageClassName", "x"), "spec.storageClassName"],
  [
    "a claim in another zone",
    claim,
    (one: RecordedResource) =>
      inputs("metadata.labels", {
        ...(one.inputs["metadata"] as { labels: object }).labels,
        "topology.kubernetes.io/zone": "zone-b",
      })(one),
    "a volume in zone-a that would have to be in zone-b",
  ],
  ["a claim that goes with the stack", claim, () => ({ retainOnDelete: false }), "retainOnDelete gone"],
  ["another cluster", "city", inputs("clusterIdentifier", "town"), "clusterIdentifier city, to become town"],
] as const)("%s is found", (_, name, change, found) => {
  expect(told(changed(name, change))).toEqual([[name, expect.stringContaining(found)]]);
});

test.each([
  ["more pods", set, inputs("spec.replicas", 3)],
  ["another template of pods", set, inputs("spec.template.metadata.labels", { a: "b" })],
  ["a bigger claim", claim, inputs("spec.resources.requests.storage", "500Gi")],
  ["another configuration", "city:ConfigMap/trade-amber/agent-model", inputs("data", { a: "b" })],
  ["a new name with an alias", claim, (one: RecordedResource) => ({ ...renamed(one), aliases: [one.urn] })],
] as const)("%s is no such change", (_, name, change) => {
  expect(told(changed(name, change))).toEqual([]);
});
