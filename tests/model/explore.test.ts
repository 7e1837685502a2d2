/** Every order of cuts, crashes and slow clocks, tried one by one: where the simple rules split a network in two (requirement R8). */
import { explore, type Rule } from "./explore";
import { small } from "./schedule";

const rule = (grace: number, maxClockDrift: number, change: Partial<Rule> = {}): Rule => ({
  promote: "lease",
  selfFence: true,
  ...change,
  settings: {
    ...small,
    heartbeat: { interval: 1, misses: 3, probeTimeout: 0 },
    lease: { ...small.lease, duration: 3, grace, maxClockDrift, selfFence: 0 },
  },
});

test.each<[string, Rule]>([
  ["three misses, promote", rule(1, 0, { promote: "misses", selfFence: false })],
  ["three misses and an old side that stops by itself", rule(1, 0, { promote: "misses" })],
  ["a witness lease that the old side does not stop for", rule(1, 0, { selfFence: false })],
  ["no grace while clocks come apart by 1", rule(0, 1)],
  ["grace 2 while clocks come apart by 3", rule(2, 3)],
])("%s: both sides write", (_, naive) => {
  const { way } = explore(naive);
  expect(way).toBeDefined();
  expect(way!.length).toBeLessThan(12);
});

test.each([
  [1, 1],
  [2, 1],
  [2, 2],
  [3, 3],
])(
  "with a grace of %i and clocks that come apart by %i no order of faults lets both sides write (R8)",
  (grace, drift) => {
    const { way, instants } = explore(rule(grace, drift));
    expect(way).toBeUndefined();
    expect(instants).toBeGreaterThan(500);
  },
);
