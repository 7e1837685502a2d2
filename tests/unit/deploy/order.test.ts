import type { KubeObject } from "../../../lib/constructs/manifests";
import { inOrder } from "../../../lib/deploy/order";

const configMap = (name: string): KubeObject => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, namespace: "ns", labels: {} },
});
const key = (name: string) => `ConfigMap/ns/${name}`;
const ordered = (names: readonly string[], edges: Readonly<Record<string, readonly string[]>> = {}) =>
  inOrder({
    site: "demo",
    objects: names.map(configMap),
    dependencies: new Map(Object.entries(edges).map(([from, to]) => [key(from), to.map(key)])),
  }).map((step) => step.object.metadata.name);

test("what others wait for comes first, the rest by name", () => {
  expect(ordered(["a", "b", "c", "d"])).toEqual(["a", "b", "c", "d"]);
  expect(ordered(["d", "c", "b", "a"], { a: ["d"], b: ["a", "c"] })).toEqual(["d", "a", "c", "b"]);
});

test("objects that wait for each other are named in a circle", () => {
  expect(() => ordered(["a", "b", "c"], { a: ["b"], b: ["c"], c: ["b"] })).toThrow(
    "site demo: objects wait for each other: ConfigMap/ns/b → ConfigMap/ns/c → ConfigMap/ns/b",
  );
});

test("two objects of one name, and a dependency on nothing, are refused", () => {
  expect(() => ordered(["a", "a"])).toThrow("site demo: two objects are called ConfigMap/ns/a");
  expect(() => ordered(["a"], { a: ["gone"] })).toThrow("ConfigMap/ns/a waits for ConfigMap/ns/gone");
});
