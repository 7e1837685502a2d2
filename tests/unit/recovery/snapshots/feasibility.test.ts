import {
  checkSnapshots,
  type PlannedSchedule,
  type SnapshotPlan,
} from "../../../../lib/recovery/snapshots/feasibility";
import { configBlocks, increments, transactions } from "../../../../lib/recovery/snapshots/schedule";

const classes = [
  { name: "ebs", kind: "VolumeSnapshotClass", driver: "ebs.csi.aws.com" },
  { name: "gce", kind: "VolumeSnapshotClass", driver: "pd.csi.storage.gke.io" },
  { name: "gce-groups", kind: "VolumeGroupSnapshotClass", driver: "pd.csi.storage.gke.io" },
  { name: "linstor", kind: "VolumeSnapshotClass", driver: "linstor.csi.linbit.com" },
] as const;

const said = (schedules: readonly PlannedSchedule[], change: Partial<SnapshotPlan> = {}) =>
  checkSnapshots({ schedules, classes, ...change }, ["snapshots"]).map(
    ({ path, found, allowed }) => `${path.join(".")}: ${found} | ${allowed}`,
  );

test("what the requirement asks is carried on the node, and its transaction snapshots as objects (R8)", () => {
  const schedules = [
    { ...increments("btrfs"), volumes: 7, incrementBytes: 700_000 },
    { ...transactions("volume-snapshot"), volumes: 7, className: "ebs" },
    { ...configBlocks("volume-snapshot"), volumes: 7, className: "ebs" },
  ];
  expect(said(schedules, { link: 12_500_000 })).toEqual([]);
});

test("increments every 5 s as objects are refused with their number, their rate and the driver's limit (R8)", () => {
  const found = said([{ ...increments("volume-snapshot"), volumes: 20, className: "ebs" }]);
  expect(found[0]).toContain("snapshots.0.every: every 5 s by ebs.csi.aws.com | at least 60 s apart");
  expect(found[1]).toContain("28800 VolumeSnapshots and contents at a time: increments 28800 (2 × 20 volumes × 720)");
  expect(found[2]).toContain("4 VolumeSnapshots a second, which are 24 writes | at most 0.55 a second");
});

test.each<[string, PlannedSchedule, string]>([
  [
    "a class that is not there",
    { ...transactions("volume-snapshot"), volumes: 1, className: "esb" },
    "VolumeSnapshotClass esb | one of ebs, gce, linstor",
  ],
  [
    "no class",
    { ...transactions("volume-group-snapshot"), volumes: 1 },
    "no VolumeGroupSnapshotClass | one of gce-groups",
  ],
  [
    "groups by a driver without them",
    { ...transactions("volume-group-snapshot"), volumes: 1, className: "gce-groups" },
    "group snapshots by pd.csi.storage.gke.io",
  ],
  [
    "more than a disk may have",
    { ...transactions("volume-snapshot"), volumes: 1, className: "gce" },
    "296 snapshots of each volume | at most 32",
  ],
  [
    "an interval below the node's limit",
    { ...increments("lvm-thin"), volumes: 1, trigger: { kind: "every", seconds: 1 } },
    "every 1 s by lvm-thin | at least 5 s apart",
  ],
  [
    "a retention shorter than two intervals",
    { ...increments("btrfs"), volumes: 1, keep: { seconds: 9, verified: 1 } },
    "at least twice the interval, 10 s",
  ],
  [
    "no floor",
    { ...increments("btrfs"), volumes: 1, keep: { seconds: 3600, verified: 0 } },
    "0 verified ones kept always | at least 1",
  ],
  [
    "a CronJob with slots that do not fill a minute",
    { ...increments("btrfs"), volumes: 1, byCronJob: true, trigger: { kind: "every", seconds: 7 } },
    "a CronJob every 7 s",
  ],
  [
    "a CronJob for events",
    { ...configBlocks("btrfs"), volumes: 1, byCronJob: true },
    "a CronJob after each config block",
  ],
  [
    "Fabric's own snapshot every minute",
    { ...transactions("ledger-snapshot"), volumes: 1 },
    "every 60 s by ledger-snapshot | at least 3600 s apart",
  ],
])("%s is refused", (_, schedule, words) => {
  expect(said([schedule]).join("\n")).toContain(words);
});

test("a link that is too slow is told by how much the intervals would grow", () => {
  const uncompressed = { ...increments("btrfs"), volumes: 1, incrementBytes: 146_000_000 };
  expect(said([uncompressed], { link: 12_500_000 })).toEqual([
    expect.stringContaining(
      "29.2 MB a second | at most 12.5 MB a second to the remote center; intervals would grow to 2.34",
    ),
  ]);
});

test("a controller with more questions a second carries more", () => {
  const schedule = {
    ...transactions("volume-snapshot"),
    volumes: 8,
    className: "linstor",
    trigger: { kind: "every", seconds: 10 },
  } as const;
  const rates = (raisedQps: boolean) => said([schedule], { raisedQps }).filter((one) => one.includes("a second"));
  expect(rates(false)).toHaveLength(1);
  expect(rates(true)).toHaveLength(0);
});
