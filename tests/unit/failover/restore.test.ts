/** Which ordering nodes may be put back, and why no others (requirement R8, invariant I13). */
import * as fc from "fast-check";
import { restorable, restoredWith } from "../../../lib/recovery/failover/restore";
import type { Consenters } from "../../../lib/recovery/failover/settings";

const named = (sizes: readonly number[], left: number): Consenters => ({
  units: Object.fromEntries(sizes.map((size, unit) => [`center-${unit + 1}`, nodes(`c${unit}`, size)])),
  target: nodes("left", left),
});
const nodes = (prefix: string, count: number) => Array.from({ length: count }, (_, index) => `${prefix}-${index}`);

/**
 * Whom Raft may elect among these: whoever a majority of all would vote for. A node votes for one whose log is no shorter
 * than its own.
 */
const electable = (logs: readonly number[], all: number): number[] =>
  logs.filter((log) => logs.filter((other) => other <= log).length > all / 2);

const setup = fc.record({
  units: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 2 }),
  left: fc.integer({ min: 1, max: 3 }),
});

test("with a unit that may be restored, whoever is elected knows all that anybody left knows, whatever the logs (R8)", () => {
  fc.assert(
    fc.property(setup, fc.infiniteStream(fc.nat({ max: 4 })), ({ units, left }, lengths) => {
      const consenters = named(units, left);
      fc.pre(restorable("center-1", consenters));
      const logs = restoredWith({ unit: "center-1" }, consenters).map(() => lengths.next().value as number);
      const all = units.reduce((sum, size) => sum + size, left);
      const elected = electable(logs, all);
      expect(elected.length).toBeGreaterThan(0);
      for (const log of elected) expect(log).toBe(Math.max(...logs));
    }),
  );
});

test("with any other one there are logs with which nobody is elected, or one that knows less than somebody left", () => {
  fc.assert(
    fc.property(setup, ({ units, left }) => {
      const consenters = named(units, left);
      fc.pre(!restorable("center-1", consenters));
      const started = restoredWith({ unit: "center-1" }, consenters).length;
      const all = units.reduce((sum, size) => sum + size, left);
      // One that is left knows most, and all others the same.
      const logs = Array.from({ length: started }, (_, index) => (index === started - 1 ? 2 : 1));
      const elected = electable(logs, all);
      expect(elected.length === 0 || elected.includes(1)).toBe(true);
    }),
  );
});

test.each([
  ["2 + 2 + 1", [2, 2], 1, true],
  ["3 + 3 + 1", [3, 3], 1, true],
  ["1 + 1 + 1", [1, 1], 1, true],
  ["2 + 2 + 3: the target and one center are more than it takes", [2, 2], 3, false],
  ["2 + 3 + 1: half of six elects nobody", [2, 3], 1, false],
  ["3 + 0, nobody left: a majority of one instant", [3], 0, true],
  ["2 + 2, nobody left: half elects nobody", [2, 2], 0, false],
])("%s", (_, units, left, may) => {
  expect(restorable("center-1", named(units, left))).toBe(may);
});

test("a center without ordering nodes, or one that nobody knows, is not restored", () => {
  expect(restorable("elsewhere", named([2, 2], 1))).toBe(false);
});
