import * as fc from "fast-check";
import { checkVolumes } from "../../../lib/replication/check";
import type { ReplicatedVolume } from "../../../lib/replication/model";
import { formatPath } from "../../../lib/spec/problem";
import { ledger, registries, volumes } from "../../support/replication/volumes";

const told = (...all: ReplicatedVolume[]) =>
  checkVolumes(all).map(({ path, found }) => `${formatPath(path)}: ${found}`);

const [cityA, cityB, remote] = ledger.replicas as [
  ReplicatedVolume["replicas"][0],
  ReplicatedVolume["replicas"][0],
  ReplicatedVolume["replicas"][0],
];

describe("replicated volumes as people write them", () => {
  it("are taken where they are right", () => {
    expect(told(ledger, registries)).toEqual([]);
    fc.assert(fc.property(volumes, (volume) => told(volume).length === 0));
  });

  it.each<[string, Partial<ReplicatedVolume>, string]>([
    ["city link that may lose a write", { city: { ...ledger.city, protocol: "A" } }, "volumes[0].city.protocol: A"],
    [
      "remote link that holds up writers",
      { remote: { ...ledger.remote, protocol: "C" } },
      "volumes[0].remote.protocol: C",
    ],
    [
      "rate that DRBD cannot keep",
      { remote: { ...ledger.remote, resyncRate: 100 } },
      "volumes[0].remote.resyncRate: 0.0001 MB/s",
    ],
    [
      "name as address",
      { replicas: [{ ...cityA, address: "city-a.example.com" }, cityB, remote] },
      "volumes[0].replicas[0].address: city-a.example.com",
    ],
    [
      "address twice",
      { replicas: [cityA, { ...cityB, address: cityA.address }, remote] },
      "volumes[0].replicas[1].address: 10.0.1.10 twice",
    ],
    [
      "address twice in other letters",
      { replicas: [{ ...cityA, address: "fd00::1" }, { ...cityB, address: "fd00:0::1" }, remote] },
      "volumes[0].replicas[1].address: [fd00::1] twice",
    ],
    [
      "machine twice",
      { replicas: [cityA, { ...cityB, node: "city-a", backing: "/dev/vg0/other" }, remote] },
      "volumes[0].replicas[1].node: city-a twice",
    ],
    [
      "DRBD on itself",
      { replicas: [{ ...cityA, backing: "/dev/drbd1" }, cityB, remote] },
      "volumes[0].replicas[0].backing: /dev/drbd1",
    ],
    ["no remote center", { replicas: [cityA, cityB] }, "volumes[0].replicas: 2 in the city, 0 remote"],
    [
      "majority at the remote center",
      { replicas: [cityA, cityB, ...[remote, { ...remote, node: "d", address: "10.1.0.11" }]] },
      "volumes[0].replicas: 2 of 4 copies remote",
    ],
    [
      "128K tracked by drbd-utils that cannot",
      { granularity: { tracking: 131072, chunk: 131072 } },
      "volumes[0].granularity.tracking: 128 KiB with drbd-utils 9.22.0",
    ],
    [
      "chunk that no thin pool has",
      { granularity: { tracking: 4096, chunk: 100_000 } },
      "volumes[0].granularity.chunk: 100000 bytes",
    ],
    [
      "falling behind without a snapshot",
      { overload: registries.overload, snapshotBeforeResync: false },
      "volumes[0].overload: pull-ahead without a snapshot before a resync",
    ],
    [
      "falling behind later than the buffer is full",
      { overload: { mode: "pullAhead", fill: 10 * 2 ** 20, extents: 1000 } },
      "volumes[0].overload.fill: 10 MiB",
    ],
    [
      "falling behind later than the activity log is full",
      { overload: { mode: "pullAhead", fill: 2 ** 20, extents: 1237 } },
      "volumes[0].overload.extents: 1237",
    ],
    ["size in decimal units", { size: "20GB" }, "volumes[0].size: 20GB"],
    ["port beyond TCP's", { port: 70000 }, "volumes[0].port: 70000"],
  ])("are refused: %s (R8)", (_, change, expected) => {
    expect(told({ ...ledger, ...change })).toEqual([expected]);
  });

  it("are refused where two want the same device, port or number", () => {
    expect(told(ledger, { ...registries, minor: 10, port: 7789, replicas: ledger.replicas })).toEqual([
      "volumes[1].minor: 10 twice",
      "volumes[1].port: 7789 twice",
      ...["city-a", "city-b", "remote-c"].map(
        (node, index) => `volumes[1].replicas[${index}].backing: /dev/vg0/fabric-ledger on ${node} twice`,
      ),
    ]);
  });

  it("track 128 KiB where drbd-utils can", () => {
    const wide = { ...ledger, granularity: { tracking: 131072, chunk: 131072 } };
    expect(checkVolumes([wide], [], { drbdUtils: "9.33.0" })).toEqual([]);
    expect(checkVolumes([wide], [], { drbdUtils: "10.0.0" })).toEqual([]);
    const clash = { ...ledger, granularity: { tracking: 131072, chunk: 65536 } };
    expect(checkVolumes([clash], [], { drbdUtils: "9.33.0" }).map(({ found }) => found)).toEqual([
      "128 KiB tracked over chunks of 64 KiB",
    ]);
  });
});
