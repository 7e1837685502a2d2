/** What counts as a difference between the offline preview and the engine; tests/cluster/plan.test.ts asks the real one. */
import { ofRecorder } from "../../../lib/preview/engine/compared";
import { differencesFromEngine } from "../../../lib/preview/engine/differences";
import { toldByEngine, type ToldResource } from "../../../lib/preview/engine/told";
import type { RecordedGraph, RecordedResource } from "../../../lib/preview/graph";

const urn = (types: string, name: string) => `urn:pulumi:dev::trade::${types}::${name}`;
const unknownId = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const [root, site] = [urn("pulumi:pulumi:Stack", "trade-dev"), urn("fabric:topologies:Site", "city")];
const child = (type: string, name: string) => urn(`fabric:topologies:Site$${type}`, name);
const providerType = "pulumi:providers:kubernetes";
const provider = child(providerType, "city");

const recorded = (
  name: string,
  type: string,
  inputs: Record<string, unknown>,
  rest: Partial<RecordedResource> = {},
): RecordedResource => ({
  urn: child(type, name),
  type,
  name,
  custom: true,
  parent: site,
  provider,
  dependencies: [],
  inputs,
  protect: false,
  retainOnDelete: false,
  deleteBeforeReplace: false,
  ignoreChanges: [],
  aliases: [],
  ...rest,
});

const types = { map: "kubernetes:core/v1:ConfigMap", secret: "kubernetes:core/v1:Secret" };
const named = (name: string) => ({ metadata: { name, labels: { "a.b/c": "d" } } });
const [map, secret] = [child(types.map, "city:ConfigMap/ns/map"), child(types.secret, "city:Secret/ns/secret")];

const cluster: RecordedResource = recorded("city", providerType, { clusterIdentifier: "city" });
delete (cluster as { provider?: string }).provider;
const graph: RecordedGraph = {
  project: "trade",
  stack: "dev",
  outputs: {},
  resources: [
    cluster,
    recorded(
      "city:ConfigMap/ns/map",
      types.map,
      { ...named("map"), data: { a: "1" }, list: [{ at: 1 }, { at: 2 }] },
      { dependencies: [secret, provider], retainOnDelete: true, ignoreChanges: ["data"], aliases: ["urn:former"] },
    ),
    recorded("city:Secret/ns/secret", types.secret, { ...named("secret"), type: "Opaque", stringData: "[secret]" }),
  ],
};

/** As the engine prints it: in another order, with what it adds, and without what is false or empty. */
const printed = (): Record<string, unknown>[] => [
  {
    urn: map,
    type: types.map,
    custom: true,
    parent: site,
    provider: `${provider}::${unknownId}`,
    dependencies: [provider, secret],
    inputs: { ...named("map"), data: { a: "1" }, list: [{ at: 1 }, { at: 2 }] },
    retainOnDelete: true,
    ignoreChanges: ["data"],
    propertyDependencies: { data: [secret] },
    sourcePosition: "project:///lib/deploy/site.ts#49,9",
    stackTrace: [{}],
    created: "2026-01-01T00:00:00Z",
    modified: "2026-01-01T00:00:00Z",
    id: "ns/map",
    outputs: { data: { a: "1" } },
  },
  {
    urn: provider,
    type: providerType,
    custom: true,
    parent: site,
    inputs: { __internal: {}, clusterIdentifier: "city", version: "4.25.0" },
  },
  {
    urn: secret,
    type: types.secret,
    custom: true,
    parent: site,
    provider: `${provider}::${unknownId}`,
    inputs: { ...named("secret"), type: "Opaque", data: "[secret]" },
    additionalSecretOutputs: ["data", "stringData"],
  },
];

const told = (states: readonly Record<string, unknown>[], op = "create"): readonly ToldResource[] => {
  const steps = states.map((newState) => ({ op, urn: newState["urn"], newState }));
  return toldByEngine(JSON.stringify({ steps }))?.resources ?? [];
};

/** The engine's resource of an URN with something else about it. */
const otherwise = (of: string, change: Record<string, unknown>) =>
  told(printed().map((state) => (state["urn"] === of ? { ...state, ...change } : state)));
const inputsOf = (of: string) => printed().find((state) => state["urn"] === of)?.["inputs"] as object;

test("the same said in the engine's way is equal, whether it would make a resource, change it or leave it", () => {
  for (const op of ["create", "same", "update", "create-replacement", "replace"]) {
    expect(differencesFromEngine(graph, told(printed(), op))).toEqual([]);
  }
});

test.each([
  ["a dependency less", map, { dependencies: [secret] }, "dependencies", provider, undefined],
  ["a dependency more", map, { dependencies: [secret, provider, root] }, "dependencies", undefined, root],
  [
    "another provider, under the same unknown id",
    map,
    { provider: `${child(providerType, "town")}::${unknownId}` },
    "provider",
    provider,
    child(providerType, "town"),
  ],
  ["another parent", map, { parent: root }, "parent", site, root],
  ["another type", map, { type: "kubernetes:core/v1:Patch" }, "type", types.map, "kubernetes:core/v1:Patch"],
  ["no component", map, { custom: false }, "custom", true, false],
  ["protection", map, { protect: true }, "protect", false, true],
  ["nothing retained", map, { retainOnDelete: undefined }, "retainOnDelete", true, false],
  ["other changes passed over", map, { ignoreChanges: ["data", "spec"] }, "ignoreChanges", undefined, "spec"],
  [
    "something that is not recorded",
    map,
    { customTimeouts: { create: 9 } },
    "customTimeouts",
    undefined,
    { create: 9 },
  ],
])("%s is found", (_, of, change, what, offline, engine) => {
  const told = otherwise(of, change);
  expect(differencesFromEngine(graph, told)).toEqual([{ urn: of, what, offline, engine }]);
});

test.each([
  ["a changed value of a ConfigMap", map, { data: { a: "2" } }, "inputs.data.a", "1", "2"],
  ["a value more", map, { data: { a: "1", b: "" } }, "inputs.data.b", undefined, ""],
  ["a changed item", map, { list: [{ at: 1 }, { at: 3 }] }, "inputs.list[1].at", 2, 3],
  ["an item less", map, { list: [{ at: 1 }] }, "inputs.list", [{ at: 1 }, { at: 2 }], [{ at: 1 }]],
  ["an empty list", map, { none: [] }, "inputs.none", undefined, []],
  [
    "a label",
    map,
    { metadata: { name: "map", labels: { "a.b/c": "e" } } },
    'inputs.metadata.labels["a.b/c"]',
    "d",
    "e",
  ],
  ["a Secret's type, beside its masked values", secret, { type: "other" }, "inputs.type", "Opaque", "other"],
  ["a Secret's value that is not masked", secret, { data: { a: "MQ==" } }, "inputs.data", "[secret]", { a: "MQ==" }],
  [
    "another cluster, beside the provider's version",
    provider,
    { clusterIdentifier: "x" },
    "inputs.clusterIdentifier",
    "city",
    "x",
  ],
  [
    "a note of the engine's that is not empty",
    provider,
    { __internal: { a: 1 } },
    "inputs.__internal",
    undefined,
    { a: 1 },
  ],
  ["a version where it is no provider's", map, { version: "1" }, "inputs.version", undefined, "1"],
])("%s is found at its place", (_, of, inputs, what, offline, engine) => {
  const told = otherwise(of, { inputs: { ...inputsOf(of), ...inputs } });
  expect(differencesFromEngine(graph, told)).toEqual([{ urn: of, what, offline, engine }]);
});

test("another dependency is told as one less and one more", () => {
  expect(differencesFromEngine(graph, otherwise(map, { dependencies: [secret, site] }))).toEqual([
    { urn: map, what: "dependencies", offline: provider, engine: undefined },
    { urn: map, what: "dependencies", offline: undefined, engine: site },
  ]);
});

test("texts in another order are found", () => {
  const texts = (list: readonly string[]) => ({ inputs: { ...inputsOf(map), texts: list } });
  const mine = graph.resources.map((one) => (one.urn === map ? { ...one, ...texts(["a", "b"]) } : one));
  expect(differencesFromEngine({ ...graph, resources: mine }, otherwise(map, texts(["b", "a"])))).toEqual([
    { urn: map, what: "inputs.texts[0]", offline: "a", engine: "b" },
    { urn: map, what: "inputs.texts[1]", offline: "b", engine: "a" },
  ]);
});

test("a Secret without any value on one side is found, although values are masked", () => {
  expect(differencesFromEngine(graph, otherwise(secret, { inputs: { ...named("secret"), type: "Opaque" } }))).toEqual([
    { urn: secret, what: "inputs.data", offline: "[secret]", engine: undefined },
  ]);
});

test("stringData of what is no Secret stays what it is", () => {
  const [, configMap] = graph.resources;
  if (configMap === undefined) throw new Error("no ConfigMap");
  const odd = { ...configMap, inputs: { stringData: "[secret]" } };
  expect(ofRecorder(odd)["inputs"]).toEqual({ stringData: "[secret]" });
});

test("a resource that only one of them has is found, on either side", () => {
  const resource = (of: string, offline: unknown, engine: unknown) => [{ urn: of, what: "resource", offline, engine }];
  const less = { ...graph, resources: graph.resources.filter((one) => one.urn !== map) };
  expect(differencesFromEngine(less, told(printed()))).toEqual(resource(map, undefined, types.map));
  const states = printed().filter((state) => state["urn"] !== secret);
  expect(differencesFromEngine(graph, told(states))).toEqual(resource(secret, types.secret, undefined));
});

test("what leaves the stack is not asked for", () => {
  const oldState = { ...printed()[0], urn: `${map}-gone` };
  const steps = [
    ...printed().map((newState) => ({ op: "same", urn: newState["urn"], newState })),
    { op: "delete", urn: oldState.urn, oldState },
    { op: "delete-replaced", urn: map, oldState, newState: { ...printed()[0], inputs: {} } },
  ];
  expect(differencesFromEngine(graph, toldByEngine(JSON.stringify({ steps }))?.resources ?? [])).toEqual([]);
});

test("errors are told in the engine's words, warnings are not", () => {
  const diagnostics = [
    { severity: "warning", message: "slow" },
    { severity: "error", message: "error: no such cluster\n" },
  ];
  expect(toldByEngine(JSON.stringify({ diagnostics }))).toEqual({ resources: [], errors: ["error: no such cluster"] });
});

test("what is no document of the engine is none", () => {
  expect(toldByEngine("")).toBeUndefined();
  expect(toldByEngine("error: no stack named 'x' found")).toBeUndefined();
  expect(toldByEngine(JSON.stringify({ steps: "none" }))).toBeUndefined();
});
