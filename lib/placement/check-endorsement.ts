import type { Finding } from "../spec/problem";
import { endorsementRules, endorsersAmong, lifecycleRule, peersOn, type EndorsementRule } from "./endorsement";
import { remainsAfter } from "./failure";
import type { PlacedPeer, Placement } from "./node";

/**
 * Every endorsement policy must stay satisfiable when any one zone is lost. What can never be satisfied at all is found
 * here too, as a policy that already fails with nothing lost.
 *
 * Who agrees to a new chaincode (`lifecycleEndorsement`) need not survive a zone: definitions change rarely, by hand, and
 * can wait until the zone is back, while transactions cannot. With nothing lost it must be satisfiable.
 */
export function checkEndorsement(placement: Placement): Finding[] {
  return placement.network.channels.flatMap((channel) => {
    const peers = peersOn(placement, channel);
    return [
      ...endorsementRules(placement.network, channel).flatMap((rule) => checkRule(placement, peers, rule)),
      ...lifecycleRule(placement.network, channel).flatMap((rule) => checkWhole(peers, rule)),
    ];
  });
}

function checkWhole(peers: readonly PlacedPeer[], rule: EndorsementRule): Finding[] {
  if (rule.satisfiedBy(endorsersAmong(peers))) return [];
  const allowed = "a policy that the members' peers can satisfy, one signature each";
  return [finding(rule, `${rule.text}, with ${list(peers)}`, allowed)];
}

function checkRule(placement: Placement, peers: readonly PlacedPeer[], rule: EndorsementRule): Finding[] {
  const never = checkWhole(peers, rule);
  if (never.length > 0) return never;
  const left = (zone: string) => peers.filter(remainsAfter({ kind: "zone", zone }).alive);
  const fatal = placement.zones.find(({ name }) => !rule.satisfiedBy(endorsersAmong(left(name))));
  if (fatal === undefined) return [];
  return [
    finding(
      rule,
      `${rule.text}, which the loss of ${fatal.name} makes unsatisfiable: it leaves ${list(left(fatal.name))}`,
      "a policy that can still be satisfied when any one zone is lost",
    ),
  ];
}

function finding(rule: EndorsementRule, found: string, allowed: string): Finding {
  return {
    document: "network",
    path: rule.path,
    found,
    allowed,
    fix: "give the organisations a peer in every full zone (`replicas: 2`), or write a policy that can do without one of them",
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
