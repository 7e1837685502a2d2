import { recordTypeOf, type RecordType } from "./address";
import { gatewayAlivePath, type GatewayCheck, type PlannedRecord, type RecordPlan } from "./plan";

/**
 * Records and health checks of Route 53.
 *
 * Each address of a pool is an answer of its own with a check of its own, for Route 53 leaves out whole answers, not single
 * addresses in them. It asks answers of weight 0 when none of the others is well, which is what standby means (Route 53,
 * "How Amazon Route 53 chooses records when health checking is configured").
 */
export interface Route53Zone {
  readonly checks: readonly Route53Check[];
  readonly records: readonly Route53Record[];
}

export interface Route53Check {
  /** Unique among the checks. */
  readonly name: string;
  readonly address: string;
  /** Sent along as Host; absent where that is the address itself. */
  readonly host?: string;
  readonly port: number;
  readonly path: string;
  readonly failures: number;
}

export interface Route53Record {
  readonly name: string;
  readonly type: RecordType;
  readonly ttl: number;
  readonly values: readonly string[];
  /** Absent where a name has one answer only. */
  readonly choice?: { readonly id: string; readonly weight: number; readonly check: string };
}

/** The greatest weight that Route 53 takes. */
const mostWeight = 255;

/** A plan in the words of Route 53. */
export function route53(plan: RecordPlan): Route53Zone {
  const zones = plan.records.map((record) =>
    record.check === undefined ? plain(record) : pooled(record, record.check),
  );
  return { checks: zones.flatMap(({ checks }) => checks), records: zones.flatMap(({ records }) => records) };
}

function plain({ name, type, ttl, answers }: PlannedRecord): Route53Zone {
  return { checks: [], records: [{ name, type, ttl, values: answers.flatMap(({ addresses }) => addresses) }] };
}

function pooled({ name, type, ttl, answers }: PlannedRecord, check: GatewayCheck): Route53Zone {
  const single = answers.flatMap(({ site, addresses, weight }) =>
    addresses.map((address, index) => ({
      site,
      address,
      id: addresses.length === 1 ? site : `${site}-${index}`,
      weight: weight / addresses.length,
    })),
  );
  const weights = wholeWeights(single.map(({ weight }) => weight));
  const checkName = (id: string) => `${name}-${type}-${id}`.toLowerCase();
  return {
    checks: single.map(({ id, address }) => ({ name: checkName(id), ...askOf(address, check) })),
    records: single.map(({ id, address }, index) => ({
      name,
      type,
      ttl,
      values: [address],
      choice: { id, weight: weights[index] ?? 0, check: checkName(id) },
    })),
  };
}

/** By address the pool's name is sent along, so that its own health is heard; by name the gateway's must do. */
function askOf(address: string, { host, port, path, failures }: GatewayCheck): Omit<Route53Check, "name"> {
  const most = Math.min(failures, 10);
  return recordTypeOf(address) === "CNAME"
    ? { address, port, path: gatewayAlivePath, failures: most }
    : { address, host, port, path, failures: most };
}

/** Whole numbers in the same proportions, none above 255, and none that becomes 0 without having been so. */
function wholeWeights(weights: readonly number[]): number[] {
  const most = Math.max(...weights);
  if (most === 0) return weights.map(() => 0);
  // As they were written where that is possible, else in lower terms, else as fine as there is room for.
  for (let factor = 1; factor * most <= mostWeight; factor++) {
    const scaled = weights.map((weight) => weight * factor);
    if (scaled.every((weight) => Math.abs(weight - Math.round(weight)) < 1e-9)) return scaled.map(Math.round);
  }
  const sum = weights.reduce((all, weight) => all + weight, 0);
  for (let total = 1; (total * most) / sum <= mostWeight; total++) {
    const scaled = weights.map((weight) => (weight * total) / sum);
    if (scaled.every((weight) => Math.abs(weight - Math.round(weight)) < 1e-9)) return scaled.map(Math.round);
  }
  return weights.map((weight) => (weight === 0 ? 0 : Math.max(1, Math.round((weight * mostWeight) / most))));
}
