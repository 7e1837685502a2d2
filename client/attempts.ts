import { setMaxListeners } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { mayPass } from "./failures";

export interface AttemptOptions {
  /** After so long without an answer the next attempt starts beside the last one, in milliseconds. */
  readonly impatientAfterMs: number;
  /** So many attempts may wait for answers beside each other: more would only make busy peers busier. */
  readonly mostAtOnce: number;
  /** No attempt starts later than so many milliseconds after the first. */
  readonly withinMs: number;
  /** The first pause after a failure, in milliseconds; it doubles each time. */
  readonly pauseMs: number;
}

const longestPauseMs = 1_000;

/**
 * Asks until somebody answers: the next attempt starts when the last one failed for a reason that may pass, or is silent
 * for too long, since a peer whose zone was cut off refuses nothing and answers nothing. The first answer counts.
 *
 * Only for questions that change nothing, however often they are asked: evaluation and endorsement.
 * @param ask Called with 0, 1, 2 … so that each attempt can ask another peer.
 * @throws the first error that will not pass, or the last of those that might when the time is over.
 */
export async function firstAnswer<T>(ask: (attempt: number) => Promise<T>, options: AttemptOptions): Promise<T> {
  const started = Date.now();
  const done = new AbortController();
  // Each pause listens, and an outage has many.
  setMaxListeners(0, done.signal);
  let failures = 0;
  try {
    return await new Promise<T>((resolve, reject) => {
      let open = 0;
      let lastAttempt = -1;
      const next = () => {
        const attempt = (lastAttempt += 1);
        open += 1;
        ask(attempt).then(resolve, (error: Error) => {
          open -= 1;
          failures += 1;
          const ms = pauseFor(failures, options.pauseMs);
          if (!mayPass(error)) reject(error);
          else if (isTimeFor(ms)) later(ms, attempt);
          else if (open === 0) reject(error);
        });
        if (open < options.mostAtOnce && isTimeFor(options.impatientAfterMs)) later(options.impatientAfterMs, attempt);
      };
      const isTimeFor = (ms: number) => Date.now() + ms - started < options.withinMs;
      // Whichever comes first, the failure of an attempt or the end of our patience with it, starts the next one.
      const later = (ms: number, attempt: number) => {
        pause(ms, undefined, { signal: done.signal }).then(
          () => (attempt === lastAttempt ? next() : undefined),
          () => undefined,
        );
      };
      next();
    });
  } finally {
    done.abort();
  }
}

/** How long to wait after so many failures, in milliseconds: doubled each time, up to a second, and never in step. */
export function pauseFor(failures: number, firstMs: number): number {
  const full = Math.min(longestPauseMs, firstMs * 2 ** (failures - 1));
  return full / 2 + (Math.random() * full) / 2;
}
