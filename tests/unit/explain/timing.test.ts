import { tellTiming } from "../../../lib/explain/timing";
import { timingOf } from "../../../lib/fabric/timing";

const waiting = (timeout: string) => ({
  name: "trade",
  batch: { timeout, maxMessages: 1, absoluteMaxBytes: 1, preferredMaxBytes: 1 },
});

test("says what a leader's loss costs, and what keeps Raft from freezing", () => {
  const text = tellTiming(timingOf(2), []).join("\n");
  expect(text).toContain("at most 2 ms apart");
  expect(text).toContain("Raft tick: 100ms.");
  expect(text).toContain("Without commits after the loss of a leader: 2 s.");
  expect(text).toMatch(/NotReady of a lost node, at most: 14 s\..*freezes for up to 47 s.*after about 6 s\./);
});

test("over several sites the distance is theirs, and set where the federation is (R7)", () => {
  const [distance] = tellTiming(timingOf(30), [], true);
  expect(distance).toMatch(/^Sites are at most 30 ms apart, there and back: `federation\.roundTrip` /);
});

test("a batch timeout shorter than the distance is worth is told by its channel's name", () => {
  const told = (roundTrip: number, timeout: string) =>
    tellTiming(timingOf(roundTrip), [waiting(timeout)]).filter((sentence) => sentence.includes("Channel trade"));
  expect(told(2, "199ms")).toEqual([
    "Channel trade waits 199ms only: 200ms would make larger blocks and cost its transactions little.",
  ]);
  expect(told(2, "200ms")).toEqual([]);
  expect(told(2, "1s")).toEqual([]);
  expect(told(100, "200ms")).toHaveLength(1);
});

test("every sentence is one", () => {
  for (const roundTrip of [1, 5, 30, 400]) {
    for (const sentence of tellTiming(timingOf(roundTrip), [waiting("1ms")])) {
      expect(sentence).toMatch(/^[A-Z0-9].*[^.]\.$/);
      expect(sentence).not.toMatch(/undefined|NaN|: [^.]*: [^.]*: /);
    }
  }
});
