import type { FailoverEvent, Replayed } from "./event";
import { blocksAbove, highest, rangesText, sameEnd, type BlockRange } from "./ledger";
import { entered, opened, type FailoverRecord, type In } from "./record";
import type { FailoverSettings } from "./settings";
import { checkRestore } from "./restore";
import { stuck } from "./open";
import { holdsLease, type View } from "./view";

/**
 * From reads to writes: a person approves; a unit of ordering nodes starts from one snapshot, with those that are left; what standby peers have above it is
 * given to them block by block, each header hash compared (recovery-run facts, section 6). Where one differs, the loss is
 * stated and another approval is asked for, to roll the standby peers back. Nobody submits before that is over.
 */
export function write(
  record: In<"ReadOnlyOpen" | "Restore" | "Replay" | "LossStated" | "Rollback" | "ReadWrite">,
  view: View,
  event: FailoverEvent,
  settings: FailoverSettings,
): FailoverRecord {
  switch (record.phase) {
    case "ReadOnlyOpen":
      return approve(record, view, event, settings);
    case "Restore":
      return restore(record, event, settings);
    case "Replay":
      return replay(record, view, event, settings);
    case "LossStated":
      return accept(record, event);
    case "Rollback":
      if (event.type !== "rolledBack" || !sameEnd(event.heights, record.restored)) return record;
      return openWrites(record, view, event, settings);
    case "ReadWrite":
      return record;
  }
}

function approve(
  record: In<"ReadOnlyOpen">,
  view: View,
  event: FailoverEvent,
  settings: FailoverSettings,
): FailoverRecord {
  if (event.type !== "ordered" || event.order.what !== "writes") return record;
  if (!holdsLease(view, record, settings.target)) return record;
  const { by } = event.order;
  return entered({ ...opened(record), phase: "Restore", approvedBy: by }, event.clock.wall, `${by} approves writes`);
}

function restore(record: In<"Restore">, event: FailoverEvent, settings: FailoverSettings): FailoverRecord {
  if (event.type !== "orderersStarted") return record;
  const refused = checkRestore(event, record, settings);
  if (refused !== undefined) return stuck(record, event, refused);
  if (!event.leader) return record;
  const { approvedBy, served, heard } = record;
  const restored = event.heights;
  const tail = blocksAbove(restored, served);
  const lost = blocksAbove(highest(served, restored), heard);
  return entered(
    { ...opened(record), restored, lost, approvedBy, phase: "Replay", tail },
    event.clock.wall,
    `a majority of ordering nodes runs and has a leader; to be replayed: ${rangesText(tail)}`,
  );
}

function replay(record: In<"Replay">, view: View, event: FailoverEvent, settings: FailoverSettings): FailoverRecord {
  const next = record.tail[0];
  if (next === undefined) return openWrites(record, view, event, settings);
  if (event.type !== "replayed") return record;
  const { block } = event;
  if (block.channel !== next.channel || block.number !== next.first) return record;
  const why = difference(block);
  if (why !== undefined) {
    const loss = { blocks: record.tail, why };
    return entered(
      { ...opened(record), approvedBy: record.approvedBy, phase: "LossStated", loss },
      event.clock.wall,
      `${why}; cannot be given back: ${rangesText(record.tail)}`,
    );
  }
  const left = next.first === next.last ? [] : [{ ...next, first: next.first + 1 }];
  const shorter = { ...record, tail: [...left, ...record.tail.slice(1)] };
  // A line for each block would push everything else out of the time line.
  return shorter.tail.length > 0 ? shorter : openWrites(shorter, view, event, settings);
}

function difference(block: Replayed): string | undefined {
  const name = `block ${block.number} of ${block.channel}`;
  if ("impossible" in block) return `${name} cannot be replayed: ${block.impossible}`;
  return block.ours === block.theirs ? undefined : `${name} came out with another header hash`;
}

function accept(record: In<"LossStated">, event: FailoverEvent): FailoverRecord {
  if (event.type !== "ordered" || event.order.what !== "rollback") return record;
  const { by } = event.order;
  return entered(
    { ...record, phase: "Rollback", rollbackBy: by },
    event.clock.wall,
    `${by} accepts the loss of ${rangesText(record.loss.blocks)}`,
  );
}

function openWrites(
  record: In<"Replay" | "Rollback">,
  view: View,
  event: FailoverEvent,
  settings: FailoverSettings,
): FailoverRecord {
  if (!holdsLease(view, record, settings.target)) return record;
  const given: readonly BlockRange[] = record.phase === "Rollback" ? record.loss.blocks : [];
  return entered(
    { ...opened(record), approvedBy: record.approvedBy, phase: "ReadWrite", loss: given },
    event.clock.wall,
    given.length === 0 ? "writes are open, every block is there" : `writes are open without ${rangesText(given)}`,
  );
}
