import { pauseAfter } from "../../../agent/run/office";

const rhythm = { busy: 2, idle: 30 };

test.each([
  ["when all is done, rarely", true, 0, 30],
  ["while something is missing, often", false, 5, 2],
  ["what has been missing for a minute, every six seconds", false, 60, 6],
  ["what has been missing for an hour, no more often than what is done", false, 3600, 30],
])("reconciliation looks: %s", (_when, isDone, missingFor, seconds) => {
  expect(pauseAfter(isDone, missingFor, rhythm)).toBe(seconds);
});
