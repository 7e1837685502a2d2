import { actionsOf, type FailoverAction } from "./action";
import { detect } from "./detect";
import type { FailoverEvent } from "./event";
import { failBack } from "./failback";
import { open } from "./open";
import { common, entered, type FailoverRecord, type FenceEvidence } from "./record";
import type { FailoverSettings } from "./settings";
import { freshView, heard, leaseSeen, ticked, type FailoverState, type View } from "./view";
import { write } from "./write";

/** What follows from an event. */
export interface Step {
  readonly state: FailoverState;
  /** To be done after the record is written down, and not at all where that fails. */
  readonly actions: readonly FailoverAction[];
}

/** A controller that begins, or begins anew, with what is written down, at one of the points of view. */
export const beginning = (record: FailoverRecord, point: string): FailoverState => ({ record, view: freshView(point) });

/**
 * The failover state machine (requirement R8). Pure: the same state and event give the same step, and no time passes in it
 * but by events. Whoever drives it keeps to three rules:
 *
 * 1. a changed record is written to the `Failover` object first, on condition that it still stands as it was read;
 * 2. where that fails, the actions are dropped, and the record that stands there is told as `recordRead`;
 * 3. actions are refused by whoever carries them out where a higher epoch is known there.
 */
export function step(state: FailoverState, event: FailoverEvent, settings: FailoverSettings): Step {
  const view = look(state, event, settings);
  if (event.type === "recordRead") return asked({ record: event.record, view }, settings);
  const record = transition({ record: state.record, view }, event, settings);
  const next = { record, view };
  if (record !== state.record) return asked(next, settings);
  // What was asked for may have got lost on its way.
  return event.type === "tick" && record.phase !== "Protected" ? asked(next, settings) : { state: next, actions: [] };
}

const asked = (state: FailoverState, settings: FailoverSettings): Step => ({
  state,
  actions: actionsOf(state.record, settings),
});

function look({ record, view }: FailoverState, event: FailoverEvent, settings: FailoverSettings): View {
  if (event.type === "tick") return ticked(view, event.clock.local, settings);
  if (event.type === "heartbeat") return heard(view, event, record, settings);
  if (event.type === "leaseSeen") return leaseSeen(view, event);
  if (event.type !== "vantage") return view;
  const said = { reaches: event.reaches, at: event.clock.local };
  return { ...view, vantage: { ...view.vantage, [event.from]: said } };
}

function transition(state: FailoverState, event: FailoverEvent, settings: FailoverSettings): FailoverRecord {
  const { record, view } = state;
  // The result of something that was done under another epoch is about another failover.
  if ("epoch" in event && event.epoch !== record.epoch) return record;
  if (event.type === "ordered" && !mayOrder(event.order.by, event.order.epoch, record, settings)) return record;
  const given = fenced(record, event, settings);
  if (given !== undefined) return given;
  const returning = failBack(state, event, settings);
  if (returning !== undefined) return returning;
  switch (record.phase) {
    case "Protected":
    case "Suspect":
    case "Fencing":
      return detect(record, view, event, settings);
    case "SelectSnapshot":
    case "Verify":
    case "Promote":
    case "Stuck":
      return open(record, view, event, settings);
    case "ReadOnlyOpen":
    case "Restore":
    case "Replay":
    case "LossStated":
    case "Rollback":
    case "ReadWrite":
      return write(record, view, event, settings);
    case "Failback":
    case "Switch":
      return record;
  }
}

const mayOrder = (by: string, epoch: number, record: FailoverRecord, { approvers }: FailoverSettings): boolean =>
  approvers.includes(by) && epoch === record.epoch;

/** Evidence that a center is fenced, while it is asked for. */
function fenced(record: FailoverRecord, event: FailoverEvent, settings: FailoverSettings): FailoverRecord | undefined {
  if (record.phase !== "Fencing" || record.lease.step !== "held") return undefined;
  const [center, evidence, by] = evidenceOf(event);
  if (center === undefined || evidence === undefined || !settings.primary.includes(center)) return undefined;
  // A clone that nobody reaches says nothing about a center that writes.
  if (evidence === "isolatedClone" && settings.mode === "real") return undefined;
  if (record.fenced[center] !== undefined) return undefined;
  const next = { ...record, fenced: { ...record.fenced, [center]: evidence } };
  const line = `${center} is fenced: ${evidence}${by === undefined ? "" : ` by ${by}`}`;
  if (!settings.primary.every((each) => next.fenced[each] !== undefined)) return entered(next, event.clock.wall, line);
  const { detection, fenced } = next;
  return entered(
    { ...common(record), detection, fenced, phase: "SelectSnapshot", tried: [] },
    event.clock.wall,
    `${line}; all are`,
  );
}

function evidenceOf(event: FailoverEvent): [center?: string, evidence?: FenceEvidence, by?: string] {
  if (event.type === "fenced") return [event.center, event.evidence];
  if (event.type === "ordered" && event.order.what === "fenced" && event.order.center !== undefined)
    return [event.order.center, "attested", event.order.by];
  return [];
}
