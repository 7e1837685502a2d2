import { describeService } from "../../placement/service";
import { latencyCells, loadCells, loadHead, observedWords, predictedWords } from "./cells";
import type { DrillReport } from "./drill";
import { reportPage } from "./page";
import { headline } from "./report-text";
import { timeLine } from "./time-line";

/** A drill's report as one page: no script, nothing from elsewhere, readable in the dark and on paper. */
export function reportHtml(report: DrillReport): string {
  return reportPage({
    title: `Drill of ${report.network}: ${headline(report)}`,
    headline: headline(report),
    about: `${report.network}, ${report.startedAt}`,
    findings: report.findings,
    figure: timeLine(report),
    caption:
      "Commits per second, as clients saw them. Shaded: while it was broken. Red: a second and more without a commit.",
    tables: [
      {
        caption: "What happened",
        head: ["second", "what"],
        rows: report.events.map(({ at, what }) => [at.toFixed(1), what]),
      },
      {
        caption: "What clients saw",
        head: [...loadHead, "p50 / p95 / p99"],
        rows: report.loads.map((load) => [...loadCells(load, report), latencyCells(load).join(" / ")]),
      },
      {
        caption: "What the failure matrix said, and what happened",
        head: ["service", "predicted", "because", "observed", "evidence"],
        rows: report.comparisons.map((comparison) => [
          describeService(comparison.service),
          predictedWords(comparison),
          comparison.predicted.because,
          observedWords(comparison),
          comparison.observed?.evidence ?? "",
        ]),
      },
      {
        caption: "Ledgers afterwards",
        head: ["channel", "node", "height", "hash"],
        rows: report.ledgers.map(({ channel, pod, height, hash }) => [channel, pod, String(height), hash ?? "-"]),
      },
    ],
  });
}
