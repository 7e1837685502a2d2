import type { Command, Pipeline } from "./commands";

/** What a driver on the node is asked for. A unit is what has one instant: all consenters of a center, or a peer. */
export interface NodeDriver {
  readonly name: "btrfs" | "lvm-thin" | "zfs";
  /** A snapshot that nobody can write to. */
  take(unit: string, snapshot: string): readonly Command[];
  /** A copy that can be written to; the snapshot stays as it is. */
  clone(snapshot: string, clone: string): readonly Command[];
  remove(snapshot: string): readonly Command[];
  /** Waits until the space of removed snapshots is free again (on btrfs up to half a minute); before, free space is not to be trusted. */
  untilFreed(snapshot: string): readonly Command[];
  /** Undefined where a driver cannot send. */
  readonly shipping?: Shipping;
}

/** How increments travel. */
export interface Shipping {
  /** Writes a snapshot, compressed; of one with a parent only what is different. */
  send(snapshot: string, parent?: string): Pipeline;
  /** Reads it into a place where the parent is already. */
  receive(place: string): Pipeline;
  /** Where a snapshot of this name is after it was received there. */
  received(place: string, snapshot: string): string;
  /** Asks for what {@link Shipping.incomplete} judges. */
  inspect(snapshot: string): Command;
  /** Why what has arrived is no whole snapshot; undefined where it is one. */
  incomplete(inspected: string): string | undefined;
}

/** Fast, and enough: what is sent of an ordering node's log is mostly zeros (146 MB were seen to become 0.7 MB). */
export const compress: Command = { program: "zstd", args: ["-1", "-q", "-c"] };
export const decompress: Command = { program: "zstd", args: ["-d", "-q", "-c"] };
