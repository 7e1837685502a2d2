import { setTimeout as pause } from "node:timers/promises";
import type { Call, Committed, FabricClient, Watcher } from "../../client/client";
import { OutcomeUnknown, TransactionInvalid } from "../../client/failures";
import { runLoad } from "../../client/load";

/** A network of our own making: what becomes of the n-th transaction. */
type Fate = (index: number, id: string, watcher: Watcher) => Promise<void>;

function clientWith(fate: Fate, forgets: (key: string) => boolean = () => false) {
  const ledger = new Map<string, string>();
  let index = 0;
  const fake: Pick<FabricClient, "submit" | "evaluate"> = {
    async submit(call: Call, watcher: Watcher = {}): Promise<Committed> {
      const own = index++;
      const id = `tx-${own}`;
      await fate(own, id, watcher);
      const [key, value] = call.arguments as [string, string];
      if (!forgets(key)) ledger.set(key, value);
      return { transactionId: id, blockNumber: 1n, result: new Uint8Array(), resubmits: 0 };
    },
    evaluate: (call) => Promise.resolve(Buffer.from(ledger.get(call.arguments[0] as string) ?? "")),
  };
  return fake as FabricClient;
}

const target = { channel: "main", chaincode: "asset-transfer" };

test("the pace does not depend on answers", async () => {
  const client = clientWith(() => pause(300));
  const summary = await runLoad(client, { ...target, pace: { rate: 100 }, durationMs: 500, verify: true });
  expect(summary).toMatchObject({ started: 50, committed: 50, failed: 0, skipped: 0, errors: [] });
  expect(summary.verification).toEqual({ keys: 50, missing: [] });
  expect(summary.latencies?.p50).toBeGreaterThanOrEqual(290);
});

test("in a closed loop so many are always on their way, never more", async () => {
  const stop = new AbortController();
  let open = 0;
  let most = 0;
  const client = clientWith(async (index) => {
    most = Math.max(most, (open += 1));
    if (index === 50) stop.abort();
    await pause(1);
    open -= 1;
  });
  const summary = await runLoad(client, { ...target, pace: { inFlight: 7 }, signal: stop.signal });
  expect(most).toBe(7);
  expect(summary.started).toBeGreaterThan(50);
  expect(summary.started).toBeLessThanOrEqual(58);
  expect(summary.committed).toBe(summary.started);
});

test("what is due while too many are on their way is counted, not forgotten", async () => {
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  const client = clientWith(() => released);
  const summary = await runLoad(client, {
    ...target,
    pace: { rate: 100 },
    durationMs: 300,
    mostInFlight: 5,
    onProgress: ({ skipped }) => skipped === 25 && release(),
  });
  expect(summary).toMatchObject({ started: 5, skipped: 25, committed: 5 });
});

test("accepted and never committed, invalid, refused and submitted again are told apart", async () => {
  const client = clientWith(async (index, id, watcher) => {
    if (index === 3) throw new Error(`refused ${"a".repeat(64)}`);
    watcher.accepted?.(id);
    if (index === 5) throw new OutcomeUnknown(id, 120_000, new Error("no leader"));
    if (index === 7) throw new TransactionInvalid(id, "MVCC_READ_CONFLICT", 4n);
    if (index === 9) {
      watcher.resubmitted?.(id, "no commit");
      watcher.resubmitted?.(id, "no commit");
    }
    await pause(1);
  });
  const summary = await runLoad(client, { ...target, pace: { rate: 200 }, durationMs: 100 });
  expect(summary).toMatchObject({
    started: 20,
    committed: 17,
    failed: 3,
    resubmits: 2,
    resubmitted: 1,
    acceptedNeverCommitted: { count: 1, transactions: ["tx-5"] },
  });
  expect(summary.errors.map(({ message }) => message)).toContain("refused …");
});

test("a key that is not on the ledger although its transaction was committed is told by its name", async () => {
  jest.useFakeTimers({ doNotFake: ["setTimeout", "setImmediate", "nextTick", "setInterval"], now: Date.now() });
  try {
    const client = clientWith(
      () => Promise.resolve(),
      (key) => key.endsWith("-2"),
    );
    const load = runLoad(client, { ...target, pace: { rate: 1000 }, durationMs: 5, verify: true });
    const clock = setInterval(() => jest.setSystemTime(Date.now() + 1000), 10);
    const { verification } = await load;
    clearInterval(clock);
    expect(verification).toEqual({ keys: 5, missing: [expect.stringMatching(/-2$/)] });
  } finally {
    jest.useRealTimers();
  }
});

test("silence is a gap with a begin and a length, and ends a load that is stopped", async () => {
  const stop = new AbortController();
  const told: number[] = [];
  const client = clientWith(async (index) => {
    if (index < 3) return;
    await pause(400);
    stop.abort();
  });
  const summary = await runLoad(client, {
    ...target,
    pace: { rate: 50 },
    signal: stop.signal,
    reportGapsFromMs: 300,
    onGap: ({ lengthMs }) => void told.push(lengthMs),
  });
  expect(told.length).toBeGreaterThan(0);
  expect(summary.gaps.map(({ lengthMs }) => lengthMs)).toEqual(expect.arrayContaining(told));
  expect(summary.longestGapMs).toBeGreaterThanOrEqual(Math.max(...told));
  expect(Date.parse(summary.gaps[0]!.start)).toBeGreaterThanOrEqual(Date.parse(summary.begin));
});
