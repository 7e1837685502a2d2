/**
 * One protected set of data that storage replicates below Fabric: what Fabric itself does not copy to the remote center, such
 * as consenters' folders as one unit and the registries of authorities (requirement R8). DRBD, LINSTOR and increments of
 * btrfs are renderings of this one value.
 */
export interface ReplicatedVolume {
  /** The set's name: of DRBD's resource, of the volume, of objects. */
  readonly name: string;
  /** What is in it, for people: `consenters of amber`. */
  readonly protects: string;
  /** A Kubernetes quantity, such as `20Gi`. */
  readonly size: string;
  /** DRBD's device is `/dev/drbd<minor>`; one for each set of a machine. */
  readonly minor: number;
  /** TCP, the same on all machines; one for each set. */
  readonly port: number;
  readonly replicas: readonly Replica[];
  readonly city: Link;
  readonly remote: Link;
  readonly granularity: Granularity;
  /** What a writer meets where the remote cannot keep up. */
  readonly overload: Overload;
  /**
   * During a resync the target holds neither the old state nor the new one. With LVM below, a snapshot taken before it is the
   * last usable one there; the resync does not start where that fails (DRBD User's Guide 9, "automated LVM snapshots").
   */
  readonly snapshotBeforeResync: boolean;
}

/** A machine that holds a copy. */
export interface Replica {
  /** The Kubernetes node, which is also what `uname -n` says there: DRBD knows itself by it. */
  readonly node: string;
  /** The cluster that the node is of. */
  readonly site: string;
  readonly center: "city" | "remote";
  /** A literal address of the replication network: DRBD takes no names. */
  readonly address: string;
  /** The device below, such as `/dev/vg0/fabric-ledger`. */
  readonly backing: string;
}

/** What goes between two machines: both in the city, or one of them remote. */
export interface Link {
  /** C: a write is done when both have it. A: when the sender's buffer has it. */
  readonly protocol: "A" | "C";
  /** Milliseconds there and back. */
  readonly roundTrip: number;
  /** Bytes a second that a resync may take. It does not slow replication itself, for which DRBD has no limit. */
  readonly resyncRate: number;
}

/** Three sizes that are often taken for one another, in bytes. */
export interface Granularity {
  /** What one bit of DRBD's bitmap stands for: 4 KiB, and more only with drbd-utils from 9.33. */
  readonly tracking: number;
  /** The chunk of the thin pool below, by which snapshots share data. */
  readonly chunk: number;
}

export type Overload =
  /** Writers wait when the send buffer is full: nothing is ever left out. */
  | { readonly mode: "block" }
  /** Writers go on and the remote falls behind, then must resync: LINBIT advises it with DRBD Proxy only. */
  | {
      readonly mode: "pullAhead";
      /** Bytes on the way from which on. */
      readonly fill: number;
      /** Extents of the activity log from which on; about nine tenths of {@link activityExtents}. */
      readonly extents: number;
    };

/** Extents of 4 MiB that may be written to at once without a word to the disk: a count, not a size. */
export const activityExtents = 1237;

/** Bytes that the sender keeps for a machine that is behind; 10 MiB is DRBD's highest. */
export const sendBuffer = 10 * 2 ** 20;

/** Requirement R8: in the city synchronous, to the remote center asynchronous; 100 MB/s; 128K and 4K. */
export const standard = {
  city: { protocol: "C", roundTrip: 2, resyncRate: 100e6 },
  remote: { protocol: "A", roundTrip: 30, resyncRate: 100e6 },
  granularity: { tracking: 4 * 1024, chunk: 128 * 1024 },
  overload: { mode: "block" },
  snapshotBeforeResync: true,
} as const satisfies Partial<ReplicatedVolume>;

/** The link between two machines of a volume. */
export function linkOf(volume: ReplicatedVolume, one: Replica, other: Replica): Link {
  return one.center === "remote" || other.center === "remote" ? volume.remote : volume.city;
}

/** Every two machines once, in the order of the replicas: DRBD needs each connection, a chain is no mesh. */
export function pairsOf({ replicas }: ReplicatedVolume): readonly (readonly [Replica, Replica])[] {
  return replicas.flatMap((one, index) => replicas.slice(index + 1).map((other) => [one, other] as const));
}
