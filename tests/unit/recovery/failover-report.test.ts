/** What a failover took and cost, as it is told afterwards (requirement R8). */
import { failoverReportHtml, failoverReportJunit } from "../../../lib/recovery/drill/failover/files";
import { failoverReport, type FailoverReport } from "../../../lib/recovery/drill/failover/report";
import { failoverReportText } from "../../../lib/recovery/drill/failover/text";
import { junit } from "../../../lib/recovery/drill/junit";
import { lookEvery, predictRto } from "../../../lib/recovery/failover/budget";
import { failoverApi } from "../../../lib/recovery/failover/kind";
import { failoverStatus, type FailoverObject } from "../../../lib/recovery/failover/object";
import type { FailoverRecord, Phase } from "../../../lib/recovery/failover/record";
import { beginning } from "../../../lib/recovery/failover/step";
import { failoverOf } from "../../../lib/recovery/of-settings";
import { planStack } from "../../../topologies/plan";

const plan = planStack({ settings: "topologies/three-center/settings.yaml" });
const { recovery, sites } = plan.settings;
if (recovery === undefined) throw new Error("the example says nothing of recovery");
const settings = failoverOf(plan.placement, sites, recovery);

const began = Date.parse("2026-11-24T09:00:00.000Z");

/** Whose object it is once phases have been entered at these milliseconds since the last sign of life. */
function objectAfter(
  times: readonly (readonly [Phase, number])[],
  more: { readonly lost?: number; readonly why?: string; readonly refused?: boolean } = {},
): FailoverObject {
  const { mode, primary, target, approvers, limits } = settings;
  const timeline = times.map(([phase, after]) => ({ at: began + after, phase, epoch: 2, what: `into ${phase}` }));
  const candidate = {
    ...{ name: "increments-17", unit: "center-1", tier: "increment", epoch: 1, takenAt: began - 4_000 },
    ...{ heights: { main: { height: 90, hash: "aa" } }, ready: true, complete: true },
  };
  const lost = more.lost === undefined ? [] : [{ channel: "main", first: 90, last: 89 + more.lost }];
  const record = {
    phase: times.at(-1)?.[0] ?? "Protected",
    epoch: 2,
    heard: {},
    lastSign: began,
    timeline,
    fenced: { "center-1": "networkDenied", "center-2": "attested" },
    detection: { misses: 3, unreachableFrom: ["witness"] },
    tried: [candidate],
    candidate,
    restored: candidate.heights,
    served: candidate.heights,
    lost,
    loss: [],
    approvedBy: "ada@bank.example",
    why: more.why ?? "",
  } as unknown as FailoverRecord;
  const answers = more.refused
    ? [{ id: "1", by: "eve", epoch: 2, what: "writes", followed: false, why: "eve is no approver", at: "" } as const]
    : [];
  const state = beginning(record, "center-3");
  return {
    apiVersion: failoverApi,
    kind: "Failover",
    metadata: { name: "city", namespace: "trade-recovery" },
    spec: { mode, primary, target, approvers, limits },
    status: failoverStatus(state, answers, undefined, began),
  };
}

const whole: readonly (readonly [Phase, number])[] = [
  ["Suspect", 1_200],
  ["Fencing", 3_200],
  ["SelectSnapshot", 6_000],
  ["Verify", 6_050],
  ["Promote", 7_000],
  ["ReadOnlyOpen", 8_100],
  ["Restore", 128_100],
  ["Replay", 131_000],
  ["ReadWrite", 134_500],
];

const told = (...given: Parameters<typeof objectAfter>): FailoverReport => {
  const report = failoverReport(objectAfter(...given), settings);
  if (report === undefined) throw new Error("there is no report");
  return report;
};

test("each phase stands beside its budget, and they add up to the RTO (R8)", () => {
  const report = told(whole);
  expect(report.phases.map(({ phase, took }) => [phase, took])).toEqual([
    ["detection", 3_200],
    ["fencing", 2_800],
    ["verification", 1_000],
    ["read open", 1_100],
    ["approval", 120_000],
    ["promotion", 2_900],
    ["replay", 3_500],
  ]);
  const sum = report.phases.reduce((total, { took = 0 }) => total + took, 0);
  expect(report.targets.find(({ target }) => target === "rtoWrite")?.measured).toBe(sum);
  const budget = report.phases.reduce((total, line) => total + (line.budget ?? 0), 0);
  expect(budget).toBe(predictRto(settings).rtoWrite);
  expect(report.findings).toEqual([]);
  expect(failoverReportText(report)).toContain("first read after 8.1 s, first write after 134.5 s, 0 blocks known");
});

test("a failover that watches only has nothing to tell", () => {
  expect(failoverReport(objectAfter([["Protected", 0]]), settings)).toBeUndefined();
  const { apiVersion, kind, metadata, spec } = objectAfter([["Protected", 0]]);
  expect(failoverReport({ apiVersion, kind, metadata, spec }, settings)).toBeUndefined();
});

test("without settings it tells what was measured, and judges by the targets alone", () => {
  const report = failoverReport(objectAfter(whole));
  expect(report?.phases.every(({ budget }) => budget === undefined)).toBe(true);
  expect(report?.findings).toEqual([]);
});

const shifted = (from: Phase, by: number) =>
  whole.map(([phase, at], index) =>
    index >= whole.findIndex(([name]) => name === from) ? ([phase, at + by] as const) : ([phase, at] as const),
  );

test("a phase may be one look of the controller later than its budget, and no more", () => {
  const left = settings.budget.promotion - 2_900;
  const look = lookEvery(settings);
  expect(told(shifted("Replay", left + look)).findings).toEqual([]);
  expect(told(shifted("Replay", left + look + 1)).findings).toEqual([
    `promotion took ${((settings.budget.promotion + look + 1) / 1000).toFixed(1)} s, and its budget is 5.0 s`,
  ]);
});

test.each([
  [
    "the first read comes too late",
    told(shifted("ReadOnlyOpen", 60_000)),
    "RTO, until the first read: 68.1 s, at most",
  ],
  ["too much is lost", told(whole, { lost: 41 }), "RPO in blocks: 41 blocks, at most 40 blocks are promised"],
  [
    "nothing could be opened",
    told([...whole.slice(0, 4), ["Stuck", 9_000]], { why: "every snapshot is damaged" }),
    "nothing was opened: every snapshot is damaged",
  ],
  ["an order was refused", told(whole, { refused: true }), "eve ordered writes, which was not followed: eve is no"],
])("it is not as promised when %s, whatever form is read", (_, report, said) => {
  expect(report.findings.join("\n")).toContain(said);
  expect(failoverReportText(report)).toContain(said);
  expect(failoverReportHtml(report)).toContain("Not as promised");
  expect(failoverReportHtml(report)).toContain(said);
  expect(failoverReportJunit(report)).toContain("<failure");
  expect(failoverReportJunit(report)).toContain(said);
});

test("what was not come to is no success: CI shows it as skipped", () => {
  const report = told(whole.slice(0, 6));
  const xml = failoverReportJunit(report);
  expect(xml.match(/<skipped /g)).toHaveLength(4);
  expect(xml).not.toContain("<failure");
  expect(failoverReportHtml(report)).toContain("not yet");
});

test("the page needs nothing from elsewhere and escapes what it is given", () => {
  const page = failoverReportHtml({ ...told(whole), failover: "<script>alert(1)</script>" });
  expect(page).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org)/);
  expect(page).toContain("&lt;script&gt;");
});

test("JUnit's totals are those of its cases", () => {
  const xml = junit("a & b", "2026-11-24T09:00:00.000Z", [
    { name: "one", seconds: 1.5 },
    { name: "two", failure: "<late>" },
    { name: "three", skipped: "nobody saw it" },
  ]);
  expect(xml).toContain(`<testsuites tests="3" failures="1" errors="0" skipped="1" time="1.500">`);
  expect(xml).toContain("&lt;late&gt;");
  expect(xml).toContain(`name="a &amp; b"`);
});
