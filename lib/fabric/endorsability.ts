import {
  principalsIn,
  type ImplicitMetaRule,
  type OrganisationPolicy,
  type Policy,
  type PolicyRole,
  type SignatureRule,
} from "./policy";

/** How many peers of each MSP can endorse. An MSP that is not listed has none. */
export type EndorsingPeers = ReadonlyMap<string, number>;

/** Above so many combinations of endorsements the search stops and trusts {@link possible}; real policies stay far below. */
const mostCombinations = 100_000;

/**
 * Can these peers endorse a transaction under this policy?
 *
 * Fabric counts one signature once, so `AND('Org1MSP.peer','Org1MSP.peer')` needs two peers of Org1, and it walks the
 * rules greedily without going back (`fabric/common/cauthdsl/cauthdsl.go`): `AND(OR(A, B), A)` is *not* satisfied by one
 * endorsement of A and one of B, since the OR uses up both. A gateway may gather any of the endorsements that it can
 * get, so the answer is whether any choice of them satisfies the policy. More peers never turn a yes into a no.
 *
 * @param members MSP ids of the channel's organisations, over which an ImplicitMeta policy counts
 */
export function canEndorse(policy: Policy, peers: EndorsingPeers, members: readonly string[]): boolean {
  if (policy.type === "implicitMeta") {
    const able = members.filter((member) => peerSatisfies(policy.subPolicy) && (peers.get(member) ?? 0) > 0);
    return able.length >= implicitMetaThreshold(policy.rule, members.length);
  }
  return satisfiable(policy.rule, peers);
}

/** Organisations that must agree, of so many (Fabric docs, "Policies": MAJORITY is more than half). */
function implicitMetaThreshold(rule: ImplicitMetaRule, organisations: number): number {
  switch (rule) {
    case "ANY":
      return Math.min(1, organisations);
    case "ALL":
      return organisations;
    case "MAJORITY":
      return organisations === 0 ? 0 : Math.floor(organisations / 2) + 1;
  }
}

/** Can an endorsement, which a peer signs, fill this role? With node OUs a peer is no client, admin or orderer. */
export function endorsesAs(role: PolicyRole): boolean {
  return role === "peer" || role === "member";
}

/** Organisations' own policies: Endorsement asks for a peer, Readers accepts one, Writers and Admins do not. */
function peerSatisfies(subPolicy: OrganisationPolicy): boolean {
  return subPolicy === "Endorsement" || subPolicy === "Readers";
}

function satisfiable(rule: SignatureRule, peers: EndorsingPeers): boolean {
  if (!possible(rule, peers)) return false;
  const named = new Map<string, number>();
  for (const { mspId, role } of principalsIn(rule)) {
    if (endorsesAs(role)) named.set(mspId, (named.get(mspId) ?? 0) + 1);
  }
  // Where no organisation is named twice no two rules want the same signature, and what is possible is enough.
  if ([...named.values()].every((times) => times === 1)) return true;
  const most = [...named].map(([mspId, times]) => [mspId, Math.min(times, peers.get(mspId) ?? 0)] as const);
  const combinations = most.reduce((product, [, count]) => product * (count + 1), 1);
  if (combinations > mostCombinations) return true;
  for (const chosen of choices(most)) {
    if (accepts(rule, chosen, new Map())) return true;
  }
  return false;
}

/** An upper bound, cheap to have: as if one signature could count for many rules. */
function possible(rule: SignatureRule, peers: EndorsingPeers): boolean {
  if (rule.type === "principal") return endorsesAs(rule.role) && (peers.get(rule.mspId) ?? 0) > 0;
  return rule.rules.filter((one) => possible(one, peers)).length >= rule.n;
}

/** Every way to take between none and all of each MSP's signatures, the fullest first. */
function* choices(most: readonly (readonly [string, number])[]): Generator<Map<string, number>> {
  const [first, ...rest] = most;
  if (first === undefined) {
    yield new Map();
    return;
  }
  for (const others of choices(rest)) {
    for (let count = first[1]; count >= 0; count -= 1) yield new Map(others).set(first[0], count);
  }
}

/** Fabric's own evaluation: `used` signatures are kept by rules that hold, given back by rules that do not. */
function accepts(rule: SignatureRule, signatures: EndorsingPeers, used: Map<string, number>): boolean {
  if (rule.type === "principal") {
    const taken = used.get(rule.mspId) ?? 0;
    if (!endorsesAs(rule.role) || taken >= (signatures.get(rule.mspId) ?? 0)) return false;
    used.set(rule.mspId, taken + 1);
    return true;
  }
  let verified = 0;
  for (const one of rule.rules) {
    const attempt = new Map(used);
    if (!accepts(one, signatures, attempt)) continue;
    verified += 1;
    for (const [mspId, count] of attempt) used.set(mspId, count);
  }
  return verified >= rule.n;
}
