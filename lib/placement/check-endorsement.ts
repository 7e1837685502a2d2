import type { Finding } from "../spec/problem";
import { endorsementRules, endorsersAmong, lifecycleRule, peersOn, type EndorsementRule } from "./endorsement";
import type { Domain } from "./domain";
import { remainsAfter } from "./failure";
import type { PlacedPeer, Placement } from "./node";

/**
 * Every endorsement policy must stay satisfiable when any one domain is lost. What can never be satisfied at all is found
 * here too, as a policy that already fails with nothing lost.
 *
 * Who agrees to a new chaincode (`lifecycleEndorsement`) need not survive that: definitions change rarely, by hand, and
 * can wait until it is back, while transactions cannot. With nothing lost it must be satisfiable.
 */
export function checkEndorsement(placement: Placement, domains: readonly Domain[]): Finding[] {
  return placement.network.channels.flatMap((channel) => {
    const peers = peersOn(placement, channel);
    return [
      ...endorsementRules(placement.network, channel).flatMap((rule) => checkRule(peers, rule, domains)),
      ...lifecycleRule(placement.network, channel).flatMap((rule) => checkWhole(peers, rule, domains)),
    ];
  });
}

function checkWhole(peers: readonly PlacedPeer[], rule: EndorsementRule, domains: readonly Domain[]): Finding[] {
  if (rule.satisfiedBy(endorsersAmong(peers))) return [];
  const allowed = "a policy that the members' peers can satisfy, one signature each";
  return [finding(rule, domains, `${rule.text}, with ${list(peers)}`, allowed)];
}

function checkRule(peers: readonly PlacedPeer[], rule: EndorsementRule, domains: readonly Domain[]): Finding[] {
  const never = checkWhole(peers, rule, domains);
  if (never.length > 0) return never;
  const left = ({ loss }: Domain) => peers.filter(remainsAfter(loss).alive);
  const fatal = domains.find((domain) => !rule.satisfiedBy(endorsersAmong(left(domain))));
  if (fatal === undefined) return [];
  return [
    finding(
      rule,
      domains,
      `${rule.text}, which the loss of ${fatal.name} makes unsatisfiable: it leaves ${list(left(fatal))}`,
      `a policy that can still be satisfied when any one ${fatal.kind} is lost`,
    ),
  ];
}

function finding(rule: EndorsementRule, domains: readonly Domain[], found: string, allowed: string): Finding {
  return {
    document: "network",
    path: rule.path,
    found,
    allowed,
    fix: `give the organisations a peer in every full ${domains[0]?.kind ?? "zone"} (\`replicas: 2\`), or write a policy that can do without one of them`,
  };
}

/** "1 peer of bank-a, 2 peers of bank-b". */
export function list(peers: readonly PlacedPeer[]): string {
  const names = [...new Set(peers.map(({ organisation }) => organisation.name))];
  const parts = names.map((name) => {
    const count = peers.filter(({ organisation }) => organisation.name === name).length;
    return `${count} ${count === 1 ? "peer" : "peers"} of ${name}`;
  });
  return parts.length === 0 ? "no peer" : parts.join(", ");
}
