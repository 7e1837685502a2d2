import { basename, dirname, join } from "node:path";
import type { Command } from "./commands";
import { compress, decompress, type NodeDriver } from "./driver";

const btrfs = (...args: readonly string[]): Command => ({ program: "btrfs", args });

/**
 * Units and snapshots are paths of subvolumes.
 *
 * An interrupted `btrfs receive` leaves a subvolume that looks like any other: it is writable and has no received UUID.
 * Only one that is read-only and has one is a snapshot that arrived (btrfs-receive(8)).
 */
export const btrfsDriver: NodeDriver = {
  name: "btrfs",
  take: (unit, snapshot) => [btrfs("subvolume", "snapshot", "-r", unit, snapshot)],
  clone: (snapshot, clone) => [btrfs("subvolume", "snapshot", snapshot, clone)],
  remove: (snapshot) => [btrfs("subvolume", "delete", "-c", snapshot)],
  untilFreed: (snapshot) => [btrfs("subvolume", "sync", dirname(snapshot))],
  shipping: {
    send: (snapshot, parent) => [
      btrfs("send", "-q", ...(parent === undefined ? [] : ["-p", parent]), snapshot),
      compress,
    ],
    receive: (place) => [decompress, btrfs("receive", "-q", place)],
    received: (place, snapshot) => join(place, basename(snapshot)),
    inspect: (snapshot) => btrfs("subvolume", "show", snapshot),
    incomplete(inspected) {
      const flags = /^\s*Flags:\s*(.*)$/m.exec(inspected)?.[1] ?? "";
      const uuid = /^\s*Received UUID:\s*(\S+)\s*$/m.exec(inspected)?.[1] ?? "-";
      const missing = [
        ...(flags.split(/[\s,|]+/).includes("readonly") ? [] : ["it can be written to"]),
        ...(uuid === "-" ? ["it has no received UUID"] : []),
      ];
      return missing.length === 0 ? undefined : missing.join(", and ");
    },
  },
};
