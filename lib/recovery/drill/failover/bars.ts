import { element, escapeXml } from "../../../explain/svg";
import { secondsText, type FailoverReport } from "./report";

const width = 960;
const left = 130;
const row = 34;
const top = 16;
/** What a person takes to decide is minutes where all else is seconds: it is drawn with this width, and said in words. */
const pausedWidth = 70;
const people = "approval";

/**
 * Each phase as a bar along the time since the last sign of life, its budget behind it: a picture as SVG text. What is
 * above its budget is red.
 */
export function phaseBars(report: FailoverReport): string {
  const took = ({ took: own = 0 }: FailoverReport["phases"][number]) => own;
  const timed = report.phases.filter(({ phase }) => phase !== people);
  // Budgets begin where phases did, so the last of them may reach beyond the end.
  const most = Math.max(1, ...ends(timed.map((line) => ({ took: took(line), budget: line.budget ?? 0 }))));
  const scale = (width - left - pausedWidth - 90) / most;
  let x = left;
  const bars = report.phases.flatMap((line, index) => {
    const y = top + index * row;
    const paused = line.phase === people;
    const long = paused ? (line.took === undefined ? 0 : pausedWidth) : took(line) * scale;
    const allowed = paused || line.budget === undefined ? 0 : line.budget * scale;
    const from = x;
    x += long;
    return [
      element("text", { class: "name", x: 8, y: y + 15 }, escapeXml(line.phase)),
      ...(line.took !== undefined && allowed > 0
        ? [element("rect", { class: "budget", x: from, y, width: allowed, height: 20 })]
        : []),
      element("rect", { class: "spent", x: from, y: y + 5, width: Math.max(1, long), height: 10 }),
      ...(allowed > 0 && long > allowed
        ? [element("rect", { class: "over", x: from + allowed, y: y + 5, width: long - allowed, height: 10 })]
        : []),
      element(
        "text",
        { class: "label", x: Math.max(from + long, line.took === undefined ? from : from + allowed) + 6, y: y + 14 },
        escapeXml(line.took === undefined ? "not yet" : `${secondsText(line.took)}${paused ? ", not to scale" : ""}`),
      ),
      element("line", { class: "rule", x1: left, x2: width - 16, y1: y + 25.5, y2: y + 25.5 }),
    ];
  });
  const said = report.phases
    .map(({ phase, took: own }) => `${phase} ${own === undefined ? "not yet" : secondsText(own)}`)
    .join(", ");
  const height = top + report.phases.length * row + 4;
  return element(
    "svg",
    { xmlns: "http://www.w3.org/2000/svg", viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": said },
    bars.join("\n"),
  );
}

/** Where each phase, and its budget, would end. */
function ends(lines: readonly { readonly took: number; readonly budget: number }[]): number[] {
  let begun = 0;
  return lines.map(({ took, budget }) => {
    const end = begun + Math.max(took, took === 0 ? 0 : budget);
    begun += took;
    return end;
  });
}
