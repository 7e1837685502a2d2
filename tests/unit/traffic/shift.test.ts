import fc from "fast-check";
import { percentagesOf, stepsBetween, type Percentages } from "../../../lib/traffic/percentages";
import { advance, beginning, isOver, weightsAt, type Readings, type ShiftPlan } from "../../../lib/traffic/shift";

const sites = ["aws-prod", "gcp-staging", "third"] as const;
const sum = (shares: Percentages) => Object.values(shares).reduce((all, share) => all + share, 0);
const distribution = fc
  .tuple(fc.nat(1000), fc.nat(1000), fc.nat(1000))
  .filter((weights) => weights.some((weight) => weight > 0))
  .map(([a, b, c]) => percentagesOf({ "aws-prod": a, "gcp-staging": b, third: c }));
const well = { healthy: true, attempts: 0, failures: 0 };
const readingsOf = (bad: readonly string[]): Readings =>
  Object.fromEntries(sites.map((site) => [site, { ...well, healthy: !bad.includes(site) }]));
const limits = { errors: 0.05, silence: 3 };

describe("the way of a shift", () => {
  it("always shares out 100 per cent, moves at most a step at once, and never overshoots (R7)", () => {
    fc.assert(
      fc.property(distribution, distribution, fc.integer({ min: 1, max: 100 }), (from, to, step) => {
        const steps = stepsBetween(from, to, step);
        expect(steps.at(0)).toEqual(from);
        expect(steps.at(-1)).toEqual(to);
        steps.forEach((shares, index) => {
          expect(sum(shares)).toBe(100);
          const before = steps[index - 1] ?? shares;
          const moved = sites.reduce((all, site) => all + Math.max(0, (shares[site] ?? 0) - (before[site] ?? 0)), 0);
          expect(moved).toBeLessThanOrEqual(step);
          for (const site of sites) {
            const ends = [from[site] ?? 0, to[site] ?? 0];
            expect(shares[site]).toBeGreaterThanOrEqual(Math.min(...ends));
            expect(shares[site]).toBeLessThanOrEqual(Math.max(...ends));
          }
        });
      }),
    );
  });

  it("makes per cent of weights without losing the smallest site", () => {
    expect(percentagesOf({ "aws-prod": 999, "gcp-staging": 1 })).toEqual({ "aws-prod": 99, "gcp-staging": 1 });
    expect(percentagesOf({ "aws-prod": 1, "gcp-staging": 1, third: 1 })).toEqual({
      "aws-prod": 34,
      "gcp-staging": 33,
      third: 33,
    });
    expect(() => percentagesOf({ "aws-prod": 0 })).toThrow("sum to zero");
  });
});

describe("a shift", () => {
  const event = fc.record({
    bad: fc.option(fc.subarray([...sites]), { nil: undefined }),
    wait: fc.nat(2000),
    interrupted: fc.nat(20).map((roll) => roll === 0),
  });

  it("ends at its target or where it began, and chooses nothing that sends all to the unwell where it need not (R7)", () => {
    fc.assert(
      fc.property(
        distribution,
        distribution,
        fc.integer({ min: 5, max: 100 }),
        fc.array(event),
        (from, to, step, events) => {
          const plan: ShiftPlan = { pool: "gateway.amber", before: from, from, to, step, hold: 1000, limits };
          let [now, state] = [0, beginning(0)];
          for (const { bad, wait, interrupted } of events) {
            now += wait;
            const readings = bad === undefined ? undefined : readingsOf(bad);
            const present = weightsAt(plan, state);
            const tick = { now, interrupted, ...(readings === undefined ? {} : { readings }) };
            state = advance(plan, state, tick);
            const chosen = weightsAt(plan, state);
            expect(sum(chosen)).toBe(100);
            const lost = (shares: Percentages) =>
              sites.every((site) => (shares[site] ?? 0) === 0 || bad?.includes(site) === true);
            if (readings !== undefined && chosen !== present && lost(chosen)) expect(lost(present)).toBe(true);
          }
          // All well again: whatever happened before, it comes to an end.
          for (let more = 0; more < 200 && !isOver(state); more++) {
            now += 1000;
            state = advance(plan, state, { now, readings: readingsOf([]) });
          }
          expect(isOver(state)).toBe(true);
          expect(weightsAt(plan, state)).toEqual(state.phase === "arrived" ? to : from);
        },
      ),
    );
  });

  const plan: ShiftPlan = {
    pool: "gateway.amber",
    before: { "aws-prod": 1, "gcp-staging": 0 },
    from: { "aws-prod": 100, "gcp-staging": 0 },
    to: { "aws-prod": 80, "gcp-staging": 20 },
    step: 10,
    hold: 1000,
    limits,
  };
  const first = advance(plan, beginning(0), { now: 0, readings: readingsOf([]) });

  it("moves nothing before its hold time is over, and nothing that nobody answered for", () => {
    expect(weightsAt(plan, first)).toEqual({ "aws-prod": 90, "gcp-staging": 10 });
    expect(advance(plan, first, { now: 999, readings: readingsOf([]) }).at).toBe(1);
    expect(advance(plan, first, { now: 1000 }).at).toBe(1);
    expect(weightsAt(plan, advance(plan, first, { now: 1000, readings: readingsOf([]) }))).toEqual(plan.to);
  });

  it("returns at once when the new site is not well, when its connections fail, and when somebody asks", () => {
    const unwell = advance(plan, first, { now: 10, readings: readingsOf(["gcp-staging"]) });
    expect(unwell).toMatchObject({ phase: "returned", at: 0, reason: "gcp-staging has nobody who is well" });
    const failing = { ...readingsOf([]), "gcp-staging": { healthy: true, attempts: 30, failures: 2 } };
    expect(advance(plan, first, { now: 10, readings: failing })).toMatchObject({
      phase: "returned",
      reason: "2 of 30 connections to gcp-staging failed, more than 5 %",
    });
    expect(advance(plan, first, { now: 10, readings: readingsOf([]), interrupted: true }).phase).toBe("returned");
  });

  it("does not go back to a site that was lost meanwhile, until that is well again", () => {
    const lost = advance(plan, first, { now: 10, readings: readingsOf(["aws-prod"]) });
    expect(lost).toMatchObject({ phase: "moving", at: 1 });
    const evacuation = { ...plan, to: { "aws-prod": 0, "gcp-staging": 100 }, step: 100 };
    const moved = advance(evacuation, beginning(0), { now: 0, readings: readingsOf(["aws-prod"]) });
    const waiting = advance(evacuation, moved, { now: 10, readings: readingsOf(["aws-prod"]), interrupted: true });
    expect(waiting).toMatchObject({ phase: "returning", at: 1 });
    expect(advance(evacuation, waiting, { now: 20, readings: readingsOf([]) })).toMatchObject({
      phase: "returned",
      at: 0,
    });
  });

  it("bears a gateway that cannot be read for a while, and not for long", () => {
    let state = first;
    for (let silent = 1; silent <= limits.silence; silent++) state = advance(plan, state, { now: silent });
    expect(state.phase).toBe("moving");
    expect(advance(plan, state, { now: 9 })).toMatchObject({ phase: "returned" });
  });
});
