import type { ReplicatedVolume } from "../model";

/** What an agent on a machine without DRBD is told: which increments of which set it sends where. */
export interface IncrementPlan {
  readonly volume: string;
  readonly protects: string;
  /** Machines of the city that have the data; whichever of them is in use takes the snapshots and sends. */
  readonly from: readonly IncrementEnd[];
  /** Machines of the remote center. */
  readonly to: readonly IncrementEnd[];
  /** Seconds from one read-only snapshot of the subvolume to the next. */
  readonly every: number;
  /** Seconds that each is kept, on both sides; the last one that both have is kept however old. */
  readonly keep: number;
  /** Of what `btrfs send` writes, before it goes over the border. */
  readonly compression: "zstd";
  /** Bytes a second that sending may take. */
  readonly rate: number;
}

export interface IncrementEnd {
  readonly node: string;
  readonly site: string;
  readonly address: string;
  readonly port: number;
  /** One subvolume for the whole set: parts of it from different instants belong to no state that ever was. */
  readonly subvolume: string;
}

/**
 * The plan for one set, of requirement R8's first tier: every five seconds, kept for an hour.
 * @param root Where the machines' btrfs is mounted.
 */
export function incrementPlan(volume: ReplicatedVolume, root = "/var/lib/fabric-topologies"): IncrementPlan {
  const ends = (center: "city" | "remote"): IncrementEnd[] =>
    volume.replicas
      .filter((replica) => replica.center === center)
      .map(({ node, site, address }) => {
        return { node, site, address, port: volume.port, subvolume: `${root}/${volume.name}` };
      });
  return {
    volume: volume.name,
    protects: volume.protects,
    from: ends("city"),
    to: ends("remote"),
    every: 5,
    keep: 3600,
    compression: "zstd",
    rate: volume.remote.resyncRate,
  };
}
