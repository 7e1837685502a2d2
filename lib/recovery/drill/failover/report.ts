import { lookEvery, predictRto } from "../../failover/budget";
import type { FailoverObject, FailoverStatus } from "../../failover/object";
import type { Phase } from "../../failover/record";
import type { FailoverLimits, FailoverMode, FailoverSettings } from "../../failover/settings";
import type { Measurements } from "../../failover/status";

/** What a phase of a failover took, in milliseconds, beside what it may take. */
export interface PhaseLine {
  readonly phase: string;
  /** Absent where it has not ended, or was not entered. */
  readonly took?: number;
  /** Absent where the settings are not known. */
  readonly budget?: number;
  /** How the budget comes about. */
  readonly from?: string;
}

/** A target of the failover's spec beside what came of it; times in milliseconds. */
export interface TargetLine {
  readonly target: keyof FailoverLimits;
  readonly limit: number;
  readonly measured?: number;
}

/** Everything that is known of a failover afterwards. Plain data: it is written as JSON as it is. */
export interface FailoverReport {
  /** `<namespace>/<name>`. */
  readonly failover: string;
  readonly mode: FailoverMode;
  readonly primary: readonly string[];
  readonly target: string;
  readonly phase: Phase;
  readonly epoch: number;
  /** When the last sign of life was heard, as ISO 8601: times are counted from it. */
  readonly lastSign: string;
  readonly phases: readonly PhaseLine[];
  readonly targets: readonly TargetLine[];
  readonly snapshot?: string;
  /** Snapshots that were tried before that and not opened. */
  readonly fallbacks?: number;
  /** Centers with what shows that they are fenced. */
  readonly fenced: Readonly<Record<string, string>>;
  readonly timeline: readonly { readonly at: string; readonly phase: Phase; readonly what: string }[];
  readonly orders: FailoverStatus["answers"];
  /** What was not as promised. Empty: passed. */
  readonly findings: readonly string[];
}

const phases = {
  detection: "detection",
  fencing: "fencing",
  verification: "verification",
  readOpen: "read open",
  approval: "approval",
  promotion: "promotion",
  replay: "replay",
} as const satisfies Partial<Record<keyof Measurements, string>>;

/**
 * What a failover took and cost, from its object alone, so that it can be made long afterwards and by anybody who may
 * read it.
 * @param settings Of the topology: with them every phase stands beside its budget.
 * @returns undefined where nothing has failed over yet
 */
export function failoverReport(object: FailoverObject, settings?: FailoverSettings): FailoverReport | undefined {
  const { metadata, spec, status } = object;
  const begin = status?.record.timeline.findLastIndex(({ phase }) => phase === "Suspect") ?? -1;
  if (status === undefined || begin < 0) return undefined;
  const { measurements, record } = status;
  const lines = phasesOf(measurements, settings);
  const targets = targetsOf(measurements, spec.limits);
  return {
    failover: `${metadata.namespace ?? ""}/${metadata.name}`,
    mode: spec.mode,
    primary: spec.primary,
    target: spec.target,
    phase: status.phase,
    epoch: status.epoch,
    lastSign: new Date(record.lastSign).toISOString(),
    phases: lines,
    targets,
    ...(measurements.snapshot === undefined ? {} : { snapshot: measurements.snapshot }),
    ...(measurements.fallbacks === undefined ? {} : { fallbacks: measurements.fallbacks }),
    fenced: status.fenced ?? {},
    timeline: status.timeline.slice(begin).map(({ at, phase, what }) => ({ at, phase, what })),
    orders: status.answers,
    findings: findingsOf(status, lines, targets, settings),
  };
}

function phasesOf(measurements: Measurements, settings: FailoverSettings | undefined): PhaseLine[] {
  const predicted = settings === undefined ? undefined : predictRto(settings);
  const budgets = predicted === undefined ? [] : [...predicted.read, ...predicted.write];
  return Object.entries(phases).map(([key, phase]): PhaseLine => {
    const took = measurements[key as keyof typeof phases];
    // A lease that has to run out is waited for while fencing: the record knows no phase between.
    const own = budgets.filter((line) => line.phase === phase || (phase === "fencing" && line.phase === "lease"));
    const budget = own.reduce((sum, { takes }) => sum + takes, 0);
    return {
      phase,
      ...(took === undefined ? {} : { took }),
      ...(own.length === 0 ? {} : { budget, from: own.map(({ from }) => from).join(", and ") }),
    };
  });
}

function targetsOf(measurements: Measurements, limits: FailoverLimits): TargetLine[] {
  return (Object.keys(limits) as (keyof FailoverLimits)[]).map((target) => {
    const measured = measurements[target];
    return { target, limit: limits[target], ...(measured === undefined ? {} : { measured }) };
  });
}

function findingsOf(
  { phase, why, answers }: FailoverStatus,
  lines: readonly PhaseLine[],
  targets: readonly TargetLine[],
  settings: FailoverSettings | undefined,
): string[] {
  // Whatever happens is seen with the next look, and not before.
  const look = settings === undefined ? 0 : lookEvery(settings);
  return [
    ...(phase === "Stuck" ? [`nothing was opened: ${why ?? "it is stuck"}`] : []),
    ...targets.flatMap(({ target, measured, limit }) =>
      measured === undefined || measured <= limit
        ? []
        : [`${targetWords[target]}: ${amount(target, measured)}, at most ${amount(target, limit)} are promised`],
    ),
    ...lines.flatMap(({ phase: name, took, budget }) =>
      took === undefined || budget === undefined || took <= budget + look
        ? []
        : [`${name} took ${secondsText(took)}, and its budget is ${secondsText(budget)}`],
    ),
    ...answers
      .filter(({ followed }) => !followed)
      .map(({ by, what, why: said }) => `${by} ordered ${what}, which was not followed: ${said}`),
  ];
}

/** What a target is about, for people. */
export const targetWords: Readonly<Record<keyof FailoverLimits, string>> = {
  rtoRead: "RTO, until the first read",
  rtoWrite: "RTO, until the first write",
  rpoBlocks: "RPO in blocks",
  rpoSeconds: "RPO in seconds",
};

/** A number of a target with its unit. */
export function amount(target: keyof FailoverLimits, value: number): string {
  if (target === "rpoBlocks") return `${value} blocks`;
  return secondsText(target === "rpoSeconds" ? value * 1000 : value);
}

/** Milliseconds as seconds. */
export const secondsText = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(1)} s`;
