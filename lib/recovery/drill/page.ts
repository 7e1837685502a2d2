import { escapeXml } from "../../explain/svg";

/** A table of a report's page. */
export interface PageTable {
  readonly caption: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** What a report's page shows, from top to bottom. All texts are escaped here. */
export interface ReportPage {
  /** Of the window. */
  readonly title: string;
  readonly headline: string;
  /** Which network, and when. */
  readonly about: string;
  /** What was not as promised; empty: passed. */
  readonly findings: readonly string[];
  /** An SVG, as it is. */
  readonly figure: string;
  readonly caption: string;
  readonly tables: readonly PageTable[];
}

/** A report as one page: no script, nothing from elsewhere, readable in the dark and on paper. */
export function reportPage({ title, headline, about, findings, figure, caption, tables }: ReportPage): string {
  const passed = findings.length === 0;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeXml(title)}</title>
<style>${style}</style>
</head>
<body>
<main>
<p class="${passed ? "good" : "bad"} verdict">${passed ? "Passed" : "Not as promised"}</p>
<h1>${escapeXml(headline)}</h1>
<p>${escapeXml(about)}</p>
${passed ? "" : `<ul>${findings.map((finding) => `<li>${escapeXml(finding)}</li>`).join("")}</ul>`}
<figure>${figure}<figcaption>${escapeXml(caption)}</figcaption></figure>
${tables.map(tableOf).join("\n")}
</main>
</body>
</html>
`;
}

const tableOf = ({ caption, head, rows }: PageTable): string => `
<h2>${escapeXml(caption)}</h2>
<div class="wide"><table>
<thead><tr>${head.map((cell) => `<th scope="col">${escapeXml(cell)}</th>`).join("")}</tr></thead>
<tbody>${rows.map((row) => `<tr>${row.map((cell) => `<td>${escapeXml(cell)}</td>`).join("")}</tr>`).join("\n")}</tbody>
</table></div>`;

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
.broken, .budget { fill: #fbe3c8; }
.commits, .spent { fill: #2a6fc4; }
.gap, .over { fill: #c0352b; }
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
  .broken, .budget { fill: #4a3410; }
  .commits, .spent { fill: #5ea2f2; }
  .gap, .over { fill: #ff8f85; }
  .rule { stroke: #3d444d; }
  th, td { border-color: #2a313a; }
  .good { background: #12361d; color: #9be9a8; }
  .bad { background: #4c1712; color: #ffb3ab; }
}
@media print { main { max-width: none; } .wide { overflow: visible; } }
`;
