import { objectKey, type KubeObject, type SiteManifests } from "../../lib/constructs/manifests";
import { SiteObjects } from "../../lib/deploy/site";
import { masked, type RecordedResource } from "../../lib/preview/graph";
import { record } from "../../lib/preview/record";

const labels = { "fabric-topologies.dev/network": "net" };
const object = (apiVersion: string, kind: string, name: string, rest: Record<string, unknown> = {}): KubeObject => ({
  apiVersion,
  kind,
  metadata: { name, namespace: "net-org1", labels },
  ...rest,
});
const clusterScoped = (
  apiVersion: string,
  kind: string,
  name: string,
  rest: Record<string, unknown> = {},
): KubeObject => ({
  apiVersion,
  kind,
  metadata: { name, labels },
  ...rest,
});

const objects: KubeObject[] = [
  object("apps/v1", "StatefulSet", "peer0-org1", {
    spec: { replicas: 2, volumeClaimTemplates: [{ metadata: { name: "data" } }] },
  }),
  object("v1", "PersistentVolumeClaim", "data-peer0-org1-0", { spec: { storageClassName: "net-zone-a" } }),
  object("v1", "PersistentVolumeClaim", "data-peer0-org1-1", { spec: { storageClassName: "net-zone-b" } }),
  object("v1", "Service", "peer-svc", { spec: { clusterIP: "None" } }),
  object("v1", "ConfigMap", "peer-config", { data: { "core.yaml": "peer: {}" } }),
  object("v1", "Secret", "couchdb", { stringData: { password: "s3cr3t" }, data: { user: "YWRtaW4=" } }),
  object("example.com/v1", "Failover", "drill", { spec: { to: "b" } }),
  clusterScoped("apiextensions.k8s.io/v1", "CustomResourceDefinition", "failovers.example.com", {
    spec: { group: "example.com", names: { kind: "Failover" } },
  }),
  clusterScoped("storage.k8s.io/v1", "StorageClass", "net-zone-a", { provisioner: "csi.example.com" }),
  clusterScoped("storage.k8s.io/v1", "StorageClass", "net-zone-b", { provisioner: "csi.example.com" }),
  clusterScoped("v1", "Namespace", "net-org1"),
];
const manifests: SiteManifests = {
  site: "demo",
  objects,
  dependencies: new Map([["StatefulSet/net-org1/peer0-org1", ["ConfigMap/net-org1/peer-config"]]]),
};
const deploy = async (of: SiteManifests = manifests) => {
  const program = () => void new SiteObjects({ name: "demo", kubeconfig: "k", context: "c" }, of);
  return (await record(program, { project: "project", stack: "stack" })).resources;
};

let recorded: readonly RecordedResource[];
beforeAll(async () => {
  recorded = await deploy();
});

const registered = (name: string): RecordedResource => {
  const found = recorded.find((resource) => resource.name === name);
  if (found === undefined) throw new Error(`${name} was not registered`);
  return found;
};
const names = (urns: readonly string[]) => urns.map((urn) => urn.split("::").at(-1)).sort();

test("every object is a resource of its own type, named after the site and the object", () => {
  expect(
    recorded
      .filter(({ type }) => type.startsWith("kubernetes:"))
      .map(({ type, name }) => `${type} ${name}`)
      .sort(),
  ).toEqual(
    [
      "kubernetes:apps/v1:StatefulSet demo:StatefulSet/net-org1/peer0-org1",
      "kubernetes:core/v1:PersistentVolumeClaim demo:PersistentVolumeClaim/net-org1/data-peer0-org1-0",
      "kubernetes:core/v1:PersistentVolumeClaim demo:PersistentVolumeClaim/net-org1/data-peer0-org1-1",
      "kubernetes:core/v1:Service demo:Service/net-org1/peer-svc",
      "kubernetes:core/v1:ConfigMap demo:ConfigMap/net-org1/peer-config",
      "kubernetes:core/v1:Secret demo:Secret/net-org1/couchdb",
      "kubernetes:example.com/v1:Failover demo:Failover/net-org1/drill",
      "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition demo:CustomResourceDefinition/failovers.example.com",
      "kubernetes:storage.k8s.io/v1:StorageClass demo:StorageClass/net-zone-a",
      "kubernetes:storage.k8s.io/v1:StorageClass demo:StorageClass/net-zone-b",
      "kubernetes:core/v1:Namespace demo:Namespace/net-org1",
    ].sort(),
  );
  const site = recorded.find(({ type }) => type === "fabric:topologies:Site");
  expect(site?.name).toBe("demo");
  for (const { type, parent } of recorded.filter((one) => /^(kubernetes|pulumi:providers):/.test(one.type))) {
    expect([type, parent]).toEqual([type, site?.urn]);
  }
});

test("one provider per site: the kubeconfig's path, never its content, and a cluster known by the site's name", () => {
  const provider = registered("demo:Namespace/net-org1").provider;
  const [only, ...others] = recorded.filter(({ type }) => type === "pulumi:providers:kubernetes");
  expect(others).toEqual([]);
  // The SDK sends provider settings as JSON text.
  expect(only?.inputs).toEqual({
    clusterIdentifier: "demo",
    kubeconfig: "k",
    context: "c",
    enableConfigMapMutable: "true",
    enableSecretMutable: "true",
    enableServerSideApply: "true",
  });
  expect(provider).toBe(only?.urn);
  expect(new Set(recorded.filter(({ type }) => type.startsWith("kubernetes:")).map((one) => one.provider))).toEqual(
    new Set([provider]),
  );
});

test("a namespace comes before its content, a definition before its objects, claims before their StatefulSet", () => {
  expect(names(registered("demo:Failover/net-org1/drill").dependencies)).toEqual([
    "demo:CustomResourceDefinition/failovers.example.com",
    "demo:Namespace/net-org1",
  ]);
  expect(names(registered("demo:PersistentVolumeClaim/net-org1/data-peer0-org1-1").dependencies)).toEqual([
    "demo:Namespace/net-org1",
    "demo:StorageClass/net-zone-b",
  ]);
  expect(names(registered("demo:StatefulSet/net-org1/peer0-org1").dependencies)).toEqual([
    "demo:ConfigMap/net-org1/peer-config",
    "demo:Namespace/net-org1",
    "demo:PersistentVolumeClaim/net-org1/data-peer0-org1-0",
    "demo:PersistentVolumeClaim/net-org1/data-peer0-org1-1",
  ]);
});

test("the order in which objects arrive changes nothing", async () => {
  const shuffled = await deploy({ ...manifests, objects: [...objects].reverse() });
  expect(shuffled.map(({ urn }) => urn)).toEqual(recorded.map(({ urn }) => urn));
});

test("claims and namespaces stay when the stack goes, everything else goes", () => {
  const kept = recorded.filter(({ retainOnDelete }) => retainOnDelete).map(({ name }) => name);
  expect(kept.sort()).toEqual([
    "demo:Namespace/net-org1",
    "demo:PersistentVolumeClaim/net-org1/data-peer0-org1-0",
    "demo:PersistentVolumeClaim/net-org1/data-peer0-org1-1",
  ]);
  expect(registered("demo:PersistentVolumeClaim/net-org1/data-peer0-org1-0").ignoreChanges).toEqual(
    expect.arrayContaining(["spec.storageClassName", "spec.volumeName"]),
  );
});

test("every object is applied under one field manager, and a claim that is already bound is not waited for", () => {
  for (const one of recorded.filter(({ type }) => type.startsWith("kubernetes:"))) {
    const { annotations } = one.inputs["metadata"] as { annotations: Record<string, string> };
    expect([one.name, annotations["pulumi.com/patchFieldManager"]]).toEqual([one.name, "fabric-topologies"]);
    expect([one.name, annotations["fabric-topologies.dev/stack"]]).toEqual([one.name, "project/stack"]);
    const bare = ["PersistentVolumeClaim", "Service"].includes(one.type.split(":").at(-1) ?? "");
    expect([one.name, annotations["pulumi.com/skipAwait"]]).toEqual([one.name, bare ? "true" : undefined]);
  }
});

test("what a Secret holds is a secret for the engine, and nothing of it is anywhere else", () => {
  const { inputs } = registered("demo:Secret/net-org1/couchdb");
  expect(inputs).toMatchObject({ stringData: masked, data: masked });
  expect(JSON.stringify(recorded)).not.toMatch(/s3cr3t|YWRtaW4=/);
  expect(recorded.find(({ type }) => type === "fabric:topologies:Site")?.inputs).toEqual({});
});

test("keys in the test are the keys of the contract", () => {
  expect(objects.map(objectKey)).toContain("StatefulSet/net-org1/peer0-org1");
  expect(objects.map(objectKey)).toContain("Namespace/net-org1");
});
