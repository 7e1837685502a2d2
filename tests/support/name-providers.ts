import type { CloudDnsRecord } from "../../lib/ingress/dns/cloud-dns";
import type { Route53Record } from "../../lib/ingress/dns/route53";

/**
 * What providers of DNS answer, by their own documentation: every set of values that an answer may consist of, with how
 * likely it is. A target is a value that stands in a record.
 */
export interface PossibleAnswer {
  readonly values: readonly string[];
  readonly chance: number;
}

/**
 * Route 53 ("How Amazon Route 53 chooses records when health checking is configured"): of the records with a weight above 0
 * those whose check is well; without one, those of weight 0 that are; without one, it answers as if all were well.
 */
export function route53Answers(
  records: readonly Route53Record[],
  isWell: (check: string) => boolean,
): PossibleAnswer[] {
  if (records.every(({ choice }) => choice === undefined)) return records.map(({ values }) => ({ values, chance: 1 }));
  const choices = records.map(({ values, choice }) => ({
    values,
    weight: choice?.weight ?? 0,
    well: choice === undefined || isWell(choice.check),
  }));
  const weighted = choices.filter(({ weight }) => weight > 0);
  const well = weighted.filter((choice) => choice.well);
  if (well.length > 0) return byWeight(well);
  const standby = choices.filter(({ weight, well: ok }) => weight === 0 && ok);
  if (standby.length > 0) return byWeight(standby.map((choice) => ({ ...choice, weight: 1 })));
  return byWeight(weighted.length > 0 ? weighted : choices.map((choice) => ({ ...choice, weight: 1 })));
}

/**
 * Cloud DNS (API, `RRSetRoutingPolicy`): endpoints that are not well are left out of an answer; where none of it is left,
 * another is taken by the weights; a backup is taken when the whole primary is lost. All lost: as if all were well.
 */
export function cloudDnsAnswers({ answers }: CloudDnsRecord, isWell: (endpoint: string) => boolean): PossibleAnswer[] {
  if ("values" in answers) return [{ values: answers.values, chance: 1 }];
  if ("primary" in answers) {
    const primary = answers.primary.filter(isWell);
    const backup = answers.backup.filter(isWell);
    const values = primary.length > 0 ? primary : backup.length > 0 ? backup : answers.primary;
    return [{ values, chance: 1 }];
  }
  const left = answers.weighted.map(({ weight, endpoints }) => ({ weight, values: endpoints.filter(isWell) }));
  const possible = left.filter(({ weight, values }) => weight > 0 && values.length > 0);
  if (possible.length > 0) return byWeight(possible);
  return byWeight(answers.weighted.map(({ weight, endpoints }) => ({ weight, values: endpoints })));
}

function byWeight(
  choices: readonly { readonly values: readonly string[]; readonly weight: number }[],
): PossibleAnswer[] {
  const sum = choices.reduce((all, { weight }) => all + weight, 0);
  return choices.map(({ values, weight }) => ({ values, chance: weight / sum }));
}
