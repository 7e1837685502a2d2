import { gone } from "../../../lib/deploy/gone";
import { identityOf } from "../../../lib/deploy/recorded";

const recorded = new Set(["Namespace/a", "ConfigMap/a/b", "Job/a/c", "PersistentVolumeClaim/a/d"]);

test("what the state holds and the cluster does not", () => {
  expect(gone(recorded, ["ConfigMap/a/new"])).toEqual([]);
  expect(gone(new Set(), ["ConfigMap/a/b"])).toEqual([]);
  const [finding] = gone(recorded, ["ConfigMap/a/b", "ConfigMap/a/new", "PersistentVolumeClaim/a/d"]);
  expect(finding?.found).toBe(
    "only 2 of the 4 objects that the last run left here; gone: PersistentVolumeClaim/a/d, ConfigMap/a/b",
  );
  expect(finding?.fix).toMatch(/^`pulumi refresh --yes` .*begins empty/);
});

test("a Job may have ended and gone", () => expect(gone(recorded, ["Job/a/c"])).toEqual([]));

test("where all are gone it may be another cluster", () => {
  const [finding] = gone(new Set(["Namespace/a"]), ["Namespace/a"]);
  expect(finding?.found).toMatch(/^none of the 1 objects/);
  expect(finding?.fix).toMatch(/^make sure that this is the right cluster; then/);
});

test("a URN tells site and key of an object", () => {
  const urn = (types: string, name: string) => `urn:pulumi:dev::project::${types}::${name}`;
  const type = "fabric:topologies:Site$kubernetes:core/v1:ConfigMap";
  expect(identityOf(urn(type, "demo:ConfigMap/ns/a::b"))).toEqual({ site: "demo", key: "ConfigMap/ns/a::b" });
  expect(identityOf(urn("fabric:topologies:Site$pulumi:providers:kubernetes", "demo"))).toBeUndefined();
  expect(identityOf(urn("pulumi:pulumi:Stack", "demo:x"))).toBeUndefined();
});
