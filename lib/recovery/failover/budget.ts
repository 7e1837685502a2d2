import type { FailoverSettings } from "./settings";

/** A phase of a failover and what it takes, in milliseconds. */
export interface BudgetLine {
  readonly phase: string;
  readonly takes: number;
  /** How the number comes about, in words. */
  readonly from: string;
}

/** What a failover will take by its settings. */
export interface PredictedRto {
  readonly read: readonly BudgetLine[];
  /** What comes after the reads. */
  readonly write: readonly BudgetLine[];
  /** Milliseconds from the last sign of life to the first read. */
  readonly rtoRead: number;
  /** Milliseconds from the last sign of life to the first write. */
  readonly rtoWrite: number;
}

/**
 * RTO = max(detection, lease + grace) + fencing + (fallbacks + 1)·(clone + verification) + opening, and for writes
 * approval + promotion + replay besides (facts on disaster recovery, section 5). It is the longest that a failover may
 * take while every phase keeps its budget.
 */
export function predictRto(settings: FailoverSettings): PredictedRto {
  const { heartbeat, lease, budget, maxFallbacks } = settings;
  const detection = heartbeat.misses * heartbeat.interval + heartbeat.probeTimeout;
  const expiry = lease.duration + lease.grace;
  const tries = maxFallbacks + 1;
  const read: BudgetLine[] = [
    {
      phase: "detection",
      takes: detection,
      from: `${heartbeat.misses} × ${heartbeat.interval} + ${heartbeat.probeTimeout}`,
    },
    {
      phase: "lease",
      takes: Math.max(0, expiry - detection),
      from: `what is left of ${lease.duration} + ${lease.grace} by then`,
    },
    { phase: "fencing", takes: budget.fencing, from: "budget" },
    {
      phase: "verification",
      takes: tries * (budget.clone + budget.verification),
      from: `${tries} × (${budget.clone} + ${budget.verification})`,
    },
    { phase: "read open", takes: budget.readOpen, from: "budget" },
  ];
  const write: BudgetLine[] = [
    { phase: "approval", takes: budget.approval, from: "budget" },
    { phase: "promotion", takes: budget.promotion, from: "budget" },
    { phase: "replay", takes: budget.replay, from: "budget" },
  ];
  const rtoRead = sum(read);
  return { read, write, rtoRead, rtoWrite: rtoRead + sum(write) };
}

/** How often a controller looks, in milliseconds: what happens is seen that much later at most. */
export const lookEvery = ({ lease, heartbeat }: Pick<FailoverSettings, "lease" | "heartbeat">): number =>
  Math.max(20, Math.min(lease.renew, heartbeat.interval / 2));

/** `17000 (detection) + 5000 (lease) = 22000 ms`, for people. */
export function sumText(lines: readonly BudgetLine[]): string {
  const spent = lines.filter(({ takes }) => takes > 0);
  return `${spent.map(({ phase, takes }) => `${takes} (${phase})`).join(" + ")} = ${sum(lines)} ms`;
}

const sum = (lines: readonly BudgetLine[]): number => lines.reduce((total, { takes }) => total + takes, 0);
