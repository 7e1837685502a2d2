import type { Command } from "./commands";
import { compress, decompress, type NodeDriver } from "./driver";

const zfs = (...args: readonly string[]): Command => ({ program: "zfs", args });

/**
 * Units are datasets, snapshots `<dataset>@<name>`. A receive that was interrupted leaves nothing (zfs-receive(8), without
 * -s); one that is under way shows as a dataset that is inconsistent, and its snapshot is not there yet.
 */
export const zfsDriver: NodeDriver = {
  name: "zfs",
  take: (_unit, snapshot) => [zfs("snapshot", snapshot)],
  clone: (snapshot, clone) => [zfs("clone", snapshot, clone)],
  remove: (snapshot) => [zfs("destroy", snapshot)],
  // Free when the command ends.
  untilFreed: () => [],
  shipping: {
    send: (snapshot, parent) => [zfs("send", ...(parent === undefined ? [] : ["-i", parent]), snapshot), compress],
    // Not mounted: a dataset that was opened by mistake could not take the next increment.
    receive: (place) => [decompress, zfs("receive", "-u", place)],
    received: (place, snapshot) => `${place}@${nameOf(snapshot)}`,
    inspect: (snapshot) => zfs("get", "-H", "-p", "-o", "property,value", "type,guid,inconsistent", snapshot),
    incomplete(inspected) {
      const values = new Map(inspected.split("\n").map((line) => line.split("\t") as [string, string]));
      if (values.get("type") !== "snapshot") return "it is no snapshot";
      return values.get("inconsistent") === "1" ? "it is still being received" : undefined;
    },
  },
};

const nameOf = (snapshot: string): string => snapshot.slice(snapshot.indexOf("@") + 1);
