import { gone } from "../../../lib/deploy/gone";
import { identityOf, type RecordedObject } from "../../../lib/deploy/recorded";

const objects = (...keys: string[]): RecordedObject[] => keys.map((key) => ({ site: "demo", key, labels: {} }));
const claim = (name: string, role: string): RecordedObject => ({
  site: "demo",
  key: `PersistentVolumeClaim/a/${name}`,
  labels: { "fabric-topologies.dev/role": role },
});
const recorded = [
  ...objects("Namespace/a", "ConfigMap/a/b", "Job/a/c"),
  claim("d", "peer"),
  claim("e", "peer"),
  claim("f", "orderer"),
];

test("what the state holds and the cluster does not", () => {
  expect(gone(recorded, ["ConfigMap/a/new"])).toEqual([]);
  expect(gone([], ["ConfigMap/a/b"])).toEqual([]);
  const [finding] = gone(recorded, ["ConfigMap/a/b", "ConfigMap/a/new"]);
  expect(finding?.found).toBe("only 5 of the 6 objects that the last run left here; gone: ConfigMap/a/b");
  expect(finding?.fix).toBe("`pulumi refresh --yes` forgets what is gone, and `pulumi up` makes it anew");
});

test("where a claim is gone its volume may be there, so that is looked for first", () => {
  const [finding] = gone(recorded, ["ConfigMap/a/b", "PersistentVolumeClaim/a/d"]);
  expect(finding?.found).toMatch(/gone: PersistentVolumeClaim\/a\/d, ConfigMap\/a\/b$/);
  expect(finding?.fix).toMatch(/^first see with `kubectl get pv` .*claimRef.*`pulumi refresh --yes`.*begins empty/);
});

test("where all claims of a role are gone nothing is made anew", () => {
  const [finding] = gone(recorded, ["PersistentVolumeClaim/a/d", "PersistentVolumeClaim/a/f"]);
  expect(finding?.fix).toMatch(/^first see with `kubectl get pv` .*Every claim of a role is gone here \(orderer\)/);
  expect(finding?.fix).not.toMatch(/pulumi (refresh|up)/);
});

test("where the keys of authorities are gone they are not to be made anew, however many authorities are left", () => {
  const network = [...recorded, claim("data-ca-org1-0", "ca"), claim("root-ca-org1", "ca-init"), claim("g", "ca")];
  for (const lost of ["data-ca-org1-0", "root-ca-org1"]) {
    const [finding] = gone(network, [`PersistentVolumeClaim/a/${lost}`]);
    expect(finding?.fix).toMatch(
      /^first see with `kubectl get pv` .*made anew they are other ones, which no channel knows/,
    );
  }
});

test("a Job may have ended and gone", () => expect(gone(recorded, ["Job/a/c"])).toEqual([]));

test("where all are gone it may be another cluster", () => {
  const [finding] = gone(objects("Namespace/a"), ["Namespace/a"]);
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
