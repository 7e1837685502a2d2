import { element, escapeXml } from "../../explain/svg";
import { describeFailure } from "../../placement/failure";
import type { DrillReport } from "./drill";
import { manners } from "./report-text";

const width = 960;
const left = 150;
const laneHeight = 64;
const top = 54;

/** Commits per second of every load over the time of the drill, with the broken time behind them: a picture as SVG text. */
export function timeLine(report: DrillReport): string {
  const end = Math.max(
    1,
    ...report.loads.map(({ perSecond }) => perSecond.length),
    ...report.events.map(({ at }) => at),
  );
  const x = (second: number) => left + (second / end) * (width - left - 16);
  const height = top + report.loads.length * laneHeight + 44;
  const broken = report.brokenFrom;
  const healed = broken + report.brokenFor;
  const bottom = height - 40;
  const parts = [
    element("rect", {
      class: "broken",
      x: x(broken),
      y: top - 14,
      width: x(healed) - x(broken),
      height: bottom - top + 14,
    }),
    element(
      "text",
      { class: "label", x: x(broken) + 4, y: top - 20 },
      escapeXml(`${describeFailure(report.failure)}, ${manners[report.manner]}`),
    ),
    ...report.loads.flatMap((load, lane) => {
      const base = top + (lane + 1) * laneHeight - 12;
      const most = Math.max(1, ...load.perSecond);
      const bar = (width - left - 16) / end;
      return [
        element("text", { class: "name", x: 8, y: base - 26 }, escapeXml(load.organisation)),
        element("text", { class: "label", x: 8, y: base - 11 }, escapeXml(load.channel)),
        element("text", { class: "label", x: 8, y: base + 3 }, `${load.committed} commits`),
        ...load.perSecond.map((count, second) => {
          const tall = (count / most) * (laneHeight - 22);
          return count === 0
            ? ""
            : element("rect", {
                class: "commits",
                x: x(second),
                y: base - tall,
                width: Math.max(0.8, bar - 0.6),
                height: tall,
              });
        }),
        ...load.gaps
          .filter(({ lasted }) => lasted >= 1)
          .map(({ from, lasted }) =>
            element(
              "rect",
              { class: "gap", x: x(from), y: base + 1, width: Math.max(1, x(from + lasted) - x(from)), height: 4 },
              element("title", {}, `${lasted.toFixed(1)} s without a commit, from second ${from.toFixed(1)}`),
            ),
          ),
        element("line", { class: "rule", x1: left, x2: width - 16, y1: base + 0.5, y2: base + 0.5 }),
      ];
    }),
    ...ticks(end).flatMap((second) => [
      element("line", { class: "rule", x1: x(second), x2: x(second), y1: bottom, y2: bottom + 5 }),
      element("text", { class: "label", x: x(second), y: bottom + 18, "text-anchor": "middle" }, `${second} s`),
    ]),
  ];
  const said = `Commits per second from ${report.loads.length} clients over ${Math.round(end)} seconds; broken from second ${broken.toFixed(0)} to second ${healed.toFixed(0)}.`;
  return element(
    "svg",
    { xmlns: "http://www.w3.org/2000/svg", viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": said },
    parts.join("\n"),
  );
}

function ticks(end: number): number[] {
  const step = [5, 10, 20, 30, 60, 120, 300, 600].find((candidate) => end / candidate <= 12) ?? 1200;
  return Array.from({ length: Math.floor(end / step) + 1 }, (_, index) => index * step);
}
