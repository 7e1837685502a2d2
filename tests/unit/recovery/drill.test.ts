import * as fc from "fast-check";
import type { DrillReport, LoadObservation } from "../../../lib/recovery/drill/drill";
import { predictionOf } from "../../../lib/recovery/drill/drill";
import { findingsOf, observe, silences, unequal } from "../../../lib/recovery/drill/judge";
import { reportHtml } from "../../../lib/recovery/drill/report-html";
import { headline, reportText } from "../../../lib/recovery/drill/report-text";
import { tradeFinance } from "../../support/trade-finance";

const zoneA = { kind: "zone", zone: "zone-a" } as const;

const load = (changes: Partial<LoadObservation> = {}): LoadObservation => ({
  organisation: "amber",
  channel: "letters-of-credit",
  chaincode: "letter-of-credit",
  rate: 10,
  committed: 900,
  lost: 0,
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
    brokenFor: 75,
    levelAfter: 12,
    events: [
      { at: 0, what: "load begins" },
      { at: 10, what: "broken: zone-a is cut off" },
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
  const [both] = silences([quiet, busy]);
  expect(both).toEqual({ channel: "letters-of-credit", longest: 2 });
  expect(silences([quiet])[0]?.longest).toBe(6);
  expect(silences([quiet, { ...busy, channel: "settlement" }]).map(({ longest }) => longest)).toEqual([6, 4]);
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
