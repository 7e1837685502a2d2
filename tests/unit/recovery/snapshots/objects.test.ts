import { snapshotCronJob, volumeGroupSnapshot, volumeSnapshot } from "../../../../lib/recovery/snapshots/objects";
import { slotsToCome } from "../../../../lib/recovery/snapshots/slots";

const place = { network: "trade", namespace: "trade-amber", tier: "increments", className: "fast" };
const at = new Date("2026-11-23T23:00:05Z");

test("snapshots of one volume and of several at one instant are objects of the snapshot API (R8)", () => {
  expect(volumeSnapshot(place, "data-peer0-amber-0", at)).toEqual({
    apiVersion: "snapshot.storage.k8s.io/v1",
    kind: "VolumeSnapshot",
    metadata: {
      name: "data-peer0-amber-0-increments-20261123-230005",
      namespace: "trade-amber",
      labels: { "fabric-topologies.dev/network": "trade", "fabric-topologies.dev/snapshot-tier": "increments" },
    },
    spec: { volumeSnapshotClassName: "fast", source: { persistentVolumeClaimName: "data-peer0-amber-0" } },
  });
  expect(volumeGroupSnapshot(place, "consenters", { role: "orderer" }, at)).toMatchObject({
    apiVersion: "groupsnapshot.storage.k8s.io/v1",
    kind: "VolumeGroupSnapshot",
    spec: { volumeGroupSnapshotClassName: "fast", source: { selector: { matchLabels: { role: "orderer" } } } },
  });
});

test.each([
  [5, "* * * * *", ["--slots", "12", "--every", "5"]],
  [60, "* * * * *", ["--slots", "1", "--every", "60"]],
  [900, "*/15 * * * *", ["--slots", "1", "--every", "60"]],
  [3600, "0 * * * *", ["--slots", "1", "--every", "60"]],
  [21_600, "0 */6 * * *", ["--slots", "1", "--every", "60"]],
])("as a CronJob every %d s starts by %s and never beside itself (R8)", (seconds, schedule, args) => {
  const job = snapshotCronJob({ ...place, seconds, claims: ["data"], image: "agent:1", serviceAccount: "snapshots" });
  expect(job).toMatchObject({
    kind: "CronJob",
    spec: {
      schedule,
      concurrencyPolicy: "Forbid",
      startingDeadlineSeconds: 30,
      jobTemplate: { spec: { activeDeadlineSeconds: 58, backoffLimit: 0 } },
    },
  });
  expect(JSON.stringify(job)).toContain(JSON.stringify(args).slice(1, -1));
});

test("slots are multiples of the wall clock, and those that have passed are left out", () => {
  const minute = Date.parse("2026-11-23T23:00:00Z");
  expect(slotsToCome(minute, 5, 12)).toHaveLength(12);
  expect(slotsToCome(minute + 4_999, 5, 12)[0]).toEqual(new Date(minute + 5_000));
  expect(slotsToCome(minute + 55_001, 5, 12)).toEqual([]);
});
