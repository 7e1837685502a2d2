/**
 * Fabric's two kinds of policy as typed values: what people write in channel and chaincode definitions
 * (Fabric docs, "Policies" and "Endorsement policies"; grammar: `fabric/common/policydsl/policyparser.go`).
 */

export const policyRoles = ["member", "admin", "client", "peer", "orderer"] as const;
/** Role of a principal. With node OUs an identity has exactly one of admin, client, peer, orderer, and is a member. */
export type PolicyRole = (typeof policyRoles)[number];

export const implicitMetaRules = ["ANY", "ALL", "MAJORITY"] as const;
export type ImplicitMetaRule = (typeof implicitMetaRules)[number];

/** Policies that every organisation of a channel has, and over which an ImplicitMeta policy counts. */
export const organisationPolicies = ["Readers", "Writers", "Admins", "Endorsement"] as const;
export type OrganisationPolicy = (typeof organisationPolicies)[number];

/** `MAJORITY Admins`: so many of the channel's organisations must satisfy their own policy of that name. */
export interface ImplicitMetaPolicy {
  readonly type: "implicitMeta";
  readonly rule: ImplicitMetaRule;
  readonly subPolicy: OrganisationPolicy;
}

/** One signature by an identity of an MSP that has a role. */
export interface Principal {
  readonly type: "principal";
  readonly mspId: string;
  readonly role: PolicyRole;
}

/** At least `n` of the rules. `AND` is n = all of them, `OR` is n = 1: Fabric's wire format knows no other gate. */
export interface OutOf {
  readonly type: "outOf";
  readonly n: number;
  readonly rules: readonly SignatureRule[];
}

export type SignatureRule = Principal | OutOf;

/** `AND('Org1MSP.peer', …)`, `OR(…)` or `OutOf(2, …)`. */
export interface SignaturePolicy {
  readonly type: "signature";
  readonly rule: OutOf;
}

export type Policy = ImplicitMetaPolicy | SignaturePolicy;

/** The policy in the form that Fabric's tools read; {@link parsePolicy} gives the same policy back. */
export function printPolicy(policy: Policy): string {
  return policy.type === "implicitMeta" ? `${policy.rule} ${policy.subPolicy}` : printRule(policy.rule);
}

function printRule(rule: SignatureRule): string {
  if (rule.type === "principal") return `'${rule.mspId}.${rule.role}'`;
  const rules = rule.rules.map(printRule).join(", ");
  if (rule.n === rule.rules.length) return `AND(${rules})`;
  return rule.n === 1 ? `OR(${rules})` : `OutOf(${rule.n}, ${rules})`;
}

/** Every principal of a policy in the order of the text; none for an ImplicitMeta policy. */
export function principalsOf(policy: Policy): Principal[] {
  return policy.type === "implicitMeta" ? [] : principalsIn(policy.rule);
}

export function principalsIn(rule: SignatureRule): Principal[] {
  return rule.type === "principal" ? [rule] : rule.rules.flatMap(principalsIn);
}
