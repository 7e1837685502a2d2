import { escapeXml } from "../../explain/svg";
import { describeService } from "../../placement/service";
import { latencyCells, loadCells, loadHead, observedWords, predictedWords } from "./cells";
import type { DrillReport } from "./drill";
import { headline } from "./report-text";
import { timeLine } from "./time-line";

/** A drill's report as one page: no script, nothing from elsewhere, readable in the dark and on paper. */
export function reportHtml(report: DrillReport): string {
  const passed = report.findings.length === 0;
  const table = (caption: string, head: readonly string[], rows: readonly (readonly string[])[]) => `
<h2>${caption}</h2>
<div class="wide"><table>
<thead><tr>${head.map((cell) => `<th scope="col">${escapeXml(cell)}</th>`).join("")}</tr></thead>
<tbody>${rows.map((row) => `<tr>${row.map((cell) => `<td>${escapeXml(cell)}</td>`).join("")}</tr>`).join("\n")}</tbody>
</table></div>`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeXml(`Drill of ${report.network}: ${headline(report)}`)}</title>
<style>${style}</style>
</head>
<body>
<main>
<p class="${passed ? "good" : "bad"} verdict">${passed ? "Passed" : "Not as promised"}</p>
<h1>${escapeXml(headline(report))}</h1>
<p>${escapeXml(report.network)}, ${escapeXml(report.startedAt)}</p>
${passed ? "" : `<ul>${report.findings.map((finding) => `<li>${escapeXml(finding)}</li>`).join("")}</ul>`}
<figure>${timeLine(report)}<figcaption>Commits per second, as clients saw them. Shaded: while it was broken. Red: a second and more without a commit.</figcaption></figure>
${table(
  "What happened",
  ["second", "what"],
  report.events.map(({ at, what }) => [at.toFixed(1), what]),
)}
${table(
  "What clients saw",
  [...loadHead, "p50 / p95 / p99"],
  report.loads.map((load) => [...loadCells(load, report), latencyCells(load).join(" / ")]),
)}
${table(
  "What the failure matrix said, and what happened",
  ["service", "predicted", "because", "observed", "evidence"],
  report.comparisons.map((comparison) => [
    describeService(comparison.service),
    predictedWords(comparison),
    comparison.predicted.because,
    observedWords(comparison),
    comparison.observed?.evidence ?? "",
  ]),
)}
${table(
  "Ledgers afterwards",
  ["channel", "node", "height", "hash"],
  report.ledgers.map(({ channel, pod, height, hash }) => [channel, pod, String(height), hash ?? "-"]),
)}
</main>
</body>
</html>
`;
}

const style = `
:root { color-scheme: light dark; }
body { font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif; margin: 0; background: #fff; color: #1f2328; }
main { max-width: 62rem; margin: 0 auto; padding: 1.5rem 1rem 3rem; }
h1 { font-size: 1.4rem; line-height: 1.3; margin: 0.25rem 0; }
h2 { font-size: 1.1rem; margin: 2rem 0 0.5rem; }
figure { margin: 1.5rem 0 0; }
figcaption { color: #59636e; font-size: 0.85rem; }
svg { width: 100%; height: auto; }
svg text { font-family: inherit; fill: #1f2328; }
svg .name { font-size: 13px; font-weight: 600; }
svg .label { font-size: 11px; fill: #59636e; }
.broken { fill: #fbe3c8; }
.commits { fill: #2a6fc4; }
.gap { fill: #c0352b; }
.rule { stroke: #c4ccd4; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 0.9rem; }
th, td { text-align: left; padding: 0.3rem 0.6rem; border-bottom: 1px solid #d8dee4; vertical-align: top; overflow-wrap: anywhere; min-width: 4rem; }
th { border-bottom-width: 2px; }
.verdict { display: inline-block; padding: 0.1rem 0.6rem; border-radius: 1rem; font-weight: 600; margin: 0; }
.good { background: #dafbe1; color: #0a4d1d; }
.bad { background: #ffdcd8; color: #7d1a12; }
@media screen and (prefers-color-scheme: dark) {
  body { background: #0d1117; color: #e6edf3; }
  figcaption, svg .label { color: #9da7b3; fill: #9da7b3; }
  svg text { fill: #e6edf3; }
  .broken { fill: #4a3410; }
  .commits { fill: #5ea2f2; }
  .gap { fill: #ff8f85; }
  .rule { stroke: #3d444d; }
  th, td { border-color: #2a313a; }
  .good { background: #12361d; color: #9be9a8; }
  .bad { background: #4c1712; color: #ffb3ab; }
}
@media print { main { max-width: none; } .wide { overflow: visible; } }
`;
