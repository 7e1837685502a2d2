import type { FailoverAction } from "../../lib/recovery/failover/action";
import type { EventOf, FailoverEvent } from "../../lib/recovery/failover/event";
import type { FenceEvidence } from "../../lib/recovery/failover/record";

type Payload<T extends FailoverEvent["type"]> = Omit<EventOf<T>, "clock" | "type" | "epoch">;

/** What came of an action, by what was to be done. Of those that are not named nothing comes but that they are done. */
export interface Results {
  /** Centers that are fenced by now, and what shows it. */
  readonly fence: { readonly fenced: Readonly<Record<string, FenceEvidence>> };
  readonly isolateClone: { readonly fenced: Readonly<Record<string, FenceEvidence>> };
  readonly listCandidates: Payload<"candidates">;
  readonly verify: Payload<"verified">;
  readonly openReads: Payload<"opened">;
  readonly startOrderers: Payload<"orderersStarted">;
  readonly replayBlock: Payload<"replayed">;
  readonly rollBack: Payload<"rolledBack">;
  readonly resync: Payload<"resynced">;
  readonly catchUp: Payload<"resynced">;
  readonly demote: Payload<"demoted">;
}

/** Any of them; undefined where an action is done and nothing is to be told. */
export type Result = Results[keyof Results] | undefined;

/**
 * Carries actions out. Each may be asked for again after a crash, and must then end as if it had been asked for once.
 * What was begun ends when the signal does. Rejects where it could not be done; it is asked for again.
 */
export type Executor = (action: FailoverAction, signal: AbortSignal) => Promise<Result>;

const events = {
  listCandidates: "candidates",
  verify: "verified",
  openReads: "opened",
  startOrderers: "orderersStarted",
  replayBlock: "replayed",
  rollBack: "rolledBack",
  resync: "resynced",
  catchUp: "resynced",
  demote: "demoted",
} as const;

/** An event that nobody has set a time to. */
export type Untimed = FailoverEvent extends infer E ? (E extends FailoverEvent ? Omit<E, "clock"> : never) : never;

/** What the state machine is told of a result. */
export function eventsOf(action: FailoverAction, result: NonNullable<Result>): Untimed[] {
  const { epoch } = action;
  if ("fenced" in result)
    return Object.entries(result.fenced).map(([center, evidence]) => ({ type: "fenced", center, evidence, epoch }));
  const type = action.do in events ? events[action.do as keyof typeof events] : undefined;
  return type === undefined ? [] : [{ ...result, type, epoch } as Untimed];
}
