import { isIP } from "node:net";
import type { Finding, Path } from "../spec/problem";
import { linkFindings } from "./check-links";
import {
  activityExtents,
  sendBuffer,
  type Granularity,
  type Overload,
  type Replica,
  type ReplicatedVolume,
} from "./model";
import { kibibytes, quantityBytes } from "./units";

/**
 * What is wrong with replicated volumes, as a person wrote them; nothing of it would be caught by DRBD before data is at
 * stake, or only machine by machine.
 *
 * @param path Where the list of volumes stands in what was written.
 * @param tools What the machines have: drbd-utils decides what the bitmap's granularity may be.
 */
export function checkVolumes(
  volumes: readonly ReplicatedVolume[],
  path: Path = ["volumes"],
  tools: Tools = { drbdUtils: "9.22.0" },
): readonly Finding[] {
  return [
    ...volumes.flatMap((volume, index) => volumeFindings(volume, [...path, index], tools)),
    ...twice(volumes, ({ name }) => name, path, "name"),
    ...twice(volumes, ({ minor }) => minor, path, "minor"),
    ...twice(volumes, ({ port }) => port, path, "port"),
    ...sharedDevices(volumes, path),
  ];
}

export interface Tools {
  /** Version of drbd-utils on the machines. */
  readonly drbdUtils: string;
}

function volumeFindings(volume: ReplicatedVolume, path: Path, tools: Tools): Finding[] {
  const { name, size, minor, port, replicas } = volume;
  const at = (key: string) => [...path, key];
  return [
    ...wrong(/^[a-z]([a-z0-9-]{0,46}[a-z0-9])?$/.test(name), at("name"), name, {
      allowed: "at most 48 of a-z 0-9 -, beginning with a letter: the name of a resource, a volume and a file",
      fix: "shorten it",
    }),
    ...wrong(quantityBytes(size) !== undefined, at("size"), size, {
      allowed: "a whole number with Mi, Gi or Ti, such as 20Gi",
      fix: "write it in binary units",
    }),
    ...wrong(Number.isInteger(minor) && minor >= 0 && minor < 2 ** 20, at("minor"), String(minor), {
      allowed: "a whole number from 0 to 1048575: the device is /dev/drbd<minor>",
      fix: "take one that no other volume has",
    }),
    ...wrong(Number.isInteger(port) && port >= 1 && port < 2 ** 16, at("port"), String(port), {
      allowed: "a TCP port from 1 to 65535, such as 7789",
      fix: "take one that no other volume has",
    }),
    ...replicasFindings(replicas, at("replicas")),
    ...linkFindings(volume.city, at("city"), "city"),
    ...linkFindings(volume.remote, at("remote"), "remote"),
    ...granularityFindings(volume.granularity, at("granularity"), tools),
    ...overloadFindings(volume.overload, volume.snapshotBeforeResync, at("overload")),
  ];
}

function replicasFindings(replicas: readonly Replica[], path: Path): Finding[] {
  const count = (center: Replica["center"]) => replicas.filter((one) => one.center === center).length;
  const city = count("city");
  return [
    ...wrong(
      city >= 2 && count("remote") >= 1 && replicas.length <= 16,
      path,
      `${city} in the city, ${count("remote")} remote`,
      {
        allowed: "two or more in the city and one or more remote, at most 16",
        fix: "name a machine for each center",
      },
    ),
    // Whoever has the majority writes: the remote center by itself must never have it.
    ...wrong(count("remote") < city, path, `${count("remote")} of ${replicas.length} copies remote`, {
      allowed: "fewer than in the city: a majority at the remote center would write without anybody's decision",
      fix: "take a machine away there, or add one in the city",
    }),
    ...replicas.flatMap(({ node, address, backing }, index) => {
      const at = (key: string) => [...path, index, key];
      return [
        ...wrong(/^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$/.test(node), at("node"), node, {
          allowed: "the machine's name, as `uname -n` says it there: at most 63 of a-z 0-9 - and dots",
          fix: "name the Kubernetes node",
        }),
        ...wrong(isIP(address) !== 0 && !address.includes("%"), at("address"), address, {
          allowed: "a literal IPv4 or IPv6 address, without port: DRBD looks up no names",
          fix: "write the machine's address of the replication network",
        }),
        ...wrong(/^\/dev\/[\w./-]+$/.test(backing) && !backing.startsWith("/dev/drbd"), at("backing"), backing, {
          allowed: "a block device below DRBD, such as /dev/vg0/fabric-ledger",
          fix: "name the logical volume",
        }),
      ];
    }),
    ...twice(replicas, ({ node }) => node, path, "node"),
    ...twice(replicas, ({ address }) => canonicalAddress(address), path, "address"),
  ];
}

function granularityFindings({ tracking, chunk }: Granularity, path: Path, { drbdUtils }: Tools): Finding[] {
  const power = Number.isInteger(Math.log2(tracking)) && tracking >= 4096 && tracking <= 2 ** 20;
  const able = atLeast(drbdUtils, [9, 33]);
  return [
    ...wrong(power, [...path, "tracking"], kibibytes(tracking), {
      allowed: "4 KiB, or a power of two up to 1 MiB with drbd-utils from 9.33",
      fix: "write 4096, DRBD's own",
    }),
    ...wrong(
      !power || tracking === 4096 || able,
      [...path, "tracking"],
      `${kibibytes(tracking)} with drbd-utils ${drbdUtils}`,
      {
        allowed: "4 KiB: create-md knows --bitmap-block-size from drbd-utils 9.33",
        fix: "write 4096 and leave 128 KiB to the thin pool's chunk, or bring drbd-utils 9.33 to every machine",
      },
    ),
    ...wrong(chunk % 65536 === 0 && chunk >= 65536 && chunk <= 2 ** 30, [...path, "chunk"], kibibytes(chunk), {
      allowed: "a multiple of 64 KiB up to 1 GiB, as lvcreate --chunksize takes it",
      fix: "write 131072 for 128 KiB",
    }),
    ...wrong(
      chunk >= tracking,
      [...path, "tracking"],
      `${kibibytes(tracking)} tracked over chunks of ${kibibytes(chunk)}`,
      {
        allowed: "pieces no larger than a chunk: one changed block would send several chunks",
        fix: "track smaller pieces, or make larger chunks",
      },
    ),
  ];
}

function overloadFindings(overload: Overload, snapshots: boolean, path: Path): Finding[] {
  if (overload.mode === "block") return [];
  const { fill, extents } = overload;
  const most = Math.floor(activityExtents * 0.9);
  return [
    ...wrong(snapshots, path, "pull-ahead without a snapshot before a resync", {
      allowed: "pull-ahead with snapshotBeforeResync: the remote center is Inconsistent while it catches up",
      fix: "set snapshotBeforeResync, or let writers wait (mode block)",
    }),
    ...wrong(Number.isInteger(fill) && fill >= 4096 && fill < sendBuffer, [...path, "fill"], kibibytes(fill), {
      allowed: `less than the send buffer of ${kibibytes(sendBuffer)}: a full buffer stops writers first`,
      fix: "write 8388608 for 8 MiB",
    }),
    ...wrong(Number.isInteger(extents) && extents >= 67 && extents <= most, [...path, "extents"], String(extents), {
      allowed: `67 to ${most}: nine tenths of the activity log's ${activityExtents} extents`,
      fix: "write 1000",
    }),
  ];
}

function sharedDevices(volumes: readonly ReplicatedVolume[], path: Path): Finding[] {
  const seen = new Map<string, string>();
  return volumes.flatMap(({ name, replicas }, volume) =>
    replicas.flatMap(({ node, backing }, index) => {
      const key = `${node} ${backing}`;
      const before = seen.get(key);
      seen.set(key, name);
      return wrong(
        before === undefined,
        [...path, volume, "replicas", index, "backing"],
        `${backing} on ${node} twice`,
        {
          allowed: `a device of its own; ${before ?? ""} has this one`,
          fix: "make a logical volume for each protected set",
        },
      );
    }),
  );
}

function twice<T>(items: readonly T[], key: (item: T) => string | number, path: Path, field: string): Finding[] {
  const keys = items.map(key);
  return items.flatMap((item, index) =>
    wrong(keys.indexOf(key(item)) === index, [...path, index, field], `${key(item)} twice`, {
      allowed: `a ${field} of its own for each`,
      fix: "change one of them",
    }),
  );
}

function wrong(good: boolean, path: Path, found: string, told: Pick<Finding, "allowed" | "fix">): Finding[] {
  return good ? [] : [{ document: "replication", path, found, ...told }];
}

/** Addresses that are written differently and are the same. */
const canonicalAddress = (address: string): string =>
  isIP(address) === 6 ? new URL(`http://[${address}]`).hostname : address;

function atLeast(version: string, [major, minor]: readonly [number, number]): boolean {
  const [ours = 0, its = 0] = version.split(".").map(Number);
  return ours > major || (ours === major && its >= minor);
}
