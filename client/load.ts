import { randomBytes } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { FabricClient } from "./client";
import { LoadRecord, type LoadSummary, type Progress } from "./load-record";

export interface LoadOptions {
  readonly channel: string;
  /** Must have the functions `put(key, value)` and `get(key)` of the example asset-transfer. */
  readonly chaincode: string;
  /** Transactions that become due each second, however slow the network is. */
  readonly rate: number;
  /** Milliseconds; without it the load goes on until `signal` says otherwise. */
  readonly durationMs?: number;
  readonly signal?: AbortSignal;
  /** Transactions that are due while so many are on their way are skipped; ten seconds' worth if not given. */
  readonly mostInFlight?: number;
  /** A gap of so many milliseconds is reported. */
  readonly reportGapsFromMs?: number;
  /** Whether to read all committed keys back at the end. */
  readonly verify?: boolean;
  /** Told every second. */
  readonly onProgress?: (progress: Progress) => void;
  /** Told when a commit ends a gap that is to be reported. */
  readonly onGap?: (gap: { readonly end: string; readonly lengthMs: number }) => void;
}

const defaultGapMs = 1_000;
const progressEveryMs = 1_000;

/**
 * Submits transactions at a steady rate and tells what became of them. The pace does not depend on answers (open loop),
 * and a transaction's time counts from the moment it was due, so a network that stands still looks exactly as bad as it
 * is. When the time is up it waits for those on their way.
 */
export async function runLoad(client: FabricClient, options: LoadOptions): Promise<LoadSummary> {
  const record = new LoadRecord(Date.now());
  const gapMs = options.reportGapsFromMs ?? defaultGapMs;
  const run = randomBytes(4).toString("hex");
  const pending = new Set<Promise<void>>();
  const one = async (key: string, due: number) => {
    const { channel, chaincode } = options;
    const call = { channel, chaincode, function: "put", arguments: [key, valueOf(key)] };
    try {
      const { transactionId } = await client.submit(call, record);
      const now = Date.now();
      const lengthMs = record.committed(key, transactionId, due, now);
      if (lengthMs >= gapMs) options.onGap?.({ end: new Date(now).toISOString(), lengthMs });
    } catch (error) {
      record.failed(error);
    }
  };
  const ticker = setInterval(() => options.onProgress?.(record.progress(Date.now())), progressEveryMs);
  const most = options.mostInFlight ?? Math.max(10, Math.ceil(options.rate * 10));
  let stopped: number;
  try {
    for await (const [index, due] of pace(record.begin, options)) {
      if (record.inFlight >= most) {
        record.skipped();
        continue;
      }
      record.started();
      const work = one(`load-${run}-${index}`, due).finally(() => pending.delete(work));
      pending.add(work);
    }
    stopped = Date.now();
    await Promise.all(pending);
  } finally {
    clearInterval(ticker);
  }
  const summary = record.summary(stopped, gapMs);
  if (options.verify !== true) return summary;
  const missing = await missingKeys(client, options, record.committedKeys);
  return { ...summary, verification: { keys: record.committedKeys.length, missing } };
}

const valueOf = (key: string) => `value of ${key}`.padEnd(50, ".");

/** The number of each transaction and when it is due, at that moment. */
async function* pace(begin: number, { rate, durationMs, signal }: LoadOptions): AsyncGenerator<[number, number]> {
  for (let index = 0; ; index += 1) {
    const due = begin + (index * 1000) / rate;
    if (durationMs !== undefined && due >= begin + durationMs) return;
    const wait = due - Date.now();
    // An aborted pause is the end of the load, not an error.
    if (wait > 0) await pause(wait, undefined, { signal: signal ?? never }).catch(() => undefined);
    if (signal?.aborted === true) return;
    yield [index, due];
  }
}

const never = new AbortController().signal;

const readersAtOnce = 20;
/** A peer that answers may be a few blocks behind the one that told of the commit. */
const patienceMs = 15_000;

/** Which of these keys do not have the value that the load gave them, on a peer that had time to catch up. */
async function missingKeys(
  client: FabricClient,
  { channel, chaincode }: LoadOptions,
  keys: readonly string[],
): Promise<readonly string[]> {
  const deadline = Date.now() + patienceMs;
  let missing = keys;
  for (;;) {
    const left = [...missing];
    const absent: string[] = [];
    const reader = async () => {
      for (let key = left.pop(); key !== undefined; key = left.pop()) {
        const found = await client.evaluate({ channel, chaincode, function: "get", arguments: [key] });
        if (Buffer.from(found).toString("utf8") !== valueOf(key)) absent.push(key);
      }
    };
    await Promise.all(Array.from({ length: readersAtOnce }, reader));
    missing = absent;
    if (missing.length === 0 || Date.now() > deadline) return missing;
    await pause(500);
  }
}
