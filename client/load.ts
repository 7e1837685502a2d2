import { randomBytes } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { FabricClient } from "./client";
import { LoadRecord, type LoadSummary, type Progress } from "./load-record";

export interface LoadOptions {
  readonly channel: string;
  /** Must have the functions `put(key, value)` and `get(key)` of the example asset-transfer. */
  readonly chaincode: string;
  /**
   * Either transactions that become due each second, however slow the network is (open loop), or how many are always on
   * their way, so that the network itself says how fast it can be (closed loop).
   */
  readonly pace: { readonly rate: number } | { readonly inFlight: number };
  /** Milliseconds; without it the load goes on until `signal` says otherwise. */
  readonly durationMs?: number;
  readonly signal?: AbortSignal;
  /** Transactions that are due while so many are on their way are skipped; ten seconds' worth if not given. Open loop only. */
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
 * Submits transactions and tells what became of them. In an open loop the pace does not depend on answers, and a
 * transaction's time counts from the moment it was due, so a network that stands still looks exactly as bad as it is.
 * When the time is up it waits for those on their way.
 */
export async function runLoad(client: FabricClient, options: LoadOptions): Promise<LoadSummary> {
  const record = new LoadRecord(Date.now());
  const gapMs = options.reportGapsFromMs ?? defaultGapMs;
  const run = randomBytes(4).toString("hex");
  const submit: Submit = async (index, due) => {
    const key = `load-${run}-${index}`;
    const { channel, chaincode } = options;
    record.started();
    try {
      const call = { channel, chaincode, function: "put", arguments: [key, valueOf(key)] };
      const { transactionId } = await client.submit(call, record);
      const now = Date.now();
      const lengthMs = record.committed(key, transactionId, due, now);
      if (lengthMs >= gapMs) options.onGap?.({ end: new Date(now).toISOString(), lengthMs });
    } catch (error) {
      record.failed(error);
    }
  };
  const ticker = setInterval(() => options.onProgress?.(record.progress(Date.now())), progressEveryMs);
  const begun = { record, submit, isOver: endOf(record.begin, options) };
  try {
    await ("rate" in options.pace
      ? openLoop(begun, options.pace.rate, options)
      : closedLoop(begun, options.pace.inFlight));
  } finally {
    clearInterval(ticker);
  }
  const summary = record.summary(gapMs);
  if (options.verify !== true) return summary;
  const missing = await missingKeys(client, options, record.committedKeys);
  return { ...summary, verification: { keys: record.committedKeys.length, missing } };
}

/** Submits the transaction of a number, which was due at that time, and keeps what became of it. */
type Submit = (index: number, due: number) => Promise<void>;

interface Begun {
  readonly record: LoadRecord;
  readonly submit: Submit;
  /** Whether something that is due at that time is not to be started any more. */
  readonly isOver: (due: number) => boolean;
}

const valueOf = (key: string) => `value of ${key}`.padEnd(50, ".");

function endOf(begin: number, { durationMs, signal }: LoadOptions): (due: number) => boolean {
  const end = durationMs === undefined ? Infinity : begin + durationMs;
  return (due) => due >= end || signal?.aborted === true;
}

async function openLoop({ record, submit, isOver }: Begun, rate: number, options: LoadOptions): Promise<void> {
  const most = options.mostInFlight ?? Math.max(10, Math.ceil(rate * 10));
  const pending = new Set<Promise<void>>();
  for (let index = 0; ; index += 1) {
    const due = record.begin + (index * 1000) / rate;
    const wait = due - Date.now();
    // An aborted pause is the end of the load, not an error.
    if (wait > 0 && !isOver(due)) await pause(wait, undefined, abortable(options)).catch(() => undefined);
    if (isOver(due)) break;
    if (record.inFlight >= most) {
      record.skipped();
      continue;
    }
    const work = submit(index, due).finally(() => pending.delete(work));
    pending.add(work);
  }
  record.stopped(Date.now());
  await Promise.all(pending);
}

async function closedLoop({ record, submit, isOver }: Begun, inFlight: number): Promise<void> {
  let next = 0;
  const one = async () => {
    while (!isOver(Date.now())) await submit(next++, Date.now());
    record.stopped(Date.now());
  };
  await Promise.all(Array.from({ length: inFlight }, one));
}

const abortable = ({ signal }: LoadOptions) => (signal === undefined ? {} : { signal });

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
