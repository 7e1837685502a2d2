import type { FailoverEvent } from "./event";
import { blocksAbove, blocksIn, forkedChannels, sameEnd, type Heights } from "./ledger";
import { common, entered, type FailoverRecord, type In } from "./record";
import type { FailoverSettings } from "./settings";
import type { FailoverState } from "./view";

/** From where a way back begins: the old primary's data still counts, but after `ReadWrite`. */
const wayBack = ["ReadOnlyOpen", "LossStated", "ReadWrite", "Stuck"] as const;

/**
 * Back to the old primary: it is brought level while it stays demoted, and only then the two exchange their parts in a
 * planned switch that loses nothing: the target stops, the primary reaches the very block where it stopped (the token), and
 * takes the lease under the next epoch (invariants I1, I2, I12). Undefined where the event is about something else.
 */
export function failBack(
  { record, view }: FailoverState,
  event: FailoverEvent,
  settings: FailoverSettings,
): FailoverRecord | undefined {
  const asked = wayBack.find((phase) => phase === record.phase);
  if (asked !== undefined && event.type === "ordered" && event.order.what === "failback") {
    const { by } = event.order;
    // A drill's clone is thrown away, whatever was written to it.
    const wrote = record.phase === "ReadWrite" && settings.mode === "real";
    const line = `${by} orders the way back; ${wrote ? "the old primary's" : "the target's"} copy goes`;
    return entered({ ...common(record), phase: "Failback", requestedBy: by, wrote }, event.clock.wall, line);
  }
  if (record.phase === "Failback") return synchronise(record, event);
  if (record.phase !== "Switch") return undefined;
  const lease = view.lease;
  const { switchStep } = record;
  if (
    switchStep.step === "handOver" &&
    lease !== undefined &&
    lease.epoch === record.epoch + 1 &&
    lease.holder === settings.primary[0]
  )
    return entered(
      { ...common(record), epoch: lease.epoch, lastSign: event.clock.wall, phase: "Protected" },
      event.clock.wall,
      `${settings.primary.join(" and ")} took over again`,
    );
  return exchange(record, event);
}

function synchronise(record: In<"Failback">, event: FailoverEvent): FailoverRecord {
  if (event.type === "resynced" && event.verified && record.synced === undefined)
    return entered(
      { ...record, synced: event.heights },
      event.clock.wall,
      "level and verified; a switch may be ordered",
    );
  if (event.type !== "ordered" || event.order.what !== "switch" || record.synced === undefined) return record;
  const { requestedBy, wrote } = record;
  const next = { ...common(record), requestedBy, wrote, phase: "Switch", switchStep: { step: "demote" } } as const;
  return entered(next, event.clock.wall, `${event.order.by} orders the switch; the target stops`);
}

function exchange(record: In<"Switch">, event: FailoverEvent): FailoverRecord {
  const { switchStep } = record;
  if (switchStep.step === "demote" && event.type === "demoted") {
    // Where the target never wrote, the old primary goes on from its own newest block, which is no older than what it told.
    const token = record.wrote ? event.heights : record.heard;
    const next = { ...record, switchStep: { step: "catchUp", token } } as const;
    return entered(next, event.clock.wall, "the target has stopped; the primary catches up with it");
  }
  if (switchStep.step === "catchUp" && event.type === "resynced" && event.verified) {
    if (!reaches(event.heights, switchStep.token, record.wrote)) return record;
    const next = { ...record, heard: event.heights, switchStep: { step: "handOver", token: event.heights } } as const;
    return entered(next, event.clock.wall, "the primary has every block; it is given the lease");
  }
  return record;
}

const reaches = (heights: Heights, token: Heights, exactly: boolean): boolean =>
  exactly
    ? sameEnd(heights, token)
    : forkedChannels(heights, token).length === 0 && blocksIn(blocksAbove(heights, token)) === 0;
