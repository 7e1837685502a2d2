import type { Log } from "../log";
import type { ApiServer } from "./api-server";
import { pause } from "./pause";
import { until } from "./until";
import { type LeaseName, LeaseObserver, releaseLease, takeLease } from "./lease";

/** Times of an election, in seconds. */
export interface ElectionTimes {
  /** How long a leader that has died stays leader. */
  readonly lease: number;
  /** How long a leader goes on without having been able to renew; less than `lease`, so that there are never two. */
  readonly giveUp: number;
  readonly retry: number;
  /** How long the process, when it is ended, waits for its work to stop before it gives the lease back all the same. */
  readonly leave: number;
}

/** `leave` is well below the grace of the agent's pod (10 s): the lease must be given back within it. */
export const electionTimes: ElectionTimes = { lease: 7, giveUp: 5, retry: 1.5, leave: 4 };

/**
 * Stands for election until `signal` ends it. While this process leads, `lead` runs; its signal ends when leadership is
 * lost, or is no longer certain, and `lead` must then stop acting. When `signal` ends, the lease is given back, soon even if
 * `lead` takes long to stop.
 * @throws what `lead` throws: a leader that does nothing must not keep another from leading.
 */
export async function standForElection(
  api: ApiServer,
  lease: LeaseName,
  self: string,
  lead: (signal: AbortSignal) => Promise<void>,
  {
    log,
    signal,
    times = electionTimes,
  }: { readonly log: Log; readonly signal: AbortSignal; readonly times?: ElectionTimes },
): Promise<void> {
  const observer = new LeaseObserver();
  let term: { readonly end: AbortController; readonly work: Promise<void> } | undefined;
  let renewed = 0;
  let failure: Error | undefined;

  const endTerm = async (why: string): Promise<void> => {
    if (term === undefined) return;
    log("warn", "leadership ends", { why });
    term.end.abort();
    await Promise.race([term.work, ...(signal.aborted ? [pause(1000 * times.leave)] : [])]);
    term = undefined;
  };
  /** A call that hangs must not keep a term alive: the clock decides, not the answer. */
  const guard = setInterval(() => {
    if (term !== undefined && performance.now() - renewed > 1000 * times.giveUp) term.end.abort();
  }, 250);

  try {
    while (!signal.aborted) {
      const begun = performance.now();
      try {
        const holder = await takeLease(until(api, signal), lease, self, times.lease, observer);
        if (holder === self) {
          renewed = begun;
          // A term that the guard ended is over for good, even if a late renewal went through.
          if (term?.end.signal.aborted === true) await endTerm("the lease was renewed too late");
          if (term === undefined) {
            log("info", "leads", { lease: `${lease.namespace}/${lease.name}` });
            const end = new AbortController();
            const work = lead(end.signal).catch((thrown: unknown) => {
              // What fails because it was ended, or in tidying up, is no reason to start anew.
              if (end.signal.aborted) return log("warn", "leadership did not end in order", { error: thrown });
              failure = thrown instanceof Error ? thrown : new Error(String(thrown));
              end.abort();
            });
            term = { end, work };
          }
        } else if (holder !== undefined) await endTerm(`${holder} holds the lease`);
      } catch (thrown) {
        if (signal.aborted) break;
        log("warn", "the lease could not be renewed", { error: thrown });
      }
      if (performance.now() - renewed > 1000 * times.giveUp) await endTerm("the lease could not be renewed in time");
      await pause(1000 * times.retry, signal);
      if (failure !== undefined) throw failure;
    }
  } finally {
    clearInterval(guard);
    await endTerm("this process ends");
    await releaseLease(api, lease, self).catch((thrown: unknown) =>
      log("warn", "the lease could not be given back", { error: thrown }),
    );
  }
}
