import { plain, table, type Palette } from "../../explain/table";
import { describeFailure } from "../../placement/failure";
import { describeService } from "../../placement/service";
import { latencyCells, loadCells, loadHead, observedWords, predictedWords } from "./cells";
import type { DrillReport } from "./drill";
import { silences } from "./judge";

const seconds = (value: number) => `${value.toFixed(1)} s`;

/** A drill in one line: what was broken, for how long, and what came of it. */
export function headline(report: DrillReport): string {
  const silence = Math.max(0, ...silences(report.loads, report.brokenFrom).map(({ longest }) => longest));
  const lost = report.loads.reduce((total, load) => total + load.lost, 0);
  return `${describeFailure(report.failure)}, ${manners[report.manner]} for ${seconds(report.brokenFor)}: at most ${seconds(silence)} without a commit, ${lost} commits lost`;
}

/** What was done, as people say it. */
export const manners = { kill: "killed", cut: "silently cut off", delete: "deleted" } as const;

/** A drill's report for a terminal. */
export function reportText(report: DrillReport, palette: Palette = plain): string {
  const verdict =
    report.findings.length === 0
      ? palette.good("Passed: everything as the failure matrix says.")
      : palette.bad(`Not as promised:\n${report.findings.map((finding) => `- ${finding}`).join("\n")}`);
  return [
    palette.strong(headline(report)),
    "",
    ...report.events.map(({ at, what }) => `${at.toFixed(1).padStart(7)} s  ${what}`),
    "",
    palette.strong("What clients saw"),
    table(
      [...loadHead, "p50", "p95", "p99"],
      report.loads.map((load) => [...loadCells(load, report), ...latencyCells(load)]),
      palette,
    ),
    "",
    palette.strong("What the failure matrix said, and what happened"),
    table(
      ["service", "predicted", "observed", "evidence"],
      report.comparisons.map((comparison) => [
        describeService(comparison.service),
        predictedWords(comparison),
        observedWords(comparison),
        comparison.observed?.evidence ?? comparison.predicted.because,
      ]),
      palette,
    ),
    "",
    palette.strong("Ledgers afterwards"),
    table(
      ["channel", "node", "height", "hash"],
      report.ledgers.map(({ channel, pod, height, hash }) => [channel, pod, String(height), hash?.slice(0, 16) ?? "-"]),
      palette,
    ),
    "",
    verdict,
  ].join("\n");
}
