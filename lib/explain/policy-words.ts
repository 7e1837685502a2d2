import type { ImplicitMetaPolicy, OrganisationPolicy, PolicyRole, SignatureRule } from "../fabric/policy";
import { parsePolicy } from "../fabric/policy-grammar";
import { listed } from "../spec/words";

/** Who satisfies an organisation's own policy of that name, as channel configs define them. */
const satisfiers: Readonly<Record<OrganisationPolicy, string>> = {
  Readers: "an administrator, peer or client",
  Writers: "an administrator or client",
  Admins: "an administrator",
  Endorsement: "a peer",
};

const holders: Readonly<Record<PolicyRole, string>> = {
  member: "anybody",
  admin: "an administrator",
  client: "a client",
  peer: "a peer",
  orderer: "an ordering node",
};

/**
 * A policy as a person would say it: `a peer of any 2 of the 3 members`, `a peer of Org1MSP and a peer of Org2MSP`.
 * @param members How many organisations an ImplicitMeta policy counts.
 */
export function policyInWords(text: string, members: number): string {
  const parsed = parsePolicy(text);
  if (!parsed.ok) return text;
  const { policy } = parsed;
  return policy.type === "implicitMeta"
    ? `${satisfiers[policy.subPolicy]} of ${countInWords(policy.rule, members)}`
    : ruleInWords(policy.rule);
}

function countInWords(rule: ImplicitMetaPolicy["rule"], members: number): string {
  const needed = { ANY: 1, ALL: members, MAJORITY: Math.floor(members / 2) + 1 }[rule];
  if (members === 1) return "the only member";
  if (needed === members) return `each of the ${members} members`;
  return needed === 1 ? "any member" : `each of any ${needed} of the ${members} members`;
}

function ruleInWords(rule: SignatureRule): string {
  if (rule.type === "principal") return `${holders[rule.role]} of ${rule.mspId}`;
  const parts = rule.rules.map((inner) =>
    inner.type === "outOf" && inner.rules.length > 1 ? `(${ruleInWords(inner)})` : ruleInWords(inner),
  );
  if (rule.n === rule.rules.length) return listed(parts, "and");
  return rule.n === 1 ? listed(parts, "or") : `any ${rule.n} of: ${parts.join(", ")}`;
}
