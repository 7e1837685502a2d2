import { plain, table, type Palette } from "../../../explain/table";
import { amount, secondsText, targetWords, type FailoverReport, type PhaseLine, type TargetLine } from "./report";

/** A failover in one line: from where to where, and what it cost. */
export function failoverHeadline({ primary, target, mode, targets, phase }: FailoverReport): string {
  const measured = (name: TargetLine["target"]) => targets.find((line) => line.target === name)?.measured;
  const [read, write, lost] = [measured("rtoRead"), measured("rtoWrite"), measured("rpoBlocks")];
  const parts = [
    read === undefined ? `no read yet (${phase})` : `first read after ${secondsText(read)}`,
    ...(write === undefined ? [] : [`first write after ${secondsText(write)}`]),
    ...(lost === undefined ? [] : [`${lost} blocks known to be lost`]),
  ];
  return `${primary.join(" + ")} to ${target}, ${mode === "drill" ? "a drill on a clone" : "for real"}: ${parts.join(", ")}`;
}

/** A phase as cells of a table. */
export const phaseCells = ({ phase, took, budget, from }: PhaseLine): string[] => [
  phase,
  took === undefined ? "-" : secondsText(took),
  budget === undefined ? "-" : secondsText(budget),
  from === undefined || from === "budget" ? "" : from,
];

/** A target as cells of a table. */
export const targetCells = ({ target, measured, limit }: TargetLine): string[] => [
  targetWords[target],
  measured === undefined ? "-" : amount(target, measured),
  amount(target, limit),
];

export const phaseHead = ["phase", "took", "budget", "of which (ms)"] as const;
export const targetHead = ["target", "measured", "promised"] as const;

/** A line of the time line, with seconds since the last sign of life. */
export const entryCells = (report: FailoverReport): string[][] =>
  report.timeline.map(({ at, phase, what }) => [
    ((Date.parse(at) - Date.parse(report.lastSign)) / 1000).toFixed(1),
    phase,
    what,
  ]);

/** What was opened and what stands for it, a sentence each. */
export const evidence = ({ snapshot, fallbacks = 0, fenced }: FailoverReport): string[] => [
  ...(snapshot === undefined
    ? []
    : [`opened: snapshot ${snapshot}, after ${fallbacks} that were tried and not opened`]),
  ...Object.entries(fenced).map(([center, by]) => `${center} is fenced: ${by}`),
];

/** A failover's report for a terminal. */
export function failoverReportText(report: FailoverReport, palette: Palette = plain): string {
  const { findings } = report;
  return [
    palette.strong(failoverHeadline(report)),
    `${report.failover}, last sign of life ${report.lastSign}, now ${report.phase} in epoch ${report.epoch}`,
    "",
    table(targetHead, report.targets.map(targetCells), palette),
    "",
    table(phaseHead, report.phases.map(phaseCells), palette),
    "",
    ...evidence(report),
    "",
    "Seconds since the last sign of life",
    ...entryCells(report).map(([at = "", phase, what]) => `${at.padStart(7)} s  ${phase ?? ""}: ${what ?? ""}`),
    "",
    findings.length === 0
      ? palette.good("As promised.")
      : palette.bad(`Not as promised:\n${findings.map((finding) => `- ${finding}`).join("\n")}`),
  ].join("\n");
}
