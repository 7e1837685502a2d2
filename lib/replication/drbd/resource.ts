import {
  activityExtents,
  linkOf,
  pairsOf,
  sendBuffer,
  type Link,
  type Overload,
  type Replica,
  type ReplicatedVolume,
} from "../model";
import { tuningOf } from "../tuning";
import { inKib } from "../units";

/**
 * The resource file of one protected set for DRBD 9, with a connection between every two machines (requirement R8; options as
 * drbd.conf(5) of drbd-utils 9.22 has them).
 *
 * Nobody becomes primary by opening the device, and a machine without a majority stops to write: promotion is decided by the
 * failover alone. Rates are KiB/s.
 */
export function drbdResource(volume: ReplicatedVolume): string {
  const { name, minor, replicas } = volume;
  return `${section(`resource ${name}`, [
    `device /dev/drbd${minor} minor ${minor};`,
    "meta-disk internal;",
    ...section("options", ["quorum majority;", "on-no-quorum suspend-io;", "auto-promote no;"]),
    ...section("disk", [`al-extents ${activityExtents};`]),
    ...(volume.snapshotBeforeResync ? section("handlers", handlers) : []),
    ...replicas.flatMap((replica, id) => host(volume, replica, id)),
    ...pairsOf(volume).flatMap(([one, other]) => connection(volume, one, other)),
  ]).join("\n")}\n`;
}

/** Without these a resync leaves the remote center with nothing that could be used until it is done. */
const handlers = [
  'before-resync-target "/usr/lib/drbd/snapshot-resync-target-lvm.sh";',
  'after-resync-target "/usr/lib/drbd/unsnapshot-resync-target-lvm.sh";',
];

function host({ port }: ReplicatedVolume, { node, address, backing }: Replica, id: number): string[] {
  const reached = address.includes(":") ? `ipv6 [${address}]:${port}` : `ipv4 ${address}:${port}`;
  return section(`on ${node}`, [`node-id ${id};`, `disk ${backing};`, `address ${reached};`]);
}

function connection(volume: ReplicatedVolume, one: Replica, other: Replica): string[] {
  const link = linkOf(volume, one, other);
  const remote = one.center === "remote" || other.center === "remote";
  return section("connection", [
    `host ${one.node};`,
    `host ${other.node};`,
    ...section("net", net(link, remote ? volume.overload : { mode: "block" })),
    ...section("disk", disk(link)),
  ]);
}

function net(link: Link, overload: Overload): string[] {
  const { protocol } = link;
  if (protocol === "C") return ["protocol C;"];
  return [
    "protocol A;",
    `sndbuf-size ${inKib(sendBuffer)};`,
    `ping-timeout ${tuningOf(link).pingTimeout};`,
    ...(overload.mode === "block"
      ? []
      : [
          "on-congestion pull-ahead;",
          `congestion-fill ${inKib(overload.fill)};`,
          `congestion-extents ${overload.extents};`,
        ]),
  ];
}

function disk(link: Link): string[] {
  const { planAhead, fillTarget, maxRate, minRate } = tuningOf(link);
  return [
    `c-plan-ahead ${planAhead};`,
    `c-fill-target ${inKib(fillTarget)};`,
    `c-max-rate ${maxRate};`,
    `c-min-rate ${minRate};`,
  ];
}

const section = (head: string, lines: readonly string[]): string[] => [
  `${head} {`,
  ...lines.map((line) => `  ${line}`),
  "}",
];
