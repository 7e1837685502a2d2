import { claims, statefulSets, storageClasses } from "../cel";
import { clusterObject, object, statefulSet } from "../examples";
import { at, fields, items, roleOf, texts, type Fields, shown } from "../manifest";
import type { Fault, Manifest, ObjectRule } from "../rule";

const common = { domain: "storage", scope: "object" } as const;
const ledgers = "docs/decisions/protecting-ledgers.md";

const storageClass = (rest: Fields): Manifest =>
  clusterObject("storage.k8s.io/v1", "StorageClass", "trade-zone-a", { provisioner: "ebs.csi.aws.com", ...rest });

const zoned = {
  volumeBindingMode: "WaitForFirstConsumer",
  allowedTopologies: [{ matchLabelExpressions: [{ key: "topology.kubernetes.io/zone", values: ["zone-a"] }] }],
};

/** A class that makes no volumes cannot make them in the wrong place. */
const makesVolumes = (one: Manifest) => one["provisioner"] !== "kubernetes.io/no-provisioner";

const claim = (accessModes: readonly string[]): Manifest =>
  object("v1", "PersistentVolumeClaim", "data-peer-0", {
    spec: { accessModes, storageClassName: "trade-zone-a", resources: { requests: { storage: "20Gi" } } },
  });

const template = {
  metadata: { name: "data" },
  spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
};

/** What keeps a ledger, and the keys beside it, whatever happens to the pod. */
export const storageRules: readonly ObjectRule[] = [
  {
    ...common,
    kinds: ["StatefulSet"],
    id: "storage-claims-stay",
    title: "Claims stay when a StatefulSet is scaled down or deleted",
    severity: "mandatory",
    why: "With Delete, one fewer replica deletes a ledger, and with it the keys by which channels know an ordering node.",
    sources: ["R6", "Kubernetes documentation, StatefulSets: PersistentVolumeClaim retention", ledgers],
    remedy: "Set persistentVolumeClaimRetentionPolicy to Retain for both, or leave it out.",
    check: (one) => {
      const retention = fields(at(one, "spec", "persistentVolumeClaimRetentionPolicy"));
      return ["whenDeleted", "whenScaled"]
        .filter((key) => retention[key] !== undefined && retention[key] !== "Retain")
        .map((key) => ({ found: `${key}: ${shown(retention[key])}` }));
    },
    examples: {
      bad: statefulSet({
        role: "peer",
        replicas: 2,
        spec: { persistentVolumeClaimRetentionPolicy: { whenDeleted: "Retain", whenScaled: "Delete" } },
      }),
      good: statefulSet({
        role: "peer",
        replicas: 2,
        spec: { persistentVolumeClaimRetentionPolicy: { whenDeleted: "Retain", whenScaled: "Retain" } },
      }),
    },
    cel: {
      on: statefulSets,
      expression:
        "object.spec.?persistentVolumeClaimRetentionPolicy.?whenDeleted.orValue('Retain') == 'Retain' && object.spec.?persistentVolumeClaimRetentionPolicy.?whenScaled.orValue('Retain') == 'Retain'",
      message: "claims must stay when a StatefulSet is scaled down or deleted",
    },
  },
  {
    ...common,
    kinds: ["StatefulSet"],
    id: "storage-ledger-on-claim",
    title: "Ledgers and keys of nodes are on claims",
    severity: "mandatory",
    why: "What is in an emptyDir is gone with the pod: an ordering node comes back without its log and its key, and is no consenter any more.",
    sources: ["R6", ledgers],
    remedy: "Give the set a claim template called data, and mount no emptyDir of that name.",
    check: (one) => {
      if (!["peer", "orderer", "ca"].includes(roleOf(one) ?? "")) return [];
      const names = items(at(one, "spec", "volumeClaimTemplates")).map((claimed) => at(claimed, "metadata", "name"));
      return names.includes("data") ? [] : [{ found: "no claim for its data" }];
    },
    examples: {
      bad: statefulSet({ role: "orderer", replicas: 3, pod: { volumes: [{ name: "data", emptyDir: {} }] } }),
      good: statefulSet({ role: "orderer", replicas: 3, spec: { volumeClaimTemplates: [template] } }),
    },
    cel: {
      on: statefulSets,
      expression:
        "!(variables.role in ['peer', 'orderer', 'ca']) || object.spec.?volumeClaimTemplates.orValue([]).exists(t, t.metadata.name == 'data')",
      message: "ledgers and keys of nodes must be on claims",
    },
  },
  {
    ...common,
    kinds: ["StorageClass"],
    id: "storage-volumes-stay",
    title: "Volumes outlive their claims",
    severity: "mandatory",
    why: "With Delete, a claim that somebody deletes takes the disk with it, and nobody gets the ledger back.",
    sources: ["Kubernetes documentation, Storage Classes: Reclaim policy", ledgers],
    remedy: "Set reclaimPolicy to Retain.",
    check: (one) =>
      one["reclaimPolicy"] === "Retain"
        ? []
        : [{ found: `reclaimPolicy ${shown(one["reclaimPolicy"], "not set, which is Delete")}` }],
    examples: { bad: storageClass({ reclaimPolicy: "Delete" }), good: storageClass({ reclaimPolicy: "Retain" }) },
    cel: {
      on: storageClasses,
      expression: "object.?reclaimPolicy.orValue('Delete') == 'Retain'",
      message: "reclaimPolicy must be Retain",
    },
  },
  {
    ...common,
    kinds: ["StorageClass"],
    id: "storage-bound-to-zone",
    title: "The volumes of a class live in one zone, and are made when the pod is placed",
    severity: "mandatory",
    why: "A class over several zones puts a ledger wherever the driver likes, and the pod follows it for ever.",
    sources: ["R6", "Kubernetes documentation, Storage Classes: Allowed topologies", "docs/decisions/claims-first.md"],
    remedy: "Set volumeBindingMode to WaitForFirstConsumer, and allowedTopologies to one zone.",
    check: (one) => {
      if (!makesVolumes(one)) return [];
      const mode = one["volumeBindingMode"];
      const zones = items(one["allowedTopologies"]).flatMap((term) =>
        items(term["matchLabelExpressions"]).flatMap(({ values }) => texts(values)),
      );
      return [
        ...(mode === "WaitForFirstConsumer" ? [] : [{ found: `volumeBindingMode ${shown(mode)}` }]),
        ...(zones.length === 1 ? [] : [{ found: zones.length === 0 ? "no zone" : `the zones ${zones.join(", ")}` }]),
      ];
    },
    examples: { bad: storageClass({ volumeBindingMode: "Immediate" }), good: storageClass(zoned) },
    cel: {
      on: storageClasses,
      expression:
        "object.provisioner == 'kubernetes.io/no-provisioner' || object.?volumeBindingMode.orValue('Immediate') == 'WaitForFirstConsumer' && object.?allowedTopologies.orValue([]).map(t, t.?matchLabelExpressions.orValue([]).map(e, e.values.size()).sum()).sum() == 1",
      message: "the volumes of a class must live in one zone",
    },
  },
  {
    ...common,
    kinds: ["StorageClass"],
    id: "storage-can-grow",
    title: "Volumes can grow",
    severity: "advisory",
    why: "A ledger only ever grows, and a full volume stops its node.",
    sources: ["Kubernetes documentation, Storage Classes: Volume expansion"],
    remedy: "Set allowVolumeExpansion to true, with a driver that can do it.",
    check: (one) =>
      !makesVolumes(one) || one["allowVolumeExpansion"] === true ? [] : [{ found: "no allowVolumeExpansion: true" }],
    examples: { bad: storageClass({}), good: storageClass({ allowVolumeExpansion: true }) },
    cel: {
      on: storageClasses,
      expression: "object.provisioner == 'kubernetes.io/no-provisioner' || object.?allowVolumeExpansion.orValue(false)",
      message: "allowVolumeExpansion must be true",
    },
  },
  {
    ...common,
    kinds: ["PersistentVolumeClaim"],
    id: "storage-one-writer",
    title: "A claim is written to from one machine",
    severity: "mandatory",
    why: "Two processes on one ledger corrupt it. A volume that only one machine may write to keeps a pod that was believed dead from coming between.",
    sources: ["Kubernetes documentation, Persistent Volumes: Access modes", ledgers],
    remedy: "Set accessModes to ReadWriteOnce or ReadWriteOncePod alone.",
    check: (one) =>
      texts(at(one, "spec", "accessModes"))
        .filter((mode) => mode !== "ReadWriteOnce" && mode !== "ReadWriteOncePod")
        .map((mode): Fault => ({ found: `the access mode ${mode}` })),
    examples: { bad: claim(["ReadWriteMany"]), good: claim(["ReadWriteOnce"]) },
    cel: {
      on: claims,
      expression: "object.spec.accessModes.all(m, m in ['ReadWriteOnce', 'ReadWriteOncePod'])",
      message: "a claim may be written to from one machine only",
    },
  },
];
