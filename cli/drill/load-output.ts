import type { LoadSummary, Progress } from "../../client/load-record";
import type { LoadObservation } from "../../lib/recovery/drill/drill";

/** One client's load. */
export interface PlannedLoad {
  readonly organisation: string;
  readonly channel: string;
  readonly chaincode: string;
  /** Transactions per second. */
  readonly rate: number;
}

/** What a load in a pod prints, line by line, and what a drill makes of it. */
export class LoadOutput {
  readonly #progress: Progress[] = [];
  #summary: LoadSummary | undefined;
  /** How much the clock here is ahead of the pod's, in milliseconds: by the line that was under way for the shortest time. */
  #ahead = Infinity;

  /** Transactions committed so far. */
  get committed(): number {
    return this.#progress.at(-1)?.committed ?? 0;
  }

  /** @param now When the line came, in milliseconds since 1970 by the clock here. */
  take(line: string, now: number): void {
    const told = JSON.parse(line) as
      ({ type: "progress" } & Progress) | ({ type: "summary" } & LoadSummary) | { type: "gap" };
    if (told.type === "summary") this.#summary = told;
    if (told.type !== "progress") return;
    this.#ahead = Math.min(this.#ahead, now - Date.parse(told.at));
    this.#progress.push(told);
  }

  /**
   * What the load saw, in seconds since the drill's beginning; undefined where it ended without a summary.
   * @param epoch The drill's beginning, in milliseconds since 1970 by the clock here.
   */
  observation(planned: PlannedLoad, epoch: number): LoadObservation | undefined {
    if (this.#summary === undefined) return undefined;
    const ahead = Number.isFinite(this.#ahead) ? this.#ahead : 0;
    const second = (at: string) => (Date.parse(at) + ahead - epoch) / 1000;
    const { latencies, ...summary } = this.#summary;
    const { p50 = 0, p95 = 0, p99 = 0 } = latencies ?? {};
    return {
      ...planned,
      committed: summary.committed,
      lost: summary.verification?.missing.length ?? 0,
      skipped: summary.skipped,
      errors: summary.failed,
      reasons: summary.errors,
      resubmitted: summary.resubmits,
      latency: { p50: p50 / 1000, p95: p95 / 1000, p99: p99 / 1000 },
      gaps: summary.gaps.map(({ start, lengthMs }) => ({ from: second(start), lasted: lengthMs / 1000 })),
      perSecond: perSecond(this.#progress.map(({ at, committed }) => ({ second: second(at), committed }))),
    };
  }
}

/** How many were committed in each second, of how many were altogether at some moments. */
function perSecond(totals: readonly { readonly second: number; readonly committed: number }[]): number[] {
  const counts: number[] = [];
  let before = 0;
  for (const { second, committed } of totals) {
    const index = Math.max(0, Math.floor(second));
    while (counts.length <= index) counts.push(0);
    counts[index] = (counts[index] ?? 0) + committed - before;
    before = committed;
  }
  return counts;
}
