import { pause } from "../kubernetes/pause";
import type { Log } from "../log";

/** How often something is done, and what is told of its failures. */
export interface LoopOptions {
  readonly name: string;
  readonly signal: AbortSignal;
  readonly log: Log;
}

/**
 * Does something over and over until the signal ends it. What fails is told, once for each text in a row, and tried
 * again: an agent outlives every trouble of its cluster.
 * @param work Gives the seconds until the next time.
 * @param between Milliseconds of a pause that its own signal may cut short.
 */
export async function loop(
  { name, signal, log }: LoopOptions,
  work: () => Promise<number>,
  retry: number,
  between: (milliseconds: number) => Promise<void> = (milliseconds) => pause(milliseconds, signal),
): Promise<void> {
  let told: string | undefined;
  while (!signal.aborted) {
    let seconds = retry;
    try {
      seconds = await work();
      told = undefined;
    } catch (thrown) {
      const text = thrown instanceof Error ? thrown.message : String(thrown);
      // What fails because it was ended has not failed.
      if (text !== told && !signal.aborted) log("warn", `${name} failed`, { error: text });
      told = text;
    }
    await between(1000 * seconds);
  }
}

/** Lets somebody who pauses go on at once. */
export class Bell {
  private rung = false;
  private end: () => void = () => undefined;

  /** Ends the pause of whoever waits now; of nobody, the next one. */
  wake(): void {
    this.rung = true;
    this.end();
  }

  /** Waits, or until {@link wake} or the signal ends it. */
  async pause(milliseconds: number, signal: AbortSignal): Promise<void> {
    const own = new AbortController();
    this.end = () => own.abort();
    if (!this.rung) await pause(milliseconds, AbortSignal.any([own.signal, signal]));
    this.rung = false;
  }
}
