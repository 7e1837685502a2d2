import type { FailoverAction } from "../../lib/recovery/failover/action";
import type { Log } from "../log";
import type { Executor, Result } from "./executor";

/** Keys in one order, so that the same action is the same text wherever its record comes from. */
const keyOf = (action: FailoverAction): string =>
  JSON.stringify(action, (_, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
      : value,
  );

export interface WorkOptions {
  readonly perform: Executor;
  /** Told what came of an action that is still wanted. */
  readonly tell: (action: FailoverAction, result: NonNullable<Result>) => Promise<void>;
  readonly log: Log;
  /** Milliseconds until what failed, or has changed nothing, is tried again. */
  readonly retry: number;
}

/** Actions under way: each once at a time, again while it is wanted and has not led on, ended when nobody wants it. */
export class Work {
  private wanted = new Map<string, FailoverAction>();
  private readonly running = new Map<string, { readonly end: AbortController; readonly ended: Promise<void> }>();
  private readonly notBefore = new Map<string, number>();

  constructor(private readonly options: WorkOptions) {}

  /** What is wanted from now on, and nothing else. */
  want(actions: readonly FailoverAction[]): void {
    this.wanted = new Map(actions.map((action) => [keyOf(action), action]));
    for (const key of this.notBefore.keys()) if (!this.wanted.has(key)) this.notBefore.delete(key);
    for (const [key, { end }] of this.running) if (!this.wanted.has(key)) end.abort();
    this.poke();
  }

  /** Begins whatever is due. */
  poke(): void {
    const now = performance.now();
    for (const [key, action] of this.wanted)
      if (!this.running.has(key) && now >= (this.notBefore.get(key) ?? 0)) this.begin(key, action);
  }

  /** Ends everything, and waits for that. */
  async stop(): Promise<void> {
    this.wanted.clear();
    for (const { end } of this.running.values()) end.abort();
    await Promise.all([...this.running.values()].map(({ ended }) => ended));
  }

  private begin(key: string, action: FailoverAction): void {
    const end = new AbortController();
    const ended = this.carryOut(key, action, end.signal).finally(() => this.running.delete(key));
    this.running.set(key, { end, ended });
  }

  private async carryOut(key: string, action: FailoverAction, signal: AbortSignal): Promise<void> {
    const { perform, tell, log, retry } = this.options;
    // Whoever begins it must be known as running before it can end.
    await Promise.resolve();
    try {
      const result = await perform(action, signal);
      if (signal.aborted || !this.wanted.has(key)) return;
      this.notBefore.set(key, result === undefined ? Infinity : performance.now() + retry);
      if (result !== undefined) await tell(action, result);
    } catch (error) {
      if (signal.aborted) return;
      this.notBefore.set(key, performance.now() + retry);
      log("warn", "an action of the failover could not be carried out", {
        action: action.do,
        epoch: action.epoch,
        error,
      });
    }
  }
}
