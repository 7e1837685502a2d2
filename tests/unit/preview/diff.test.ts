/** What a diff is made of, part by part. */
import fc from "fast-check";
import { changesOf, pairsOf } from "../../../lib/preview/diff/changes";
import { differences } from "../../../lib/preview/diff/fields";
import { flowsOf } from "../../../lib/preview/diff/flows";
import type { RecordedResource } from "../../../lib/preview/graph";

const paths = (before: unknown, after: unknown) => differences(before, after).map(({ path }) => path);

describe("differences", () => {
  test("items of lists are the same where their names are, wherever they stand", () => {
    const [a, b] = [
      { name: "A", value: "1" },
      { name: "B", value: "2" },
    ];
    expect(differences({ env: [a, b] }, { env: [{ name: "C", value: "3" }, { ...a, value: "9" }, b] })).toEqual([
      { path: "env[A].value", before: "1", after: "9" },
      { path: "env[C]", after: { name: "C", value: "3" } },
    ]);
  });

  test("another order alone is told as the whole list, since the order of containers' arguments and mounts may matter", () => {
    const [a, b] = [{ name: "A" }, { name: "B" }];
    expect(paths({ env: [a, b] }, { env: [b, a] })).toEqual(["env"]);
  });

  test("keys with dots stand in brackets", () => {
    expect(paths({ annotations: { "a.b/c": "1" } }, { annotations: { "a.b/c": "2" } })).toEqual([
      'annotations["a.b/c"]',
    ]);
  });

  test("a value is never different from itself, and two different ones always are", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
        expect(differences(one, structuredClone(one))).toEqual([]);
        expect(differences(one, other).length > 0).toBe(canonical(one) !== canonical(other));
      }),
    );
  });
});

/** JSON with sorted keys: their order is nothing. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

function resource(
  name: string,
  inputs: Record<string, unknown>,
  more: Partial<RecordedResource> = {},
): RecordedResource {
  const type = "kubernetes:core/v1:ConfigMap";
  return {
    urn: `urn:pulumi:preview::p::fabric:topologies:Site$${type}::city:ConfigMap/ns/${name}`,
    ...{ type, name, custom: true, dependencies: [], inputs, aliases: [], ignoreChanges: [] },
    ...{ protect: false, retainOnDelete: false, deleteBeforeReplace: false },
    ...more,
  };
}

const graph = (...resources: RecordedResource[]) => ({ project: "p", stack: "preview", resources, outputs: {} });
const actionsOf = (before: readonly RecordedResource[], after: readonly RecordedResource[]) =>
  changesOf(pairsOf(graph(...before), graph(...after))).map(({ action, urn, was }) => ({
    action,
    name: urn.slice(urn.lastIndexOf("/") + 1),
    ...(was === undefined ? {} : { was: was.slice(was.lastIndexOf("/") + 1) }),
  }));

describe("what becomes of a resource", () => {
  const [one, other] = [resource("one", { data: { a: "1" } }), resource("other", { data: {} })];

  test("it comes, goes, stays in the cluster, changes, or is not touched", () => {
    expect(actionsOf([], [one])).toEqual([{ action: "create", name: "one" }]);
    expect(actionsOf([one], [])).toEqual([{ action: "remove", name: "one" }]);
    expect(actionsOf([{ ...one, retainOnDelete: true }], [])).toEqual([{ action: "release", name: "one" }]);
    expect(actionsOf([one, other], [resource("one", { data: { a: "2" } }), other])).toEqual([
      { action: "update", name: "one" },
    ]);
  });

  test("an alias says that it is the same resource under another name", () => {
    const renamed = resource("new", { data: { a: "2" } }, { aliases: [one.urn] });
    expect(actionsOf([one], [renamed])).toEqual([{ action: "update", name: "new", was: "one" }]);
  });

  test("what the engine passes over is no change", () => {
    const before = resource("one", { spec: { volumeName: "a", size: 1 } });
    const after = resource("one", { spec: { volumeName: "b", size: 1 } }, { ignoreChanges: ["spec.volumeName"] });
    expect(actionsOf([before], [after])).toEqual([]);
  });

  test("with another cluster behind its provider, every object is made anew", () => {
    const provider = (clusterIdentifier: string) =>
      resource("p", { clusterIdentifier }, { urn: "urn:provider", type: "pulumi:providers:kubernetes" });
    const object = { ...one, provider: "urn:provider" };
    expect(actionsOf([provider("a"), object], [provider("b"), object]).map(({ action }) => action)).toEqual([
      "replace",
      "replace",
    ]);
  });
});

describe("flows of a NetworkPolicy in words", () => {
  const policy = (spec: Record<string, unknown>) => ({
    metadata: { namespace: "bank" },
    spec: { podSelector: { matchLabels: { "fabric-topologies.dev/role": "peer" } }, ...spec },
  });

  test("each peer and each port by itself", () => {
    const from = [
      {
        namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "other" } },
        podSelector: { matchLabels: { "fabric-topologies.dev/role": "orderer" } },
      },
      { ipBlock: { cidr: "10.0.0.0/8", except: ["10.1.0.0/16"] } },
    ];
    const ports = [
      { protocol: "TCP", port: 7051 },
      { port: 9000, endPort: 9005 },
    ];
    expect(flowsOf(policy({ ingress: [{ from, ports }] }))).toEqual([
      "peer pods in bank accept orderer pods in other, TCP 7051",
      "peer pods in bank accept orderer pods in other, TCP 9000-9005",
      "peer pods in bank accept addresses 10.0.0.0/8 but 10.1.0.0/16, TCP 7051",
      "peer pods in bank accept addresses 10.0.0.0/8 but 10.1.0.0/16, TCP 9000-9005",
    ]);
  });

  test("without peers everybody is meant, without ports every port, and without rules nobody", () => {
    expect(flowsOf(policy({ egress: [{}] }))).toEqual(["peer pods in bank reach anybody, any port"]);
    expect(flowsOf(policy({ ingress: [], policyTypes: ["Ingress"] }))).toEqual([]);
    expect(flowsOf({ ...policy({ ingress: [{ from: [{ namespaceSelector: {} }] }] }) })).toEqual([
      "peer pods in bank accept all pods in any namespace, any port",
    ]);
  });
});
