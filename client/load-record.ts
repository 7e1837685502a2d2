import { inWords, TransactionInvalid } from "./failures";
import { type Gap, gapsBetween, type Latencies, latenciesOf } from "./statistics";

/** Where a load stands. Counts are of transactions. */
export interface Progress {
  /** ISO 8601. */
  readonly at: string;
  readonly elapsedMs: number;
  readonly started: number;
  readonly committed: number;
  readonly failed: number;
  readonly inFlight: number;
  /** How often an envelope was submitted again. */
  readonly resubmits: number;
  /** Due, but not started, since too many were in flight. */
  readonly skipped: number;
  /** Time since the last commit, or since the begin. */
  readonly silentMs: number;
}

/** What a load has shown. Counts are of transactions, lengths in milliseconds. */
export interface LoadSummary {
  /** ISO 8601. */
  readonly begin: string;
  readonly end: string;
  readonly started: number;
  readonly committed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly resubmits: number;
  /** Transactions that had to be submitted again, all of which an ordering node or a peer had lost or refused. */
  readonly resubmitted: number;
  /** Commits each second, from the begin to the last commit. */
  readonly throughput: number;
  /** From the moment a transaction was due. Undefined if none was committed. */
  readonly latencies: Latencies | undefined;
  /** In order of time. */
  readonly gaps: readonly (Omit<Gap, "start"> & { readonly start: string })[];
  readonly longestGapMs: number;
  /** Ids of transactions that an ordering node took and that are in no block; the first hundred. */
  readonly acceptedNeverCommitted: { readonly count: number; readonly transactions: readonly string[] };
  /** What went wrong, each with how often, the most frequent first. */
  readonly errors: readonly { readonly message: string; readonly count: number }[];
  /** Whether every key whose transaction was committed is on the ledger; undefined if nobody looked. */
  readonly verification?: { readonly keys: number; readonly missing: readonly string[] };
}

/** Keeps what happens during a load. */
export class LoadRecord {
  readonly begin: number;
  readonly committedKeys: string[] = [];
  readonly #commits: number[] = [];
  readonly #latencies: number[] = [];
  readonly #errors = new Map<string, number>();
  readonly #accepted = new Set<string>();
  readonly #resubmitted = new Set<string>();
  #started = 0;
  #failed = 0;
  #skipped = 0;
  #resubmits = 0;
  #stopped: number | undefined;

  /** @param now Milliseconds since 1970. */
  constructor(now: number) {
    this.begin = now;
  }

  get inFlight(): number {
    return this.#started - this.#commits.length - this.#failed;
  }

  started(): void {
    this.#started += 1;
  }

  skipped(): void {
    this.#skipped += 1;
  }

  accepted(transaction: string): void {
    this.#accepted.add(transaction);
  }

  resubmitted(transaction: string): void {
    this.#resubmits += 1;
    this.#resubmitted.add(transaction);
  }

  /** @returns the time without a commit that ends here, in milliseconds. */
  committed(key: string, transaction: string, due: number, now: number): number {
    const silence = now - this.#lastCommit();
    this.#accepted.delete(transaction);
    this.committedKeys.push(key);
    this.#commits.push(now);
    this.#latencies.push(now - due);
    return silence;
  }

  failed(error: unknown): void {
    this.#failed += 1;
    // It is in a block, only invalid there.
    if (error instanceof TransactionInvalid) this.#accepted.delete(error.transactionId);
    // Without what differs each time, or every error would be the only one of its kind.
    const message = inWords(error).replaceAll(/\b[0-9a-f]{64}\b/g, "…");
    this.#errors.set(message, (this.#errors.get(message) ?? 0) + 1);
  }

  progress(now: number): Progress {
    return {
      at: new Date(now).toISOString(),
      elapsedMs: now - this.begin,
      started: this.#started,
      committed: this.#commits.length,
      failed: this.#failed,
      inFlight: this.inFlight,
      resubmits: this.#resubmits,
      skipped: this.#skipped,
      silentMs: now - this.#lastCommit(),
    };
  }

  /** Nothing is started any more; silence after the last commit counts until now only. */
  stopped(now: number): void {
    this.#stopped ??= now;
  }

  summary(reportGapsFromMs: number): LoadSummary {
    const end = Math.max(this.#stopped ?? this.begin, this.#lastCommit());
    const period = { begin: this.begin, end };
    const seconds = (this.#lastCommit() - this.begin) / 1000;
    const errors = [...this.#errors].map(([message, count]) => ({ message, count }));
    return {
      begin: new Date(this.begin).toISOString(),
      end: new Date(end).toISOString(),
      started: this.#started,
      committed: this.#commits.length,
      failed: this.#failed,
      skipped: this.#skipped,
      resubmits: this.#resubmits,
      resubmitted: this.#resubmitted.size,
      throughput: seconds > 0 ? Math.round((this.#commits.length / seconds) * 10) / 10 : 0,
      latencies: latenciesOf(this.#latencies),
      gaps: gapsBetween(this.#commits, period, reportGapsFromMs).map(({ start, lengthMs }) => ({
        start: new Date(start).toISOString(),
        lengthMs,
      })),
      longestGapMs: gapsBetween(this.#commits, period, 0).reduce((most, { lengthMs }) => Math.max(most, lengthMs), 0),
      acceptedNeverCommitted: { count: this.#accepted.size, transactions: [...this.#accepted].slice(0, 100) },
      errors: errors.sort((a, b) => b.count - a.count),
    };
  }

  #lastCommit(): number {
    return this.#commits.at(-1) ?? this.begin;
  }
}
