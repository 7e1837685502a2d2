/** Ten thousand random schedules of crashes, partitions, loss, delay and drift: no invariant is ever broken (requirement R8). */
import * as fc from "fast-check";
import { randomOf, small } from "./schedule";
import { World } from "./world";

const ticks = 60;
const phases = new Map<string, number>();

/** Runs the schedule that follows from a number; the first instant at which something was broken. */
function run(schedule: number, settings = small): string[] {
  const world = new World(randomOf(schedule), settings, true);
  for (let time = 0; time < ticks; time += 1) {
    const wrong = world.tick();
    if (wrong.length > 0) return [`schedule ${schedule}, tick ${world.time}`, ...wrong];
  }
  for (const phase of world.phases) phases.set(phase, (phases.get(phase) ?? 0) + 1);
  return [];
}

test("no invariant is broken in 10,000 random schedules, and every state is reached (R8)", () => {
  fc.assert(
    fc.property(fc.integer(), (schedule) => {
      expect(run(schedule)).toEqual([]);
    }),
    { numRuns: 10_000, endOnFailure: true },
  );
  process.stdout.write(`${JSON.stringify(Object.fromEntries(phases))}\n`);
  expect([...phases.keys()].sort()).toHaveLength(15);
});
