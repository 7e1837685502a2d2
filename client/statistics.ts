/** A time without a single commit. */
export interface Gap {
  /** Milliseconds since 1970: the last commit before it, or the begin of the load. */
  readonly start: number;
  readonly lengthMs: number;
}

/** Milliseconds. */
export interface Latencies {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/**
 * The smallest of the values that at least this part of them does not exceed (nearest rank). Undefined if there are none.
 * @param part Above 0, up to 1: 0.95 for the 95th percentile.
 */
export function percentile(ascending: readonly number[], part: number): number | undefined {
  return ascending[Math.max(0, Math.ceil(ascending.length * part) - 1)];
}

/** Percentiles of values in any order; undefined if there are none. */
export function latenciesOf(values: readonly number[]): Latencies | undefined {
  const ascending = [...values].sort((a, b) => a - b);
  const at = (part: number) => percentile(ascending, part) ?? 0;
  return values.length === 0 ? undefined : { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) };
}

/** All gaps of at least `leastMs` between commits, between the begin and the first, and between the last and the end. */
export function gapsBetween(
  commits: readonly number[],
  period: { readonly begin: number; readonly end: number },
  leastMs: number,
): readonly Gap[] {
  const ascending = [...commits].sort((a, b) => a - b);
  const starts = [period.begin, ...ascending];
  const ends = [...ascending, period.end];
  return starts
    .map((start, index) => ({ start, lengthMs: (ends[index] ?? start) - start }))
    .filter(({ lengthMs }) => lengthMs >= leastMs && lengthMs > 0);
}
