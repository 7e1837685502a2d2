/** Settings of a failover that cannot be kept are refused with the sum, before anything is touched (requirement R8). */
import { predictRto } from "../../../lib/recovery/failover/budget";
import { checkFailover } from "../../../lib/recovery/failover/check";
import type { Consenters, FailoverSettings } from "../../../lib/recovery/failover/settings";
import { settings } from "./scene";

const consenters = (units: Consenters["units"], target: readonly string[]) => ({ consenters: { units, target } });
const lease = (change: Partial<FailoverSettings["lease"]>) => ({ lease: { ...settings.lease, ...change } });
const limits = (change: Partial<FailoverSettings["limits"]>) => ({ limits: { ...settings.limits, ...change } });

test("settings that can be kept are kept", () => {
  expect(checkFailover(settings)).toEqual([]);
});

test("the RTO is the sum of its phases", () => {
  const { rtoRead, rtoWrite, read } = predictRto(settings);
  expect(read.map(({ phase, takes }) => [phase, takes])).toEqual([
    ["detection", 3200],
    ["lease", 500],
    ["fencing", 5000],
    ["verification", 8400],
    ["read open", 3000],
  ]);
  expect([rtoRead, rtoWrite]).toEqual([20_100, 20_100 + 615_000]);
});

test("the example of the facts on disaster recovery comes out", () => {
  const example = {
    ...settings,
    heartbeat: { interval: 5000, misses: 3, probeTimeout: 2000 },
    ...lease({ duration: 15_000, renew: 1800, grace: 7000, maxClockDrift: 2000, selfFence: 5000 }),
  };
  const [detection, rest] = predictRto(example).read;
  expect([detection!.takes, detection!.takes + rest!.takes]).toEqual([17_000, 22_000]);
  expect(checkFailover(example)).toEqual([]);
});

test.each<[string, Partial<FailoverSettings>, string, string]>([
  ["two primaries", { target: "center-2" }, "recovery.failover.target", "with two primaries"],
  ["three writing centers", { primary: ["a", "b", "c"] }, "recovery.failover.primary", "one set of ordering nodes"],
  ["a center twice", { primary: ["a", "a"] }, "recovery.failover.primary", "each center once"],
  ["no center", { primary: [] }, "recovery.failover.primary", "one center"],
  ["grace below drift", lease({ grace: 699 }), "recovery.failover.lease.grace", "at least 700 ms: 200"],
  ["rare renewals", lease({ renew: 375 }), "recovery.failover.lease.renew", "less than half of the lease's 3000 ms"],
  [
    "two misses",
    { heartbeat: { ...settings.heartbeat, misses: 2 } },
    "recovery.failover.heartbeat.misses",
    "3 or more",
  ],
  ["one point of view", { vantagePoints: ["center-3"] }, "recovery.failover.vantagePoints", "at least 3"],
  ["one ordering node", consenters({ "center-1": ["a"] }, []), "recovery.failover.consenters", "refused always"],
  [
    "too many at the target",
    consenters({ "center-1": ["a", "b"], "center-2": ["c", "d"] }, ["e", "f", "g"]),
    "recovery.failover.consenters",
    "4, a bare majority, of one center and the target together",
  ],
  ["nobody to approve", { approvers: [] }, "recovery.failover.approvers", "never given by a program"],
  ["reads after writes", limits({ rtoRead: 900_001 }), "recovery.failover.limits.rtoRead", "no later than writes"],
  ["RPO 0 and not 0", limits({ rpoBlocks: 0 }), "recovery.failover.limits.rpoBlocks", "both 0"],
  ["a negative number", limits({ rpoBlocks: -1 }), "recovery.failover.limits.rpoBlocks", "0 or more"],
  ["no interval", { snapshotInterval: Number.NaN }, "recovery.failover.snapshotInterval", "more than 0"],
  [
    "an RPO that nothing gives",
    { standbyPeers: false, ...limits({ rpoSeconds: 4 }) },
    "recovery.failover.limits.rpoSeconds",
    "at least 5 s",
  ],
  [
    "an RTO of reads below its sum",
    limits({ rtoRead: 20_099 }),
    "recovery.failover.limits.rtoRead",
    "3200 (detection) + 500 (lease) + 5000 (fencing) + 8400 (verification) + 3000 (read open) = 20100 ms",
  ],
  [
    "an RTO of writes below its sum",
    limits({ rtoWrite: 635_099 }),
    "recovery.failover.limits.rtoWrite",
    "+ 600000 (approval) + 5000 (promotion) + 10000 (replay) = 635100 ms",
  ],
])("%s is refused, and said where and why", (_, change, path, allowed) => {
  const findings = checkFailover({ ...settings, ...change });
  expect(findings.map((finding) => finding.path.join("."))).toEqual([path]);
  expect(findings[0]!.allowed).toContain(allowed);
  expect(findings[0]!.fix).toMatch(/\.$/);
});
