import fc from "fast-check";
import { gapsBetween, latenciesOf, percentile } from "../../client/statistics";

const times = fc.array(fc.integer({ min: 100, max: 10_000 }), { maxLength: 50 });
const period = { begin: 0, end: 10_100 };

describe("percentiles", () => {
  test("of a hundred values are what people expect", () => {
    const values = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect(latenciesOf(values)).toEqual({ p50: 50, p95: 95, p99: 99, max: 100 });
  });

  test("of nothing there are none", () => {
    expect(latenciesOf([])).toBeUndefined();
    expect(percentile([], 0.5)).toBeUndefined();
  });

  test("are among the values, and at least that part of the values is not above them, and no smaller value will do", () => {
    const part = fc.double({ min: 0.01, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.array(fc.integer(), { minLength: 1 }), part, (values, share) => {
        const ascending = [...values].sort((a, b) => a - b);
        const found = percentile(ascending, share)!;
        const notAbove = (limit: number) => values.filter((value) => value <= limit).length / values.length;
        const smaller = values.filter((value) => value < found);
        expect(values).toContain(found);
        expect(notAbove(found)).toBeGreaterThanOrEqual(share - 1e-9);
        if (smaller.length > 0) expect(notAbove(Math.max(...smaller))).toBeLessThan(share + 1e-9);
      }),
    );
  });
});

describe("gaps", () => {
  test("lie before the first commit, between commits and after the last", () => {
    expect(gapsBetween([3000, 3100, 7000], { begin: 0, end: 9000 }, 1000)).toEqual([
      { start: 0, lengthMs: 3000 },
      { start: 3100, lengthMs: 3900 },
      { start: 7000, lengthMs: 2000 },
    ]);
  });

  test("without any commit the whole period is one", () => {
    expect(gapsBetween([], { begin: 5, end: 905 }, 900)).toEqual([{ start: 5, lengthMs: 900 }]);
    expect(gapsBetween([], { begin: 5, end: 905 }, 901)).toEqual([]);
  });

  test("fill the period exactly, whatever the order of commits", () => {
    fc.assert(
      fc.property(times, (commits) => {
        const gaps = gapsBetween(commits, period, 0);
        expect(gaps.reduce((sum, { lengthMs }) => sum + lengthMs, 0)).toBe(period.end - period.begin);
        expect(gaps).toEqual(gapsBetween([...commits].reverse(), period, 0));
      }),
    );
  });

  test("hold no commit inside, and none of the least length is missing", () => {
    fc.assert(
      fc.property(times, fc.integer({ min: 1, max: 3000 }), (commits, least) => {
        const gaps = gapsBetween(commits, period, least);
        for (const { start, lengthMs } of gaps) {
          expect(lengthMs).toBeGreaterThanOrEqual(least);
          expect(commits.filter((at) => at > start && at < start + lengthMs)).toEqual([]);
        }
        // Outside of gaps somebody commits within every stretch of that length.
        for (let from = period.begin; from + least <= period.end; from += 97) {
          const quiet = !commits.some((at) => at > from && at < from + least);
          if (quiet)
            expect(gaps.some(({ start, lengthMs }) => start <= from && start + lengthMs >= from + least)).toBe(true);
        }
      }),
    );
  });
});
