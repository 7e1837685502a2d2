import { common, msp } from "@hyperledger/fabric-protos";
import type { Json, WriteBytes } from "./json";

/** `common.Policy` with its value opened, as `configtxlator` shows it. */
export function decodePolicy(policy: common.Policy | undefined, bytes: WriteBytes): Json {
  if (policy === undefined) return null;
  return { type: policy.getType(), value: decodeContent(policy, bytes) };
}

function decodeContent(policy: common.Policy, bytes: WriteBytes): Json {
  const content = policy.getValue_asU8();
  if (content.length === 0) return null;
  switch (policy.getType()) {
    case common.Policy.PolicyType.IMPLICIT_META: {
      const meta = common.ImplicitMetaPolicy.deserializeBinary(content);
      return { rule: nameOf(common.ImplicitMetaPolicy.Rule, meta.getRule()), sub_policy: meta.getSubPolicy() };
    }
    case common.Policy.PolicyType.SIGNATURE: {
      const envelope = common.SignaturePolicyEnvelope.deserializeBinary(content);
      return {
        identities: envelope.getIdentitiesList().map((principal) => decodePrincipal(principal, bytes)),
        rule: decodeRule(envelope.getRule()),
        version: envelope.getVersion(),
      };
    }
    default:
      return bytes(content);
  }
}

function decodeRule(rule: common.SignaturePolicy | undefined): Json {
  const gate = rule?.getNOutOf();
  if (gate !== undefined) return { n_out_of: { n: gate.getN(), rules: gate.getRulesList().map(decodeRule) } };
  return rule === undefined ? null : { signed_by: rule.getSignedBy() };
}

function decodePrincipal(principal: msp.MSPPrincipal, bytes: WriteBytes): Json {
  const classification = principal.getPrincipalClassification();
  const content = principal.getPrincipal_asU8();
  return {
    principal: classification === msp.MSPPrincipal.Classification.ROLE ? decodeRole(content) : bytes(content),
    principal_classification: nameOf(msp.MSPPrincipal.Classification, classification),
  };
}

function decodeRole(content: Uint8Array): Json {
  const role = msp.MSPRole.deserializeBinary(content);
  return { msp_identifier: role.getMspIdentifier(), role: nameOf(msp.MSPRole.MSPRoleType, role.getRole()) };
}

/** The name of an enumeration's number; the number itself if this Fabric knows no name for it. */
export function nameOf(enumeration: object, value: number): string | number {
  return Object.entries(enumeration).find(([, number]) => number === value)?.[0] ?? value;
}
