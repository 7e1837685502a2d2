import type { Order } from "./event";
import type { FailoverRecord, Phase } from "./record";
import type { FailoverSettings } from "./settings";

/** An order as it stands in the `Failover` object. */
export interface PlacedOrder extends Order {
  /** New for every order: by it the answer is found, and none is followed twice. */
  readonly id: string;
}

/** What became of an order. */
export interface OrderAnswer {
  readonly id: string;
  readonly by: string;
  readonly epoch: number;
  readonly what: Order["what"];
  readonly followed: boolean;
  /** Where it was not followed, what stood against it; else the line that it wrote. */
  readonly why: string;
  /** RFC 3339. */
  readonly at: string;
}

/** What may be ordered in which state. */
const taken: Readonly<Record<Phase, readonly Order["what"][]>> = {
  Protected: [],
  Suspect: [],
  Fencing: ["fenced"],
  SelectSnapshot: [],
  Verify: [],
  Promote: [],
  ReadOnlyOpen: ["writes", "failback"],
  Restore: [],
  Replay: [],
  LossStated: ["rollback", "failback"],
  Rollback: [],
  ReadWrite: ["failback"],
  Failback: ["switch"],
  Switch: [],
  Stuck: ["retry", "failback"],
};

/** What may be ordered in a state, by its approvers. */
export const ordersIn = (phase: Phase): readonly Order["what"][] => taken[phase];

/** The answer to an order that changed `before` into `after`, or nothing of it. @param wall Wall clock, ms. */
export function answerTo(
  { id, by, epoch, what, center }: PlacedOrder,
  before: FailoverRecord,
  after: FailoverRecord,
  settings: FailoverSettings,
  wall: number,
): OrderAnswer {
  const followed = before !== after;
  const line = after.timeline.at(-1)?.what ?? "";
  const why = followed
    ? line
    : refusal({ by, epoch, what, ...(center === undefined ? {} : { center }) }, before, settings);
  return { id, by, epoch, what, followed, why, at: new Date(wall).toISOString() };
}

/** Why the state machine does not follow an order, in words for whoever gave it. */
function refusal(order: Order, record: FailoverRecord, { approvers, primary }: FailoverSettings): string {
  const { by, epoch, what, center } = order;
  if (epoch !== record.epoch)
    return `it is about epoch ${epoch}, and epoch ${record.epoch} stands now: look at what that is about, and order again`;
  if (!approvers.includes(by)) return `${by} is no approver; approvers are ${approvers.join(", ")}`;
  const may = taken[record.phase];
  if (!may.includes(what))
    return `${what} cannot be ordered in ${record.phase}; ${may.length === 0 ? "nothing can" : `what can is ${may.join(", ")}`}`;
  if (record.phase === "Fencing") {
    if (record.lease.step !== "held") return "the lease is not taken yet; a fence is asked for after that";
    if (center === undefined || !primary.includes(center))
      return `${center ?? "no center"} is none of the primary's centers: ${primary.join(", ")}`;
    return `${center} is fenced already`;
  }
  if (record.phase === "Failback") return "the old primary is not level and verified yet";
  return "the lease at the witness was not seen to be the target's; the controller asks again all the time";
}
