import type { KubeObject } from "../../../lib/constructs/manifests";

const named = (name: string, namespace?: string) => ({
  metadata: { name, labels: {}, ...(namespace === undefined ? {} : { namespace }) },
});
const driver = "linstor.csi.linbit.com";

/** One object of each kind of external-snapshotter, as its own pages show it. */
export const snapshotObjects: readonly KubeObject[] = [
  {
    apiVersion: "snapshot.storage.k8s.io/v1",
    kind: "VolumeSnapshot",
    ...named("ledger-1", "trade-storage"),
    spec: { source: { persistentVolumeClaimName: "ledger" }, volumeSnapshotClassName: "thin" },
  },
  {
    apiVersion: "snapshot.storage.k8s.io/v1",
    kind: "VolumeSnapshotClass",
    ...named("thin"),
    driver,
    deletionPolicy: "Retain",
    parameters: { "snap.linstor.csi.linbit.com/type": "S3" },
  },
  {
    apiVersion: "snapshot.storage.k8s.io/v1",
    kind: "VolumeSnapshotContent",
    ...named("ledger-1"),
    spec: {
      driver,
      deletionPolicy: "Retain",
      source: { snapshotHandle: "snapshot-1" },
      volumeSnapshotRef: { name: "ledger-1", namespace: "trade-storage" },
    },
  },
  {
    apiVersion: "groupsnapshot.storage.k8s.io/v1",
    kind: "VolumeGroupSnapshot",
    ...named("all-1", "trade-storage"),
    spec: { source: { selector: { matchLabels: { set: "ledger" } } }, volumeGroupSnapshotClassName: "thin" },
  },
  {
    apiVersion: "groupsnapshot.storage.k8s.io/v1",
    kind: "VolumeGroupSnapshotClass",
    ...named("thin"),
    driver,
    deletionPolicy: "Retain",
  },
  {
    apiVersion: "groupsnapshot.storage.k8s.io/v1",
    kind: "VolumeGroupSnapshotContent",
    ...named("all-1"),
    spec: {
      driver,
      deletionPolicy: "Retain",
      source: { groupSnapshotHandles: { volumeGroupSnapshotHandle: "group-1", volumeSnapshotHandles: ["snapshot-1"] } },
      volumeGroupSnapshotRef: { name: "all-1", namespace: "trade-storage" },
    },
  },
];
