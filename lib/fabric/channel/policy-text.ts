import { common, msp } from "@hyperledger/fabric-protos";
import { nameOf } from "./decode-policy";

/** A policy of a config as people write it, or what can be said of one that has no such form. */
export function policyText(policy: common.Policy = new common.Policy()): string {
  const content = policy.getValue_asU8();
  switch (policy.getType()) {
    case common.Policy.PolicyType.IMPLICIT_META: {
      const meta = common.ImplicitMetaPolicy.deserializeBinary(content);
      return `${nameOf(common.ImplicitMetaPolicy.Rule, meta.getRule())} ${meta.getSubPolicy()}`;
    }
    case common.Policy.PolicyType.SIGNATURE: {
      const envelope = common.SignaturePolicyEnvelope.deserializeBinary(content);
      return ruleText(envelope.getRule(), envelope.getIdentitiesList().map(principalText));
    }
    default:
      return "a policy of another kind";
  }
}

/** In the words of `printPolicy` (lib/fabric/policy). */
function ruleText(rule: common.SignaturePolicy | undefined, principals: readonly string[]): string {
  const gate = rule?.getNOutOf();
  if (gate === undefined) return principals[rule?.getSignedBy() ?? 0] ?? "nobody";
  const rules = gate.getRulesList();
  const texts = rules.map((inner) => ruleText(inner, principals)).join(", ");
  if (gate.getN() === rules.length) return `AND(${texts})`;
  return gate.getN() === 1 ? `OR(${texts})` : `OutOf(${gate.getN()}, ${texts})`;
}

function principalText(principal: msp.MSPPrincipal): string {
  if (principal.getPrincipalClassification() !== msp.MSPPrincipal.Classification.ROLE) return "an identity";
  const role = msp.MSPRole.deserializeBinary(principal.getPrincipal_asU8());
  return `'${role.getMspIdentifier()}.${String(nameOf(msp.MSPRole.MSPRoleType, role.getRole())).toLowerCase()}'`;
}
