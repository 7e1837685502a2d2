import * as fc from "fast-check";
import { standard, type Link, type ReplicatedVolume } from "../../../lib/replication/model";

/** The consenters' folders of two centers in a city and a remote one, as requirement R8 asks. */
export const ledger: ReplicatedVolume = {
  ...standard,
  name: "fabric-ledger",
  protects: "consenters of all organisations, as one unit",
  size: "100Gi",
  minor: 10,
  port: 7789,
  replicas: [
    { node: "city-a", site: "center-1", center: "city", address: "10.0.1.10", backing: "/dev/vg0/fabric-ledger" },
    { node: "city-b", site: "center-2", center: "city", address: "10.0.2.10", backing: "/dev/vg0/fabric-ledger" },
    { node: "remote-c", site: "center-3", center: "remote", address: "10.1.0.10", backing: "/dev/vg0/fabric-ledger" },
  ],
};

export const registries: ReplicatedVolume = {
  ...ledger,
  name: "fabric-authorities",
  protects: "registries and keys of the certificate authorities",
  size: "10Gi",
  minor: 11,
  port: 7790,
  replicas: ledger.replicas.map((replica) => ({ ...replica, backing: "/dev/vg0/fabric-authorities" })),
  overload: { mode: "pullAhead", fill: 8 * 2 ** 20, extents: 1000 },
};

const link = (protocol: Link["protocol"]): fc.Arbitrary<Link> =>
  fc.record({
    protocol: fc.constant(protocol),
    roundTrip: fc.double({ min: 0.1, max: 6000, noNaN: true }),
    resyncRate: fc.integer({ min: 256_000, max: 4_294_967_296 }),
  });

/** Any volume that is right. */
export const volumes: fc.Arbitrary<ReplicatedVolume> = fc
  .record({
    city: fc.integer({ min: 2, max: 6 }),
    far: fc.integer({ min: 1, max: 5 }),
    six: fc.boolean(),
    minor: fc.integer({ min: 0, max: 2 ** 20 - 1 }),
    port: fc.integer({ min: 1, max: 65535 }),
    name: fc.stringMatching(/^[a-z][a-z0-9-]{0,20}[a-z0-9]$/),
    cityLink: link("C"),
    remoteLink: link("A"),
    chunk: fc.integer({ min: 1, max: 16384 }).map((count) => count * 65536),
    fill: fc.integer({ min: 8, max: 10 * 2048 - 1 }).map((sectors) => sectors * 512),
    extents: fc.integer({ min: 67, max: 1113 }),
    ahead: fc.boolean(),
    snapshots: fc.boolean(),
  })
  .map(({ city, six, cityLink, remoteLink, chunk, fill, extents, ahead, snapshots, ...rest }) => {
    const far = Math.min(rest.far, city - 1);
    const replicas = Array.from({ length: city + far }, (_, index) => ({
      node: `node-${index}`,
      site: index < city ? `city-${index % 2}` : "remote",
      center: index < city ? ("city" as const) : ("remote" as const),
      address: six ? `fd00::${index + 1}` : `10.0.0.${index + 1}`,
      backing: `/dev/vg0/${rest.name}`,
    }));
    const { name, minor, port } = rest;
    return {
      ...{ name, minor, port, replicas, city: cityLink, remote: remoteLink, protects: "anything", size: "1Gi" },
      granularity: { tracking: 4096, chunk },
      overload: ahead ? { mode: "pullAhead" as const, fill, extents } : { mode: "block" as const },
      snapshotBeforeResync: ahead || snapshots,
    };
  });
