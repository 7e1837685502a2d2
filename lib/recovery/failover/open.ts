import type { FailoverEvent } from "./event";
import { blocksAbove, highest, rangesText, sameEnd } from "./ledger";
import { common, entered, opened, takeover, type FailoverRecord, type In } from "./record";
import { restorable } from "./restore";
import type { FailoverSettings } from "./settings";
import { judge, newestOf, type VerificationReport } from "./snapshot";
import { holdsLease, type View } from "./view";

/**
 * From the fence to the first read: the newest snapshot, its verification, the next older one where it is bad, and `Stuck`
 * where none is left, which never opens (invariants I5, I6, I8).
 */
export function open(
  record: In<"SelectSnapshot" | "Verify" | "Promote" | "Stuck">,
  view: View,
  event: FailoverEvent,
  settings: FailoverSettings,
): FailoverRecord {
  switch (record.phase) {
    case "SelectSnapshot":
      return select(record, event, settings);
    case "Verify":
      return verify(record, view, event, settings);
    case "Promote":
      return openReads(record, view, event, settings);
    case "Stuck":
      if (event.type !== "ordered" || event.order.what !== "retry") return record;
      // What was found bad before is looked at anew: nothing opens without that.
      return entered(
        { ...takeover(record), phase: "SelectSnapshot", tried: [] },
        event.clock.wall,
        `${event.order.by} has everything tried again`,
      );
  }
}

function select(record: In<"SelectSnapshot">, event: FailoverEvent, settings: FailoverSettings): FailoverRecord {
  if (event.type !== "candidates") return record;
  // One that could never be written on again is not opened either: there would be no way on but back.
  const candidates = event.candidates.filter(({ unit }) => restorable(unit, settings.consenters));
  const candidate = newestOf(candidates, record.epoch, record.tried);
  if (record.tried.length > settings.maxFallbacks || candidate === undefined) {
    const why =
      candidate === undefined
        ? `no snapshot is left; ${record.tried.length} were tried`
        : `${record.tried.length} snapshots were bad, and at most ${settings.maxFallbacks} older ones are tried`;
    return stuck(record, event, why);
  }
  return entered({ ...takeover(record), phase: "Verify", candidate }, event.clock.wall, `trying ${candidate.name}`);
}

function verify(record: In<"Verify">, view: View, event: FailoverEvent, settings: FailoverSettings): FailoverRecord {
  if (event.type !== "verified" || event.candidate !== record.candidate.name) return record;
  const { candidate } = record;
  const report = honest(event.report, record);
  const served = report.survivors.map(({ heights }) => heights).reduce(highest, report.heights);
  const judged = judge(report, served, record.heard, settings.limits.rpoBlocks);
  const tried = [...record.tried, candidate];
  if (judged.verdict === "stop") return stuck({ ...record, tried }, event, judged.why);
  if (judged.verdict === "older")
    return entered(
      { ...takeover(record), tried, phase: "SelectSnapshot" },
      event.clock.wall,
      `${candidate.name} is bad: ${judged.why}`,
    );
  // Somebody else may have it by now; the verification is done again once the lease was looked at.
  if (!holdsLease(view, record, settings.target)) return record;
  const lost = blocksAbove(served, record.heard);
  return entered(
    { ...takeover(record), phase: "Promote", candidate, restored: report.heights, served, lost },
    event.clock.wall,
    `${candidate.name} is good; missing of what was heard: ${rangesText(lost)}`,
  );
}

/** A snapshot that is not what its index said is not asked what else it is. */
function honest(report: VerificationReport, { candidate }: In<"Verify">): VerificationReport {
  if (sameEnd(report.heights, candidate.heights)) return report;
  return { ...report, contiguous: false, detail: report.detail ?? "it ends in other blocks than its index says" };
}

function openReads(
  record: In<"Promote">,
  view: View,
  event: FailoverEvent,
  settings: FailoverSettings,
): FailoverRecord {
  if (event.type !== "opened") return record;
  if (!event.submitRefused) return stuck(record, event, "a transaction was taken while only reads were open");
  if (!event.queryAnswered || !holdsLease(view, record, settings.target)) return record;
  return entered({ ...opened(record), phase: "ReadOnlyOpen" }, event.clock.wall, "reads are answered, and only reads");
}

/** Nothing opens from here but by a person, who has everything verified again. */
export function stuck(
  record: In<"SelectSnapshot" | "Verify" | "Promote" | "Restore">,
  event: FailoverEvent,
  why: string,
): FailoverRecord {
  return entered({ ...takeover({ ...record, ...common(record) }), phase: "Stuck", why }, event.clock.wall, why);
}
