import type { Comparison, DrillReport, LoadObservation } from "./drill";
import { gapsSince, longestOf } from "./judge";

/** What a report's table of clients has above {@link loadCells}; latencies follow, as the report has room. */
export const loadHead = [
  "client",
  "channel",
  "tried",
  "committed",
  "errors",
  "sent again",
  "lost",
  "longest silence",
] as const;

/** A load as cells of a table; silent it was only since the thing was broken. */
export function loadCells(load: LoadObservation, { brokenFrom }: Pick<DrillReport, "brokenFrom">): string[] {
  const silence = longestOf(gapsSince(load.gaps, brokenFrom));
  return [
    load.organisation,
    load.channel,
    `${load.rate}/s${load.skipped === 0 ? "" : `, ${load.skipped} not started`}`,
    String(load.committed),
    String(load.errors),
    String(load.resubmitted),
    String(load.lost),
    `${silence.toFixed(1)} s`,
  ];
}

/** The latencies of a load, p50 first. */
export function latencyCells({ latency: { p50, p95, p99 } }: LoadObservation): string[] {
  return [p50, p95, p99].map((value) => `${Math.round(value * 1000)} ms`);
}

/** What the matrix said of a service, in words. */
export const predictedWords = ({ predicted }: Comparison): string => (predicted.survives ? "goes on" : "stops");

/** What was seen of it, in words. */
export function observedWords({ observed }: Comparison): string {
  if (observed === undefined) return "not looked at";
  return observed.goesOn ? "went on" : "stopped";
}
