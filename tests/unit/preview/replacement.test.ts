/** What the engine replaces, and what it changes in place; tests/cluster/replacements.test.ts asks the real one. */
import { replacementOf } from "../../../lib/preview/diff/replacement";
import { protection } from "../../../lib/deploy/protection";

const object = (name = "one", namespace = "trade-amber") => ({ metadata: { name, namespace, labels: { app: "a" } } });
const statefulSet = (spec: object = {}) => ({
  ...object(),
  spec: {
    replicas: 1,
    revisionHistoryLimit: 10,
    podManagementPolicy: "Parallel",
    serviceName: "peer",
    selector: { matchLabels: { app: "a" } },
    template: { spec: { containers: [{ name: "peer", image: "peer:1" }] } },
    volumeClaimTemplates: [{ metadata: { name: "data" }, spec: { resources: { requests: { storage: "1Gi" } } } }],
    ...spec,
  },
});

describe("a StatefulSet", () => {
  const type = "kubernetes:apps/v1:StatefulSet";

  test.each([
    ["serviceName", { serviceName: "other" }],
    ["selector", { selector: { matchLabels: { app: "a", more: "b" } } }],
    ["podManagementPolicy", { podManagementPolicy: "OrderedReady" }],
    ["revisionHistoryLimit", { revisionHistoryLimit: 3 }],
    ["revisionHistoryLimit", { revisionHistoryLimit: undefined }],
    [
      "volumeClaimTemplates",
      { volumeClaimTemplates: [{ metadata: { name: "data" }, spec: { resources: { requests: { storage: "2Gi" } } } }] },
    ],
    ["volumeClaimTemplates", { volumeClaimTemplates: [] }],
  ])("is replaced where its %s becomes %j", (field, change) => {
    expect(replacementOf(type, statefulSet(), statefulSet(change))).toEqual([`spec.${field}`]);
  });

  test.each([
    { replicas: 3 },
    { template: { spec: { containers: [{ name: "peer", image: "peer:2" }] } } },
    { persistentVolumeClaimRetentionPolicy: { whenDeleted: "Delete" } },
    { updateStrategy: { type: "OnDelete" } },
    { minReadySeconds: 5 },
  ])("changes in place where its spec becomes %j", (change) => {
    expect(replacementOf(type, statefulSet(), statefulSet(change))).toEqual([]);
  });

  test("is replaced where a default is written down, as the provider compares what programs say", () => {
    const silent = { ...object(), spec: { replicas: 1 } };
    const said = { ...object(), spec: { replicas: 1, podManagementPolicy: "OrderedReady" } };
    expect(replacementOf(type, silent, said)).toEqual(["spec.podManagementPolicy"]);
  });

  test("tells every field, sorted", () => {
    const after = { ...statefulSet({ serviceName: "other", selector: {} }), ...object("two") };
    expect(replacementOf(type, statefulSet(), after)).toEqual(["metadata.name", "spec.selector", "spec.serviceName"]);
  });

  test("passes over what the engine is told to ignore, and nothing beside it", () => {
    const after = statefulSet({ serviceName: "other", volumeClaimTemplates: [] });
    expect(replacementOf(type, statefulSet(), after, ["spec.volumeClaimTemplates"])).toEqual(["spec.serviceName"]);
  });

  test("stays where nothing but the order of keys changed", () => {
    const { metadata, spec } = statefulSet();
    expect(replacementOf(type, { metadata, spec }, { spec, metadata })).toEqual([]);
  });
});

describe.each([
  ["kubernetes:core/v1:ConfigMap"],
  ["kubernetes:core/v1:Namespace"],
  ["kubernetes:networking.k8s.io/v1:NetworkPolicy"],
  ["kubernetes:example.com/v1:Ledger"],
])("any object (%s)", (type) => {
  test("is another one by another name or namespace", () => {
    expect(replacementOf(type, object(), object("two"))).toEqual(["metadata.name"]);
    expect(replacementOf(type, object(), object("one", "trade-blue"))).toEqual(["metadata.namespace"]);
  });

  test("changes its labels in place", () => {
    const after = { metadata: { ...object().metadata, labels: { app: "b" } } };
    expect(replacementOf(type, object(), after)).toEqual([]);
  });
});

test.each([
  ["core/v1:Service", { spec: {} }, { spec: { clusterIP: "None" } }, ["spec.clusterIP"]],
  ["core/v1:Service", { spec: { type: "ClusterIP" } }, { spec: { type: "LoadBalancer" } }, []],
  ["core/v1:Secret", { type: "Opaque" }, { type: "kubernetes.io/tls" }, ["type"]],
  ["core/v1:Secret", { data: "[secret]" }, { data: "[secret]" }, []],
  ["core/v1:Secret", { data: { a: "MQ==" } }, { data: { a: "Mg==" } }, []],
  ["core/v1:Secret", { data: { a: "MQ==" } }, { data: { a: "Mg==" }, immutable: true }, ["data"]],
  ["core/v1:ConfigMap", { data: { a: "1" } }, { data: { a: "2" } }, []],
  ["core/v1:ConfigMap", { data: { a: "1" }, immutable: true }, { data: { a: "2" }, immutable: true }, ["data"]],
  ["core/v1:ConfigMap", { data: { a: "1" }, immutable: true }, { data: { a: "2" } }, []],
  ["apps/v1:Deployment", { spec: { selector: { a: "1" } } }, { spec: { selector: { a: "2" } } }, ["spec.selector"]],
  ["apps/v1:Deployment", { spec: { replicas: 1 } }, { spec: { replicas: 2 } }, []],
  ["batch/v1:Job", { spec: { template: { a: "1" } } }, { spec: { template: { a: "2" } } }, ["spec.template"]],
  ["batch/v1:Job", { spec: { backoffLimit: 1 } }, { spec: { backoffLimit: 2 } }, []],
  ["rbac.authorization.k8s.io/v1:RoleBinding", { roleRef: { name: "a" } }, { roleRef: { name: "b" } }, ["roleRef"]],
  ["rbac.authorization.k8s.io/v1:RoleBinding", { subjects: [] }, { subjects: [{ name: "a" }] }, []],
  ["rbac.authorization.k8s.io/v1:Role", { rules: [] }, { rules: [{ verbs: ["get"] }] }, []],
  ["storage.k8s.io/v1:StorageClass", { provisioner: "a" }, { provisioner: "b" }, ["provisioner"]],
  ["storage.k8s.io/v1:StorageClass", { reclaimPolicy: "Delete" }, { reclaimPolicy: "Retain" }, []],
  ["policy/v1:PodDisruptionBudget", { spec: { maxUnavailable: 1 } }, { spec: { maxUnavailable: 2 } }, []],
  ["core/v1:PersistentVolume", { spec: { csi: { a: "1" } } }, { spec: { csi: { a: "2" } } }, ["spec.csi"]],
])("%s from %j to %j: replaced by %j", (kind, before, after, expected) => {
  expect(replacementOf(`kubernetes:${kind}`, { ...object(), ...before }, { ...object(), ...after })).toEqual(expected);
});

test("a claim would be replaced by another class, and is not, as our program has the engine pass over it", () => {
  const type = "kubernetes:core/v1:PersistentVolumeClaim";
  const claim = (storageClassName: string, storage: string) => ({
    ...object(),
    spec: { storageClassName, resources: { requests: { storage } } },
  });
  const [before, after] = [claim("slow", "1Gi"), claim("fast", "2Gi")];
  expect(replacementOf(type, before, after)).toEqual(["spec.storageClassName"]);
  const { ignoreChanges } = protection({ kind: "PersistentVolumeClaim" });
  expect(replacementOf(type, before, after, ignoreChanges as string[])).toEqual([]);
});

describe("a provider", () => {
  const type = "pulumi:providers:kubernetes";

  test("is replaced, and all of its objects with it, where it is told of another cluster", () => {
    expect(replacementOf(type, { clusterIdentifier: "a" }, { clusterIdentifier: "b" })).toEqual(["clusterIdentifier"]);
  });

  test("stays where the kubeconfig of the same cluster moves, or a cluster is named that was not", () => {
    const moved = { clusterIdentifier: "a", kubeconfig: "/new" };
    expect(replacementOf(type, { clusterIdentifier: "a", kubeconfig: "/old" }, moved)).toEqual([]);
    expect(replacementOf(type, { kubeconfig: "/old" }, { clusterIdentifier: "a", kubeconfig: "/old" })).toEqual([]);
  });
});

test("what is no Kubernetes object, it leaves to others", () => {
  expect(replacementOf("aws:ec2/vpc:Vpc", { cidrBlock: "10.0.0.0/16" }, { cidrBlock: "10.1.0.0/16" })).toEqual([]);
  expect(replacementOf("fabric:topologies:Site", object(), object("two"))).toEqual([]);
  expect(replacementOf("kubernetes:helm.sh/v3:Release", object(), object("two"))).toEqual([]);
});
