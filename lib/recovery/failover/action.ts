import type { Heights } from "./ledger";
import type { FailoverRecord } from "./record";
import { restoredWith } from "./restore";
import type { FailoverSettings } from "./settings";
import type { Candidate } from "./snapshot";

/**
 * What is to be done. Each may be asked for again and again, until its result is told as an event, and by two controllers at
 * once: it is idempotent, and whoever carries it out refuses it where a higher epoch is known (invariant I2).
 */
export type FailoverAction = { readonly epoch: number } & (
  | { readonly do: "pinSnapshots" }
  | { readonly do: "unpinSnapshots" }
  | { readonly do: "acquireLease"; readonly holder: string; readonly granting: number; readonly expected: Expected }
  | { readonly do: "fence"; readonly centers: readonly string[] }
  /** In drills, in place of fencing: nobody but the drill reaches the clone, and it reaches nobody. */
  | { readonly do: "isolateClone" }
  | { readonly do: "listCandidates" }
  /** On a clone; the snapshot itself is never mounted for writing. */
  | { readonly do: "verify"; readonly candidate: Candidate; readonly heard: Heights }
  | { readonly do: "openReads"; readonly candidate: Candidate; readonly clone: boolean }
  | { readonly do: "moveReads"; readonly to: string }
  /** The snapshot's unit, with those that are left at the target started anew; with nobody but the replay let in. */
  | { readonly do: "startOrderers"; readonly candidate: Candidate; readonly consenters: readonly string[] }
  | { readonly do: "replayBlock"; readonly channel: string; readonly number: number }
  | { readonly do: "rollBack"; readonly to: Heights }
  | { readonly do: "openWrites"; readonly center: string }
  | { readonly do: "moveWrites"; readonly to: string }
  | { readonly do: "resync"; readonly centers: readonly string[]; readonly discard: "primary" | "target" }
  | { readonly do: "demote"; readonly center: string }
  | { readonly do: "catchUp"; readonly centers: readonly string[]; readonly token: Heights }
  | { readonly do: "page"; readonly why: string }
);

/** The lease is changed only where it still stands as it was seen. */
interface Expected {
  readonly epoch: number;
  readonly renewals?: number;
}

type Bare = FailoverAction extends infer A ? (A extends FailoverAction ? Omit<A, "epoch"> : never) : never;

/**
 * What a record asks for. It depends on nothing else, so that a controller that begins anew asks for the same as the one
 * that died (invariant I11).
 */
export function actionsOf(record: FailoverRecord, settings: FailoverSettings): FailoverAction[] {
  return bareActions(record, settings).map((action) => ({ ...action, epoch: record.epoch }));
}

function bareActions(record: FailoverRecord, settings: FailoverSettings): Bare[] {
  const { target, primary, consenters } = settings;
  const clone = settings.mode === "drill";
  switch (record.phase) {
    case "Protected":
      return [{ do: "unpinSnapshots" }, ...(clone ? [] : [{ do: "openWrites", center: primary[0] ?? "" } as const])];
    case "Suspect":
      return [{ do: "pinSnapshots" }];
    case "Fencing":
      return [{ do: "pinSnapshots" }, ...fencing(record, settings)];
    case "SelectSnapshot":
      return [{ do: "listCandidates" }];
    case "Verify":
      return [{ do: "verify", candidate: record.candidate, heard: record.heard }];
    case "Promote":
      return [{ do: "openReads", candidate: record.candidate, clone }];
    case "ReadOnlyOpen":
    case "LossStated":
      return clone ? [] : [{ do: "moveReads", to: target }];
    case "Restore":
      return [
        {
          do: "startOrderers",
          candidate: record.candidate,
          consenters: restoredWith(record.candidate, consenters),
        },
      ];
    case "Replay": {
      const next = record.tail[0];
      return next === undefined ? [] : [{ do: "replayBlock", channel: next.channel, number: next.first }];
    }
    case "Rollback":
      return [{ do: "rollBack", to: record.restored }];
    case "ReadWrite":
      return [{ do: "openWrites", center: target }, ...(clone ? [] : [{ do: "moveWrites", to: target } as const])];
    case "Failback":
      return record.synced === undefined
        ? [{ do: "resync", centers: primary, discard: record.wrote ? "primary" : "target" }]
        : [];
    case "Switch":
      return switching(record.switchStep, record.epoch, settings);
    case "Stuck":
      return [{ do: "page", why: record.why }];
  }
}

function fencing(
  record: Extract<FailoverRecord, { phase: "Fencing" }>,
  { target, primary, mode }: FailoverSettings,
): Bare[] {
  if (record.lease.step === "waiting") return [];
  if (record.lease.step === "held" && mode === "drill") return [{ do: "isolateClone" }];
  if (record.lease.step === "held")
    return [{ do: "fence", centers: primary.filter((center) => record.fenced[center] === undefined) }];
  return [{ do: "acquireLease", holder: target, granting: record.epoch + 1, expected: record.lease.expected }];
}

function switching(
  step: Extract<FailoverRecord, { phase: "Switch" }>["switchStep"],
  epoch: number,
  { target, primary }: FailoverSettings,
): Bare[] {
  if (step.step === "demote") return [{ do: "demote", center: target }];
  if (step.step === "catchUp") return [{ do: "catchUp", centers: primary, token: step.token }];
  return [{ do: "acquireLease", holder: primary[0] ?? "", granting: epoch + 1, expected: { epoch } }];
}
