import type { KubeObject } from "../../constructs/manifests";
import { failoverApi } from "./kind";
import type { BlockRange, Heights } from "./ledger";
import type { OrderAnswer, PlacedOrder } from "./orders";
import type { FailoverRecord, Phase } from "./record";
import type { FailoverLimits, FailoverMode, FailoverSettings } from "./settings";
import { conditionsOf, measurementsOf, type FailoverCondition, type Measurements } from "./status";
import type { FailoverState } from "./view";

/** A `Failover` as an API server gives it. */
export interface FailoverObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly resourceVersion?: string;
  };
  readonly spec: {
    readonly mode: FailoverMode;
    readonly primary: readonly string[];
    readonly target: string;
    readonly approvers: readonly string[];
    readonly limits: FailoverLimits;
    readonly orders?: readonly PlacedOrder[];
  };
  /** Absent until a controller has looked at it. */
  readonly status?: FailoverStatus;
}

/** What controllers show of a failover: the record for each other, everything else for people. */
export interface FailoverStatus {
  readonly phase: Phase;
  readonly epoch: number;
  readonly why?: string;
  readonly lease?: string;
  readonly switchStep?: string;
  readonly synced?: Heights;
  readonly fenced?: Readonly<Record<string, string>>;
  readonly tried?: readonly string[];
  readonly heard?: Heights;
  readonly served?: Heights;
  readonly lost?: readonly BlockRange[];
  readonly tail?: readonly BlockRange[];
  readonly loss?: { readonly blocks: readonly BlockRange[]; readonly why: string };
  readonly record: FailoverRecord;
  readonly conditions: readonly (FailoverCondition & { readonly lastTransitionTime: string })[];
  readonly timeline: readonly {
    readonly at: string;
    readonly phase: Phase;
    readonly epoch: number;
    readonly what: string;
  }[];
  readonly measurements: Measurements;
  readonly answers: readonly OrderAnswer[];
}

/** The object that declares a failover, at the witness; orders are added to it by people. */
export function failoverObject(
  { name, namespace }: { readonly name: string; readonly namespace: string },
  { mode, primary, target, approvers, limits }: FailoverSettings,
  labels: Readonly<Record<string, string>>,
): KubeObject {
  return {
    apiVersion: failoverApi,
    kind: "Failover",
    metadata: { name, namespace, labels },
    spec: { mode, primary, target, approvers, limits },
  };
}

/**
 * The status that is written for a state.
 * @param before What was written last, whose conditions keep their times.
 * @param wall Wall clock, ms.
 */
export function failoverStatus(
  { record, view }: FailoverState,
  answers: readonly OrderAnswer[],
  before: FailoverStatus | undefined,
  wall: number,
): FailoverStatus {
  const now = new Date(wall).toISOString();
  const conditions = conditionsOf(record, view).map((condition) => {
    const known = before?.conditions.find(({ type }) => type === condition.type);
    const since = known?.status === condition.status ? known.lastTransitionTime : now;
    return { ...condition, lastTransitionTime: since };
  });
  return {
    phase: record.phase,
    epoch: record.epoch,
    heard: record.heard,
    ...(record.phase === "Stuck" ? { why: record.why } : {}),
    ...(record.phase === "Fencing" ? { lease: record.lease.step } : {}),
    ...(record.phase === "Switch" ? { switchStep: record.switchStep.step } : {}),
    ...(record.phase === "Failback" && record.synced !== undefined ? { synced: record.synced } : {}),
    ...("fenced" in record ? { fenced: record.fenced } : {}),
    ...("tried" in record ? { tried: record.tried.map(({ name }) => name) } : {}),
    ...("served" in record ? { served: record.served, lost: record.lost } : {}),
    ...(record.phase === "Replay" ? { tail: record.tail } : {}),
    ...(record.phase === "LossStated" || record.phase === "Rollback" ? { loss: record.loss } : {}),
    record,
    conditions,
    timeline: record.timeline.map(({ at, ...line }) => ({ at: new Date(at).toISOString(), ...line })),
    measurements: measured(record, before),
    answers,
  };
}

/** What was measured stays after the way back, which has no phase of a failover any more, until the next one. */
function measured(record: FailoverRecord, before: FailoverStatus | undefined): Measurements {
  if (record.phase === "Protected") return before?.measurements ?? {};
  const returns = record.phase === "Failback" || record.phase === "Switch";
  return { ...(returns ? before?.measurements : {}), ...measurementsOf(record) };
}
