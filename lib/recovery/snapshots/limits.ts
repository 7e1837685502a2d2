import type { SnapshotDriver } from "./schedule";

/** What a driver can carry, and who says so. */
export interface DriverLimit {
  /** Seconds between two snapshots of a volume. */
  readonly leastInterval: number;
  /** Snapshots of a volume at a time. */
  readonly mostPerVolume?: number;
  /** Several volumes at one instant. */
  readonly groups: boolean;
  readonly source: string;
}

/** Drivers that act on the node. Taking one was seen to cost 5 to 80 ms on btrfs. */
const onNode: Readonly<Partial<Record<SnapshotDriver, DriverLimit>>> = {
  btrfs: {
    leastInterval: 1,
    groups: false,
    source: "at one a second the throughput was seen to be lower already",
  },
  "lvm-thin": {
    leastInterval: 5,
    groups: false,
    source: "each commits the metadata of the whole pool (not measured here)",
  },
  zfs: {
    leastInterval: 1,
    groups: false,
    source: "a snapshot waits for the pool's next transaction group (not measured here)",
  },
};

/** CSI drivers by the name that a snapshot class says. Of others nothing is known, but what the API server carries. */
const csi: Readonly<Record<string, DriverLimit>> = {
  "ebs.csi.aws.com": {
    leastInterval: 60,
    groups: true,
    source: "EBS refuses more with SnapshotCreationPerVolumeRateExceeded (aws-ebs-csi-driver#1608)",
  },
  "pd.csi.storage.gke.io": {
    leastInterval: 60,
    mostPerVolume: 32,
    groups: false,
    source: "instant snapshots of a disk are 30 s apart at least, and at most 32 (Compute Engine)",
  },
  "linstor.csi.linbit.com": {
    leastInterval: 5,
    groups: true,
    source: "a consistency group is one resource of DRBD (linstor-csi 1.12; its pace is not measured here)",
  },
};

const unknownCsi: DriverLimit = { leastInterval: 5, groups: false, source: "nothing is known of this driver" };

/** Fabric's own ledger snapshot stops commits while it is written, and the peer takes one request at a time. */
const ledgerSnapshot: DriverLimit = {
  leastInterval: 3600,
  groups: false,
  source: "the peer stops committing while it writes one (Fabric docs, peer ledger snapshot)",
};

/** What carries a schedule. @param csiDriver Of its snapshot class, for the drivers that need one. */
export function limitOf(driver: SnapshotDriver, csiDriver: string): DriverLimit {
  if (driver === "ledger-snapshot") return ledgerSnapshot;
  return onNode[driver] ?? csi[csiDriver] ?? unknownCsi;
}

/** The control plane's limits: objects, and how many it makes in a second. */
export const apiLimits = {
  /** VolumeSnapshots and their contents in a cluster. From 15,000 on they come minutes late (external-snapshotter#1148). */
  objects: 5000,
  /** With the controller's default of 5 questions a second 80 snapshots took 143 s (external-snapshotter#1344). */
  snapshotsPerSecond: 0.55,
  /** With `--kube-api-qps` raised they took 17 s. */
  raisedSnapshotsPerSecond: 4.7,
  /** Each snapshot and its content are written so often until they are ready. */
  writesPerSnapshot: 6,
} as const;
