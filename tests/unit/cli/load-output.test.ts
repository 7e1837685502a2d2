import { LoadOutput } from "../../../cli/drill/load-output";

const epoch = Date.parse("2026-11-23T09:00:00.000Z");
const planned = { organisation: "amber", channel: "main", chaincode: "assets", rate: 8 };
/** A moment of the drill as the pod's clock shows it, which is wrong by so many seconds. */
const at = (second: number, wrong: number) => new Date(epoch + (second + wrong) * 1000).toISOString();

const summary = (wrong: number) =>
  JSON.stringify({
    type: "summary",
    committed: 24,
    skipped: 3,
    failed: 1,
    resubmits: 2,
    latencies: { p50: 300, p95: 600, p99: 900, max: 1000 },
    gaps: [{ start: at(1.5, wrong), lengthMs: 2200 }],
    errors: [{ message: "no leader", count: 1 }],
    verification: { keys: 24, missing: ["one"] },
  });

/** The output of a load with a pod whose clock is wrong, over a connection that takes so long, in milliseconds. */
function output(wrong: number, delays: readonly number[]): LoadOutput {
  const load = new LoadOutput();
  delays.forEach((delay, index) => {
    const progress = { type: "progress", at: at(index + 1.2, wrong), committed: 8 * (index + 1) };
    load.take(JSON.stringify(progress), epoch + (index + 1.2) * 1000 + delay);
  });
  return load;
}

test.each([0, -40, 3])("a pod's clock that is wrong by %i s moves nothing in the report", (wrong) => {
  const load = output(wrong, [900, 4, 30]);
  expect(load.committed).toBe(24);
  load.take(summary(wrong), epoch + 5000);
  const seen = load.observation(planned, epoch);
  expect(seen).toMatchObject({ ...planned, committed: 24, skipped: 3, errors: 1, lost: 1, perSecond: [0, 8, 8, 8] });
  // To the 4 ms that the quickest line took.
  expect(seen?.gaps).toEqual([{ from: 1.504, lasted: 2.2 }]);
});

test("a load that ended without a summary has seen nothing", () => {
  expect(output(0, [4]).observation(planned, epoch)).toBeUndefined();
});
