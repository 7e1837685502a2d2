/** A drill that is disturbed: by Ctrl-C, or by a cluster that does not answer just then. */
import { untilLevel } from "../../../cli/drill/ledgers";
import { planLoads, type RunningLoad, startLoad } from "../../../cli/drill/loads";
import { runDrill } from "../../../cli/drill/run";
import { interruption } from "../../../cli/interrupt";
import { exampleSettings } from "../../../cli/input";
import { livePods } from "../../../cli/live-pods";
import { networkStatus } from "../../../cli/network/status";
import type { DrillEvent, LoadObservation } from "../../../lib/recovery/drill/drill";
import { planStack } from "../../../topologies/plan";
import { minimal } from "./run";

jest.mock("../../../cli/drill/loads");
jest.mock("../../../cli/live-pods");
jest.mock("../../../cli/network/status");
// Time passes at once, until somebody interrupts.
jest.mock("node:timers/promises", () => ({
  setTimeout: (_ms: number, _value: unknown, options?: { signal?: AbortSignal }) =>
    new Promise((resolve, reject) => {
      if (options?.signal?.aborted) reject(Object.assign(new Error("aborted"), { name: "AbortError" }));
      else setImmediate(resolve);
    }),
}));

const plan = planStack({ settings: exampleSettings, network: minimal });
const planned = { organisation: "org1", channel: "main", chaincode: "assets", rate: 8 };
const observation: LoadObservation = {
  ...planned,
  committed: 9,
  lost: 0,
  skipped: 0,
  errors: 0,
  reasons: [],
  resubmitted: 0,
  latency: { p50: 0.1, p95: 0.2, p99: 0.3 },
  gaps: [],
  perSecond: [],
};

let done: string[];
const signalled = () => new AbortController();
const drill = (options: { onEvent?: (event: DrillEvent) => void; signal?: AbortSignal; heal?: () => Promise<void> }) =>
  runDrill({
    plan,
    failure: { kind: "zone", zone: "zone-a" },
    manner: "cut",
    breaking: {
      words: "zone-a is cut off",
      break: () => Promise.resolve(void done.push("broken")),
      heal: options.heal ?? (() => Promise.resolve(void done.push("healed"))),
    },
    rate: 8,
    seconds: 0.01,
    onEvent: options.onEvent ?? (() => undefined),
    ...(options.signal && { signal: options.signal }),
  });

beforeEach(() => {
  done = [];
  jest.mocked(planLoads).mockReturnValue([planned]);
  const load: RunningLoad = {
    planned,
    committed: () => 1,
    stop: () => Promise.resolve((done.push("load ended"), observation)),
  };
  jest.mocked(startLoad).mockResolvedValue(load);
  jest.mocked(livePods).mockResolvedValue([]);
  const [{ name: channel } = { name: "" }] = plan.network.channels;
  const nodes = plan.placement.nodes
    .filter(({ role }) => role === "peer" || role === "orderer")
    .map(({ pod }) => ({ pod, channels: [{ channel, height: 7 }] }));
  jest
    .mocked(networkStatus)
    .mockResolvedValue({ statuses: [{ at: new Date().toISOString(), nodes }], silent: [] } as never);
});

test("interrupted while it is broken it heals, ends the loads, and says that it was interrupted", async () => {
  const stop = signalled();
  const events: string[] = [];
  const ended = drill({
    signal: stop.signal,
    onEvent: ({ what }) => {
      events.push(what);
      if (what.startsWith("broken")) stop.abort();
    },
  });
  await expect(ended).rejects.toMatchObject({ name: "AbortError" });
  expect(done).toEqual(["broken", "healed", "load ended"]);
  expect(events.slice(-2)).toEqual(["healing", "healed"]);
});

test("interrupted before anything is broken it breaks nothing", async () => {
  const stop = signalled();
  await expect(drill({ signal: stop.signal, onEvent: () => stop.abort() })).rejects.toMatchObject({
    name: "AbortError",
  });
  expect(done).toEqual(["load ended"]);
});

test("the loads end although the healing fails, and the failure is told", async () => {
  const heal = () => Promise.reject(new Error("the daemon is gone"));
  await expect(drill({ heal })).rejects.toThrow("the daemon is gone");
  expect(done).toEqual(["broken", "load ended"]);
});

test("the report is there although nobody could look at the authorities", async () => {
  jest.mocked(livePods).mockRejectedValue(new Error("no answer within 5 s"));
  const report = await drill({});
  const enrolment = report.comparisons.filter(({ service }) => service.kind === "enrolment");
  expect(enrolment.length).toBeGreaterThan(0);
  expect(enrolment.filter(({ observed }) => observed !== undefined)).toEqual([]);
  expect(report.events.map(({ what }) => what)).toContain(
    "certificate authorities were not looked at: no answer within 5 s",
  );
});

test("a status that cannot be had once counts as not level yet", async () => {
  jest.mocked(networkStatus).mockRejectedValueOnce(new Error("connection reset"));
  await expect(untilLevel(plan, 60)).resolves.toMatchObject({ level: true });
  jest.mocked(networkStatus).mockRejectedValue(new Error("connection reset"));
  await expect(untilLevel(plan, 0)).resolves.toEqual({ ledgers: [], level: false, unread: "connection reset" });
});

test("the first signal asks, and the next one would end the program", () => {
  const before = process.listenerCount("SIGINT");
  const told = jest.fn();
  const { signal } = interruption(told);
  expect(process.listenerCount("SIGINT")).toBe(before + 1);
  process.emit("SIGINT");
  expect([signal.aborted, told.mock.calls.length]).toEqual([true, 1]);
  expect([process.listenerCount("SIGINT"), process.listenerCount("SIGTERM")]).toEqual([before, before]);
});
