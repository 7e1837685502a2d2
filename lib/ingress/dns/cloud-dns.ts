import type { RecordType } from "./address";
import type { GatewayCheck, PlannedAnswer, PlannedRecord, RecordPlan } from "./plan";

/**
 * Record sets and health checks of Cloud DNS.
 *
 * Of an answer it leaves out the addresses that are not well; of answers whose addresses are all lost it takes another, by
 * the weights (Cloud DNS API, `RRSetRoutingPolicy`). One of weight 0 is therefore never taken: where a single site has all
 * the weight, the others are its backup; where several share it, standby sites get the smallest share there is.
 */
export interface CloudDnsZone {
  readonly checks: readonly CloudDnsCheck[];
  readonly records: readonly CloudDnsRecord[];
}

/** Asked from three regions of Google's; every 30 seconds is the fastest that is allowed then. */
export interface CloudDnsCheck extends GatewayCheck {
  /** Unique among the checks. */
  readonly name: string;
}

export interface CloudDnsRecord {
  readonly name: string;
  readonly type: RecordType;
  readonly ttl: number;
  readonly answers:
    | { readonly values: readonly string[] }
    | {
        readonly check: string;
        readonly weighted: readonly { readonly weight: number; readonly endpoints: readonly string[] }[];
      }
    | { readonly check: string; readonly primary: readonly string[]; readonly backup: readonly string[] };
}

const fastest = 30;
/** Together, where standby sites need a share that is small and yet not 0. */
const finest = 10_000;

/** A plan in the words of Cloud DNS. */
export function cloudDns(plan: RecordPlan): CloudDnsZone {
  const checks = new Map(
    plan.records.flatMap(({ name, check }) => (check === undefined ? [] : [[name, checkOf(name, check)] as const])),
  );
  return { checks: [...checks.values()], records: plan.records.map(recordOf) };
}

function checkOf(name: string, check: GatewayCheck): CloudDnsCheck {
  const interval = Math.max(fastest, check.interval);
  // Where more than one check had to fail in a short time, one that waits so long is enough.
  const failures = Math.max(1, Math.round((check.failures * check.interval) / interval));
  return { ...check, name, interval, timeout: Math.max(1, check.timeout), failures };
}

function recordOf({ name, type, ttl, answers, check }: PlannedRecord): CloudDnsRecord {
  if (check === undefined)
    return { name, type, ttl, answers: { values: answers.flatMap(({ addresses }) => addresses) } };
  return { name, type, ttl, answers: choiceOf(name, answers) };
}

function choiceOf(check: string, answers: readonly PlannedAnswer[]): CloudDnsRecord["answers"] {
  const active = answers.filter(({ weight }) => weight > 0);
  const standby = answers.filter(({ weight }) => weight === 0);
  const [only, ...others] = active;
  if (only !== undefined && others.length === 0 && standby.length > 0) {
    return { check, primary: only.addresses, backup: standby.flatMap(({ addresses }) => addresses) };
  }
  const sum = active.reduce((all, { weight }) => all + weight, 0);
  const shareOf = (weight: number) => {
    if (standby.length === 0) return weight;
    return weight === 0 ? 1 : Math.max(1, Math.round((weight * (finest - standby.length)) / sum));
  };
  return {
    check,
    weighted: answers.map(({ weight, addresses }) => ({ weight: shareOf(weight), endpoints: addresses })),
  };
}
