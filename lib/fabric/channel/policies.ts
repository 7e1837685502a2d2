import { common, msp } from "@hyperledger/fabric-protos";
import type { ImplicitMetaPolicy, OutOf, PolicyRole, Principal } from "../policy";
import { parsePolicy } from "../policy-grammar";

/**
 * The messages that Fabric keeps policies as. Principals are numbered in the order in which Fabric's own parser meets
 * them (`common/policydsl`: inner gates first, every mention anew), so that configs of both compare as equal.
 */

const roles: Readonly<Record<PolicyRole, msp.MSPRole.MSPRoleTypeMap[keyof msp.MSPRole.MSPRoleTypeMap]>> = {
  member: msp.MSPRole.MSPRoleType.MEMBER,
  admin: msp.MSPRole.MSPRoleType.ADMIN,
  client: msp.MSPRole.MSPRoleType.CLIENT,
  peer: msp.MSPRole.MSPRoleType.PEER,
  orderer: msp.MSPRole.MSPRoleType.ORDERER,
};

/**
 * A policy of a channel config from its text (`MAJORITY Admins`, `AND('Org1MSP.peer', …)`).
 * @throws RangeError for a text that is no policy. Network files are checked before (lib/spec).
 */
export function configPolicy(text: string, modPolicy: string): common.ConfigPolicy {
  const policy = new common.ConfigPolicy();
  policy.setModPolicy(modPolicy);
  policy.setPolicy(policyMessage(text));
  return policy;
}

function policyMessage(text: string): common.Policy {
  const parsed = parsePolicy(text);
  if (!parsed.ok) {
    const { found, position, allowed } = parsed.error;
    throw new RangeError(`"${text}" is no policy: found ${found} at ${position}, expected ${allowed}`);
  }
  const message = new common.Policy();
  if (parsed.policy.type === "implicitMeta") {
    message.setType(common.Policy.PolicyType.IMPLICIT_META);
    message.setValue(implicitMeta(parsed.policy).serializeBinary());
  } else {
    message.setType(common.Policy.PolicyType.SIGNATURE);
    message.setValue(signaturePolicyEnvelope(parsed.policy.rule).serializeBinary());
  }
  return message;
}

function implicitMeta({ rule, subPolicy }: ImplicitMetaPolicy): common.ImplicitMetaPolicy {
  const message = new common.ImplicitMetaPolicy();
  message.setRule(common.ImplicitMetaPolicy.Rule[rule]);
  message.setSubPolicy(subPolicy);
  return message;
}

/** A signature policy as channels, chaincode definitions and collections hold it. */
export function signaturePolicyEnvelope(rule: OutOf): common.SignaturePolicyEnvelope {
  const identities: msp.MSPPrincipal[] = [];
  const envelope = new common.SignaturePolicyEnvelope();
  envelope.setRule(gate(rule, identities));
  envelope.setIdentitiesList(identities);
  return envelope;
}

function gate({ n, rules }: OutOf, identities: msp.MSPPrincipal[]): common.SignaturePolicy {
  const inner = new Map<OutOf, common.SignaturePolicy>();
  for (const rule of rules) if (rule.type === "outOf") inner.set(rule, gate(rule, identities));
  const nOutOf = new common.SignaturePolicy.NOutOf();
  nOutOf.setN(n);
  for (const rule of rules) {
    nOutOf.addRules(rule.type === "outOf" ? inner.get(rule) : signedBy(identities.push(principal(rule)) - 1));
  }
  const policy = new common.SignaturePolicy();
  policy.setNOutOf(nOutOf);
  return policy;
}

function signedBy(identity: number): common.SignaturePolicy {
  const policy = new common.SignaturePolicy();
  policy.setSignedBy(identity);
  return policy;
}

function principal({ mspId, role }: Principal): msp.MSPPrincipal {
  const mspRole = new msp.MSPRole();
  mspRole.setMspIdentifier(mspId);
  mspRole.setRole(roles[role]);
  const message = new msp.MSPPrincipal();
  message.setPrincipalClassification(msp.MSPPrincipal.Classification.ROLE);
  message.setPrincipal(mspRole.serializeBinary());
  return message;
}
