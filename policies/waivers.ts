import { didYouMean } from "../lib/spec/nearest";
import type { Network, Waiver } from "../lib/spec/network";
import type { Finding } from "../lib/spec/problem";
import { listed, shorten } from "../lib/spec/words";
import { domains, type Rule } from "./rule";
import { objectOf, type PolicyFinding } from "./run";

/** A day as people write it: `2027-06-30`. Days compare as texts. */
export type Day = string;

/** The day of a moment in UTC, so that a pipeline and a laptop far from it agree. */
export function dayOf(moment: Date): Day {
  return moment.toISOString().slice(0, 10);
}

/** Whether a waiver still holds: to the end of the day that it names. */
export function holds({ expires }: Waiver, today: Day): boolean {
  return expires >= today;
}

function covers(waiver: Waiver, finding: PolicyFinding): boolean {
  if (waiver.policy !== finding.rule.id) return false;
  return waiver.object === undefined || waiver.object === objectOf(finding);
}

/** What became of the findings of a stack in the light of its waivers. */
export interface Waived {
  /** Nobody has waived them. */
  readonly open: readonly PolicyFinding[];
  /** Somebody has, and answers for it. */
  readonly waived: readonly { readonly finding: PolicyFinding; readonly waiver: Waiver }[];
  /** Waivers that waive nothing, by their place in the network file. */
  readonly idle: readonly number[];
}

/** Holds findings against the waivers that have not expired. */
export function waive(findings: readonly PolicyFinding[], waivers: readonly Waiver[], today: Day): Waived {
  const valid = waivers.filter((waiver) => holds(waiver, today));
  const open: PolicyFinding[] = [];
  const waived: { finding: PolicyFinding; waiver: Waiver }[] = [];
  for (const finding of findings) {
    const waiver = valid.find((one) => covers(one, finding));
    if (waiver === undefined) open.push(finding);
    else waived.push({ finding, waiver });
  }
  const used = new Set(waived.map(({ waiver }) => waiver));
  // One that has expired is told as that.
  const idle = waivers.flatMap((waiver, index) => (used.has(waiver) || !holds(waiver, today) ? [] : [index]));
  return { open, waived, idle };
}

/** Waivers of policies that there are not: asked of every network file, whatever is done with it. */
export function checkWaivedPolicies(rules: readonly Rule[], network: Network): Finding[] {
  const ids = rules.map(({ id }) => id);
  return network.waivers.flatMap(({ policy }, index): Finding[] => {
    if (ids.includes(policy)) return [];
    const domain = rules.find((rule) => policy.startsWith(`${rule.domain}-`))?.domain;
    return [
      {
        document: "network",
        path: ["waivers", index, "policy"],
        found: `${shorten(policy)}, which is no policy`,
        allowed:
          domain === undefined
            ? `a policy of ${listed(Object.keys(domains), "or")}: \`fabric-topologies policies list\``
            : listed(
                ids.filter((id) => id.startsWith(`${domain}-`)),
                "or",
              ),
        fix: `Name one of them.${didYouMean(policy, ids)}`,
      },
    ];
  });
}

/** Waivers whose day is over: they stop synthesis, and nothing that only looks at a network that runs. */
export function checkExpiry(network: Network, today: Day): Finding[] {
  return network.waivers.flatMap((waiver, index): Finding[] =>
    holds(waiver, today)
      ? []
      : [
          {
            document: "network",
            path: ["waivers", index, "expires"],
            found: `a waiver of ${waiver.policy} that ended on ${waiver.expires} (today is ${today})`,
            allowed: "a day that is not over",
            fix: `Keep the policy and remove the waiver, or ask ${shorten(waiver.owner)} to decide anew.`,
          },
        ],
  );
}
