import type { Command } from "./commands";
import type { NodeDriver } from "./driver";

/**
 * Units and snapshots are thin volumes, `<group>/<volume>`. LVM sends nothing by itself: for shipping there are btrfs, zfs
 * and replication below it. A snapshot of a mounted volume freezes its file system for that moment (lvmthin(7)).
 */
export const lvmThinDriver: NodeDriver = {
  name: "lvm-thin",
  take: (unit, snapshot) => [
    lvm("lvcreate", "--snapshot", "--permission", "r", "--setactivationskip", "y", "--name", nameOf(snapshot), unit),
  ],
  clone: (snapshot, clone) => [
    lvm("lvcreate", "--snapshot", "--permission", "rw", "--setactivationskip", "n", "--name", nameOf(clone), snapshot),
    lvm("lvchange", "--activate", "y", clone),
  ],
  remove: (snapshot) => [lvm("lvremove", "--yes", snapshot)],
  // Free when the command ends.
  untilFreed: () => [],
};

const lvm = (program: string, ...args: readonly string[]): Command => ({ program, args });

const nameOf = (volume: string): string => volume.slice(volume.lastIndexOf("/") + 1);
