import * as fc from "fast-check";
import type { DrillReport, LoadObservation } from "../../../lib/recovery/drill/drill";
import { predictionOf } from "../../../lib/recovery/drill/drill";
import { findingsOf, observe, silences, unequal } from "../../../lib/recovery/drill/judge";
import { reportHtml } from "../../../lib/recovery/drill/report-html";
import { reportJunit } from "../../../lib/recovery/drill/report-junit";
import { headline, reportText } from "../../../lib/recovery/drill/report-text";
import { timeLine } from "../../../lib/recovery/drill/time-line";
import { tradeFinance } from "../../support/trade-finance";

const zoneA = { kind: "zone", zone: "zone-a" } as const;

const load = (changes: Partial<LoadObservation> = {}): LoadObservation => ({
  organisation: "amber",
  channel: "letters-of-credit",
  chaincode: "letter-of-credit",
  rate: 10,
  committed: 900,
  lost: 0,
  skipped: 0,
  errors: 0,
  reasons: [],
  resubmitted: 4,
  latency: { p50: 0.31, p95: 0.6, p99: 2.1 },
  gaps: [{ from: 12.1, lasted: 2.2 }],
  perSecond: Array.from({ length: 100 }, () => 9),
  ...changes,
});

function reportOf(changes: Partial<DrillReport> = {}): DrillReport {
  const loads = changes.loads ?? [load()];
  const comparisons = predictionOf(tradeFinance(), zoneA).map((prediction) => {
    const observed = observe(prediction.service, loads, [10, 85], 5);
    return { ...prediction, ...(observed === undefined ? {} : { observed }) };
  });
  const report: DrillReport = {
    network: "trade",
    failure: zoneA,
    manner: "cut",
    startedAt: "2026-11-23T09:00:00.000Z",
    brokenFrom: 10,
    brokenFor: 75,
    levelAfter: 12,
    events: [
      { at: 0, what: "load begins" },
      { at: 14, what: "broken: zone-a is cut off" },
      { at: 85, what: "healed" },
    ],
    loads,
    ledgers: [
      { pod: "peer0-amber-0", channel: "letters-of-credit", height: 80, hash: "ab" },
      { pod: "orderer-1", channel: "letters-of-credit", height: 80 },
    ],
    comparisons,
    silenceLimit: 5,
    findings: [],
    ...changes,
  };
  return { ...report, findings: findingsOf(report) };
}

describe("a drill is passed", () => {
  test("when what the matrix promises was seen, nothing was lost and every ledger is level", () => {
    expect(reportOf().findings).toEqual([]);
  });
});

describe("a drill is not passed", () => {
  test.each<[string, Partial<DrillReport>, string]>([
    [
      "an acknowledged commit is lost",
      { loads: [load({ lost: 1 })] },
      "1 acknowledged transactions are not in the ledger",
    ],
    [
      "a client gives up",
      { loads: [load({ errors: 2, reasons: [{ message: "no leader", count: 2 }] })] },
      "2 transactions failed, most often: no leader",
    ],
    ["it is silent for too long", { loads: [load({ gaps: [{ from: 10, lasted: 5.4 }] })] }, "5.4 s without a commit"],
    ["nothing is committed at all", { loads: [load({ committed: 0, perSecond: [] })] }, "nothing was committed at all"],
    [
      "what should go on stops",
      {
        loads: [load({ perSecond: [...Array.from({ length: 12 }, () => 9), ...Array.from({ length: 88 }, () => 0)] })],
      },
      "ordering: the failure matrix says that it goes on",
    ],
    [
      "heights differ",
      {
        ledgers: [
          { pod: "peer0-amber-0", channel: "settlement", height: 80 },
          { pod: "peer0-basalt-0", channel: "settlement", height: 79 },
        ],
      },
      "settlement: heights differ: peer0-amber-0 80, peer0-basalt-0 79",
    ],
  ])("when %s", (_, changes, said) => {
    const { findings } = reportOf(changes);
    expect(findings.join("\n")).toContain(said);
    expect(reportText(reportOf(changes))).toContain(said);
    expect(reportHtml(reportOf(changes))).toContain("Not as promised");
  });

  test("when the ledgers do not become level", () => {
    const report = reportOf();
    const never = Object.fromEntries(
      Object.entries(report).filter(([key]) => key !== "levelAfter"),
    ) as unknown as DrillReport;
    expect(findingsOf(never)).toContain("the ledgers were not level again in time");
  });
});

test("a channel is silent only while every one of its clients is", () => {
  const quiet = load({
    organisation: "basalt",
    gaps: [
      { from: 8, lasted: 6 },
      { from: 40, lasted: 5.9 },
    ],
  });
  const busy = load({
    gaps: [
      { from: 11, lasted: 2 },
      { from: 60, lasted: 4 },
    ],
  });
  const [both] = silences([quiet, busy], 0);
  expect(both).toEqual({ channel: "letters-of-credit", longest: 2 });
  expect(silences([quiet], 0)[0]?.longest).toBe(6);
  expect(silences([quiet, { ...busy, channel: "settlement" }], 0).map(({ longest }) => longest)).toEqual([6, 4]);
});

test("what was silent before the breaking says nothing about it", () => {
  const early = load({
    gaps: [
      { from: 1, lasted: 8.5 },
      { from: 9.7, lasted: 2.3 },
    ],
  });
  expect(silences([early], 10)[0]?.longest).toBeCloseTo(2);
  const report = reportOf({ loads: [early] });
  expect(report.findings).toEqual([]);
  expect(headline(report)).toContain("at most 2.0 s without a commit");
  expect(reportText(report)).not.toContain("8.5 s");
});

test("a thing that was broken no longer than a leader's election takes was not looked at", () => {
  expect(observe({ kind: "ordering" }, [load()], [10, 15], 5)).toBeUndefined();
  expect(observe({ kind: "ordering" }, [load()], [10, 13], 5)).toBeUndefined();
  expect(observe({ kind: "ordering" }, [load()], [10, 16], 5)?.evidence).toBe(
    "9 transactions committed in the 1 s after the first 5 s",
  );
});

test("the time line is shaded from when the breaking began, not from when it was done", () => {
  expect(timeLine(reportOf())).toContain("broken from second 10 to second 85");
});

test("what a client could not even start is told beside what it tried", () => {
  expect(reportText(reportOf({ loads: [load({ skipped: 12 })] }))).toContain("10/s, 12 not started");
  expect(reportText(reportOf())).not.toContain("not started");
});

test("ledgers of one height with two hashes are a fork, whatever the order they are told in", () => {
  fc.assert(
    fc.property(fc.shuffledSubarray(["a", "a", "b", "a"], { minLength: 4 }), (hashes) => {
      const ledgers = hashes.map((hash, index) => ({ pod: `peer-${index}`, channel: "main", height: 7, hash }));
      expect(unequal(ledgers)).toHaveLength(1);
      expect(unequal(ledgers.filter(({ hash }) => hash === "a"))).toEqual([]);
    }),
  );
});

test("the first seconds, in which a leader may be elected, count for nothing", () => {
  const silentAtFirst = load({
    perSecond: [...Array.from({ length: 14 }, () => 0), ...Array.from({ length: 80 }, () => 5)],
  });
  expect(observe({ kind: "ordering" }, [silentAtFirst], [10, 85], 5)?.goesOn).toBe(true);
  const onlyThen = load({
    perSecond: [...Array.from({ length: 14 }, () => 5), ...Array.from({ length: 80 }, () => 0)],
  });
  expect(observe({ kind: "ordering" }, [onlyThen], [10, 85], 5)?.goesOn).toBe(false);
});

test("the page needs nothing from elsewhere and escapes what it is given", () => {
  const page = reportHtml(reportOf({ network: "<script>alert(1)</script>" }));
  expect(page).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org)/);
  expect(page).toContain("&lt;script&gt;");
  expect(page).toContain(headline(reportOf()));
});

test("CI is told of each service, of what nobody could see, and of everything else that was found", () => {
  const passed = reportJunit(reportOf());
  expect(passed).not.toContain("<failure");
  expect(passed).toContain("nothing in the drill could see it");
  const silent = load({
    lost: 2,
    perSecond: [...Array.from({ length: 12 }, () => 9), ...Array.from({ length: 88 }, () => 0)],
  });
  const failed = reportJunit(reportOf({ loads: [silent] }));
  expect(failed).toContain("2 acknowledged transactions are not in the ledger");
  expect(failed).toMatch(/<testcase [^>]*name="ordering goes on"[^>]*><failure/);
});
