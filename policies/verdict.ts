import type { Network } from "../lib/spec/network";
import type { Finding, Path } from "../lib/spec/problem";
import { organisationLabel } from "./manifest";
import type { Rule, Stack } from "./rule";
import { checkStack, objectOf, type PolicyFinding } from "./run";
import { checkExpiry, waive, type Day, type Waived } from "./waivers";

/** What all rules say of a network's objects, on a day. */
export interface Verdict extends Waived {
  /** What stops synthesis: open findings of mandatory rules and expired waivers, by their places in the network file. */
  readonly refusals: readonly Finding[];
  /** Of these: waivers whose day is over. */
  readonly expired: readonly Finding[];
  /** What stops nothing: waivers that waive nothing. */
  readonly advice: readonly Finding[];
}

/**
 * Holds a stack against all rules and what its network file waives.
 * @param today Against which waivers end.
 */
export function judge(rules: readonly Rule[], stack: Stack, network: Network, today: Day): Verdict {
  const waived = waive(checkStack(rules, stack), network.waivers, today);
  const mandatory = waived.open.filter(({ rule }) => rule.severity === "mandatory");
  const expired = checkExpiry(network, today);
  return {
    ...waived,
    expired,
    refusals: [...expired, ...refusalsOf(network, mandatory)],
    advice: waived.idle.map((index) => idle(network, index)),
  };
}

/** Where in the network file the cause of a finding stands, or else the organisation whose object it is. */
export function placeOf(network: Network, { rule, object, found }: PolicyFinding): Path {
  const named = rule.place?.(network, object, found);
  if (named !== undefined) return named;
  const organisation = object?.metadata.labels?.[organisationLabel];
  const index = network.organisations.findIndex(({ name }) => name === organisation);
  return index < 0 ? [] : ["organisations", index];
}

/** One refusal for each rule and place: what is wrong with every peer is one thing to mend. */
function refusalsOf(network: Network, findings: readonly PolicyFinding[]): Finding[] {
  const alike = new Map<string, PolicyFinding[]>();
  for (const finding of findings) {
    const key = JSON.stringify([finding.rule.id, placeOf(network, finding)]);
    alike.set(key, [...(alike.get(key) ?? []), finding]);
  }
  return [...alike.values()].flatMap((group): Finding[] => {
    const [first] = group;
    if (first === undefined) return [];
    const { id, title, remedy } = first.rule;
    const where = objectOf(first);
    const more = group.length === 1 ? "" : ` and ${group.length - 1} more`;
    return [
      {
        document: "network",
        path: placeOf(network, first),
        found: `${first.found}${where === "" ? more : ` (${where}${more})`}`,
        allowed: `${title} (policy ${id})`,
        fix: `${remedy} Why: \`fabric-topologies policies explain ${id}\``,
      },
    ];
  });
}

function idle({ waivers }: Network, index: number): Finding {
  const { policy, object } = waivers[index] ?? { policy: "" };
  return {
    document: "network",
    path: ["waivers", index],
    found: `a waiver of ${policy} that waives nothing${object === undefined ? "" : ` of ${object}`}`,
    allowed: "waivers of what breaks a policy",
    fix: "Remove it.",
  };
}
