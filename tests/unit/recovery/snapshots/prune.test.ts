import * as fc from "fast-check";
import { type PruneLimits, prune, type Snapshot } from "../../../../lib/recovery/snapshots/prune";
import {
  expectedCount,
  increments,
  type SnapshotSchedule,
  transactions,
} from "../../../../lib/recovery/snapshots/schedule";

/** Small schedules of the same form, so that a property sees many rounds of them. */
const dense: SnapshotSchedule = { ...increments("btrfs"), keep: { seconds: 100, verified: 2 } };
const thinned: SnapshotSchedule = {
  ...transactions("btrfs"),
  keep: {
    seconds: 2400,
    thinning: [
      { after: 300, oneEvery: 180 },
      { after: 900, oneEvery: 600 },
    ],
    verified: 2,
  },
};

const limits = (change: Partial<PruneLimits> = {}): PruneLimits => ({
  pinned: new Set(),
  pendingTimeout: 60,
  most: 1000,
  ...change,
});

/** What may happen between two snapshots. */
const event = fc.oneof(
  { weight: 12, arbitrary: fc.constant({ kind: "take", state: "verified" } as const) },
  {
    weight: 2,
    arbitrary: fc.constantFrom("pending", "ready", "bad").map((state) => ({ kind: "take", state }) as const),
  },
  { weight: 1, arbitrary: fc.integer({ min: -700_000, max: 700_000 }).map((by) => ({ kind: "clock", by }) as const) },
  // Storage that is broken for a day, a verifier that is, a scheduler that stands still for a week.
  {
    weight: 1,
    arbitrary: fc
      .record({ state: fc.constantFrom("pending" as const, "bad" as const), count: fc.integer({ min: 1, max: 200 }) })
      .map((broken) => ({ kind: "broken", ...broken }) as const),
  },
  { weight: 1, arbitrary: fc.constant({ kind: "silence", seconds: 7 * 86_400 } as const) },
);

type Event = typeof event extends fc.Arbitrary<infer E> ? E : never;

/** A storage with its scheduler and pruner; calls `look` with what there was before and after each pruning. */
function live(
  events: readonly Event[],
  schedule: SnapshotSchedule,
  look: (before: readonly Snapshot[], after: readonly Snapshot[], now: number) => void,
  pin: (taken: readonly Snapshot[]) => ReadonlySet<string> = () => new Set(),
): readonly Snapshot[] {
  const every = schedule.trigger.kind === "every" ? schedule.trigger.seconds : 60;
  let [now, sequence] = [1_000_000, 0];
  let held: readonly Snapshot[] = [];
  const step = (state: Snapshot["state"]) => {
    now += every;
    sequence += 1;
    const taken = [...held, { name: `s${sequence}`, tier: schedule.name, sequence, takenAt: now, state }];
    const gone = new Set(prune(taken, [schedule], now, limits({ pinned: pin(taken) })));
    held = taken.filter(({ name }) => !gone.has(name));
    look(taken, held, now);
  };
  for (const one of events) {
    if (one.kind === "take") step(one.state);
    else if (one.kind === "broken") for (let count = 0; count < one.count; count += 1) step(one.state);
    else now += one.kind === "clock" ? one.by : one.seconds;
  }
  return held;
}

const newestVerified = (of: readonly Snapshot[]) =>
  of.filter(({ state }) => state === "verified").sort((a, b) => b.sequence - a.sequence);

const anyEvents = fc.array(event, { minLength: 1, maxLength: 120 });

describe.each([
  ["increments", dense],
  ["thinned snapshots", thinned],
])("of %s", (_, schedule) => {
  test("the last verified ones are still there, whatever clocks, storage and scheduler do", () => {
    fc.assert(
      fc.property(anyEvents, (events) => {
        live(events, schedule, (before, after) => {
          const floor = newestVerified(before).slice(0, schedule.keep.verified);
          expect(newestVerified(after).slice(0, floor.length)).toEqual(floor);
        });
      }),
      { numRuns: 30 },
    );
  });

  test("no verified one goes while there are not enough newer ones to take its place", () => {
    fc.assert(
      fc.property(anyEvents, (events) => {
        live(events, schedule, (before, after) => {
          const gone = newestVerified(before).length - newestVerified(after).length;
          if (gone > 0) expect(newestVerified(before).length).toBeGreaterThan(schedule.keep.verified);
          const [newest] = newestVerified(before);
          if (newest === undefined || newest.state !== "verified") return;
          // A storage that gives nothing new takes nothing old.
          if (before.at(-1)?.state !== "verified") expect(gone).toBe(0);
        });
      }),
      { numRuns: 30 },
    );
  });

  test("never more verified ones than twice as many as expected", () => {
    fc.assert(
      fc.property(anyEvents, (events) => {
        live(events, schedule, (_before, after) =>
          expect(newestVerified(after).length).toBeLessThanOrEqual(2 * expectedCount(schedule)),
        );
      }),
      { numRuns: 20 },
    );
  });

  test("what is pinned stays, such as the last one that both sides have", () => {
    fc.assert(
      fc.property(anyEvents, fc.integer({ min: 2, max: 9 }), (events, each) => {
        const pin = (taken: readonly Snapshot[]) =>
          new Set(taken.filter(({ sequence }) => sequence % each === 0).map(({ name }) => name));
        live(
          events,
          schedule,
          (before, after) => {
            const held = new Set(after.map(({ name }) => name));
            expect([...pin(before)].filter((name) => !held.has(name))).toEqual([]);
          },
          pin,
        );
      }),
      { numRuns: 30 },
    );
  });

  test("one that is under way is left alone until its time is over, and goes afterwards", () => {
    fc.assert(
      fc.property(anyEvents, (events) => {
        live(events, schedule, (before, after, now) => {
          const pending = ({ state }: Snapshot) => state === "pending";
          expect(after.filter(pending)).toEqual(before.filter((one) => pending(one) && now - one.takenAt <= 60));
        });
      }),
      { numRuns: 30 },
    );
  });
});

test("in a quiet week as many are kept as the arithmetic says, spread as the thinning says", () => {
  const taken = Array.from({ length: 400 }, () => ({ kind: "take", state: "verified" }) as const);
  const held = live(taken, thinned, () => undefined);
  expect(Math.abs(held.length - expectedCount(thinned))).toBeLessThanOrEqual(3);
  const newest = held.at(-1)?.takenAt ?? 0;
  const ages = held.map(({ takenAt }) => newest - takenAt);
  expect(ages.filter((age) => age <= 300).length).toBe(6);
  expect(Math.max(...ages)).toBeGreaterThan(2000);
  expect(live(taken, dense, () => undefined).length).toBe(expectedCount(dense) + 1);
});

test("a week's transaction snapshots are some three hundred, and an hour's increments seven hundred and twenty", () => {
  expect(expectedCount(transactions("btrfs"))).toBe(60 + 92 + 144);
  expect(expectedCount(increments("btrfs"))).toBe(720);
});

test("what one that stays depends on stays, however far, and of those that go the dependent one goes first", () => {
  const chain = Array.from({ length: 60 }, (_unused, index): Snapshot => ({
    name: `s${index}`,
    tier: dense.name,
    sequence: index,
    takenAt: 1000 + 5 * index,
    state: "verified",
    ...(index % 10 === 0 ? {} : { dependsOn: `s${index - 1}` }),
  }));
  const gone = prune(chain, [dense], 2000, limits());
  expect(gone.length).toBeGreaterThan(0);
  for (const { name, dependsOn } of chain) {
    if (dependsOn === undefined) continue;
    if (!gone.includes(name)) expect(gone).not.toContain(dependsOn);
    else if (gone.includes(dependsOn)) expect(gone.indexOf(name)).toBeLessThan(gone.indexOf(dependsOn));
  }
});

test("while a failover is under way nothing is deleted, and never more at a time than allowed", () => {
  const many = Array.from({ length: 500 }, (_unused, sequence): Snapshot => ({
    name: `s${sequence}`,
    tier: dense.name,
    sequence,
    takenAt: 5 * sequence,
    state: "verified",
  }));
  expect(prune(many, [dense], 2500, limits({ frozen: true }))).toEqual([]);
  expect(prune(many, [dense], 2500, limits({ most: 7 }))).toEqual(many.slice(0, 7).map(({ name }) => name));
  expect(prune(many, [thinned], 2500, limits())).toEqual([]);
});
