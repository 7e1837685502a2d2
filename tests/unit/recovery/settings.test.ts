/** What people write about recovery, and what of it is refused before anything is made (requirement R8). */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { predictRto } from "../../../lib/recovery/failover/budget";
import type { FailoverSettings } from "../../../lib/recovery/failover/settings";
import { placeOnCenters } from "../../../lib/placement/place";
import { failoverOf } from "../../../lib/recovery/of-settings";
import type { SettingsInput } from "../../../lib/spec/settings";
import { planStack } from "../../../topologies/plan";
import threeCenter from "../../../topologies/three-center";
import { settingsOfTopology } from "../../../cli/input";
import { smallBank, threeCenters } from "../../support/three-centers";

const folder = mkdtempSync(join(tmpdir(), "fabric-topologies-"));
afterAll(() => rmSync(folder, { recursive: true }));

function usual(): FailoverSettings {
  const stack = threeCenters();
  return failoverOf(placeOnCenters(smallBank(), stack), stack.sites, stack.recovery!);
}

type Recovery = NonNullable<SettingsInput["recovery"]>;
const check = (recovery: Recovery) =>
  threeCenter.check(smallBank(), threeCenters({ recovery: { approvers: ["ada"], ...recovery } }));

test("the city holds the lease, the remote center is the target, and witness and second center look on", () => {
  expect(usual()).toMatchObject({
    mode: "real",
    primary: ["center-1", "center-2"],
    target: "center-3",
    vantagePoints: ["witness", "center-2"],
    consenters: {
      units: {
        "center-1": [expect.any(String), expect.any(String)],
        "center-2": [expect.any(String), expect.any(String)],
      },
      target: [expect.stringMatching(/^[a-z-]+\/orderer/)],
    },
    heartbeat: { interval: 1000, misses: 3, probeTimeout: 200 },
    snapshotInterval: 5000,
  });
});

test("what nothing is said about can be kept: reads within the target by the sum of the phases", () => {
  const failover = usual();
  expect(predictRto(failover).rtoRead).toBeLessThanOrEqual(failover.limits.rtoRead);
  expect(check({})).toEqual([]);
});

test.each<[string, Recovery, string, string]>([
  [
    "a read target below its sum",
    { limits: { rtoRead: "5s" } },
    "recovery.limits.rtoRead",
    "3200 (detection) + 800 (lease) + 5000 (fencing)",
  ],
  ["a write target below its sum", { limits: { rtoWrite: "60s" } }, "recovery.limits.rtoWrite", "600000 (approval)"],
  [
    "a grace shorter than the drift",
    { lease: { grace: "100ms" } },
    "recovery.lease.grace",
    "at least 700 ms: 200 (clocks apart)",
  ],
  ["two misses", { heartbeat: { misses: 2 } }, "recovery.heartbeat.misses", "3 or more in a row"],
  ["nobody to approve", { approvers: [] }, "recovery.approvers", "at least one person"],
  ["limits that contradict each other", { limits: { rpoBlocks: 0 } }, "recovery.limits.rpoBlocks", "both 0"],
  [
    "an interval below what the driver takes",
    { snapshots: { driver: "volume-snapshot", class: { name: "ebs", provisioner: "ebs.csi.aws.com" } } },
    "recovery.snapshots.increments.every",
    "at least 60 s apart",
  ],
  [
    "a snapshot class that is not there",
    { snapshots: { driver: "volume-snapshot" } },
    "recovery.snapshots.class",
    "a VolumeSnapshotClass",
  ],
  [
    "a retention shorter than two intervals",
    { snapshots: { transactions: { every: "1m", keep: "90s" } } },
    "recovery.snapshots.transactions.keep",
    "at least twice the interval",
  ],
  [
    "LVM more often than it can",
    { snapshots: { driver: "lvm-thin", increments: { every: "1s" } } },
    "recovery.snapshots.increments.every",
    "at least 5 s apart",
  ],
  [
    "a link that is too slow",
    { snapshots: { increments: { every: "1s" }, link: 1 } },
    "recovery.snapshots",
    "at most 1 MB a second",
  ],
])("%s is refused, where it stands and with the numbers (R8)", (_, recovery, path, allowed) => {
  const found = check(recovery).filter((finding) => finding.path.join(".").startsWith(path));
  expect(found.map((finding) => finding.allowed).join("\n")).toContain(allowed);
});

test("what is refused is told with file and line, all at once (R8)", () => {
  const file = join(folder, "settings.yaml");
  writeFileSync(
    file,
    [
      "topology: three-center",
      `network: ${join(__dirname, "../../../examples/trade-finance/network.yaml")}`,
      "federation: {engine: direct}",
      "sites:",
      ...[
        "center-1, center: city",
        "center-2, center: city",
        "center-3, center: remote",
        "witness, center: witness",
      ].map(
        (site, index) =>
          `  - {name: ${site}, zones: [{name: z${index}}], storage: {provisioner: topolvm.io}, gateway: {addresses: [192.0.2.${index + 1}]}}`,
      ),
      "recovery:",
      "  approvers: [ada]",
      "  lease:",
      "    grace: 100ms",
      "  limits:",
      "    rtoRead: 5s",
    ].join("\n"),
  );
  expect(() => planStack({ settings: file })).toThrow(
    /^2 problems\n[^]*settings\.yaml:12:12 {2}recovery\.lease\.grace[^]*settings\.yaml:14:14 {2}recovery\.limits\.rtoRead/,
  );
});

test("the settings that come with the topology hold", () => {
  expect(planStack({ settings: settingsOfTopology("three-center") }).topology).toBe(threeCenter);
});
