import { common, msp } from "@hyperledger/fabric-protos";

/** Who has to sign a config update: the policies named Admins of the groups that it changes, as the config has them. */

/** A group whose admins have not agreed to a change. */
export interface OpenAgreement {
  /** Path of the group, such as `Channel/Orderer`. */
  readonly group: string;
  /** MSP ids of those of its organisations that could still sign. */
  readonly missing: readonly string[];
}

/** The groups that an update changes and whose admins these signers are not, or not enough of; empty if all agree. */
export function openAgreements(
  config: common.Config,
  update: common.ConfigUpdate,
  signers: ReadonlySet<string>,
): OpenAgreement[] {
  const open: OpenAgreement[] = [];
  const visit = (
    path: string,
    group: common.ConfigGroup | undefined,
    reads: common.ConfigGroup | undefined,
    writes: common.ConfigGroup | undefined,
  ): void => {
    if (group === undefined || writes === undefined) return;
    if (changesItself(reads, writes) && !satisfied(group, "Admins", signers)) {
      open.push({ group: path, missing: organisationsBelow(path, group).filter((mspId) => !signers.has(mspId)) });
    }
    writes.getGroupsMap().forEach((child, name) => {
      visit(`${path}/${name}`, group.getGroupsMap().get(name), reads?.getGroupsMap().get(name), child);
    });
  };
  visit("Channel", config.getChannelGroup(), update.getReadSet(), update.getWriteSet());
  return open;
}

/** Whether the group's own version goes up (members added or removed), or one of its values or policies is written. */
function changesItself(reads: common.ConfigGroup | undefined, writes: common.ConfigGroup): boolean {
  if (writes.getVersion() !== (reads?.getVersion() ?? 0)) return true;
  let changed = false;
  writes.getValuesMap().forEach((value, name) => {
    changed ||= value.getVersion() !== (reads?.getValuesMap().get(name)?.getVersion() ?? -1);
  });
  writes.getPoliciesMap().forEach((policy, name) => {
    changed ||= policy.getVersion() !== (reads?.getPoliciesMap().get(name)?.getVersion() ?? -1);
  });
  return changed;
}

/** Groups of organisations have no groups below them. */
function organisationsBelow(path: string, group: common.ConfigGroup): string[] {
  const names: string[] = [];
  group.getGroupsMap().forEach((child, name) => names.push(...organisationsBelow(`${path}/${name}`, child)));
  return [...new Set(names.length === 0 ? [path.slice(path.lastIndexOf("/") + 1)] : names)].sort();
}

function satisfied(group: common.ConfigGroup, name: string, signers: ReadonlySet<string>): boolean {
  const policy = group.getPoliciesMap().get(name)?.getPolicy();
  if (policy === undefined) return false;
  switch (policy.getType()) {
    case common.Policy.PolicyType.IMPLICIT_META:
      return metaSatisfied(group, common.ImplicitMetaPolicy.deserializeBinary(policy.getValue_asU8()), signers);
    case common.Policy.PolicyType.SIGNATURE: {
      const envelope = common.SignaturePolicyEnvelope.deserializeBinary(policy.getValue_asU8());
      const rule = envelope.getRule();
      return rule !== undefined && ruleSatisfied(rule, envelope.getIdentitiesList(), signers);
    }
    default:
      return false;
  }
}

function metaSatisfied(
  group: common.ConfigGroup,
  meta: common.ImplicitMetaPolicy,
  signers: ReadonlySet<string>,
): boolean {
  const children: common.ConfigGroup[] = [];
  group.getGroupsMap().forEach((child) => children.push(child));
  const agreed = children.filter((child) => satisfied(child, meta.getSubPolicy(), signers)).length;
  switch (meta.getRule()) {
    case common.ImplicitMetaPolicy.Rule.ANY:
      return agreed >= Math.min(1, children.length);
    case common.ImplicitMetaPolicy.Rule.ALL:
      return agreed === children.length;
    case common.ImplicitMetaPolicy.Rule.MAJORITY:
      return agreed >= (children.length === 0 ? 0 : Math.floor(children.length / 2) + 1);
  }
}

/** One administrator signs for each organisation, and is a member of it as well. */
function ruleSatisfied(
  rule: common.SignaturePolicy,
  identities: readonly msp.MSPPrincipal[],
  signers: ReadonlySet<string>,
): boolean {
  const gate = rule.getNOutOf();
  if (gate !== undefined) {
    return gate.getRulesList().filter((one) => ruleSatisfied(one, identities, signers)).length >= gate.getN();
  }
  const principal = identities[rule.getSignedBy()];
  if (principal?.getPrincipalClassification() !== msp.MSPPrincipal.Classification.ROLE) return false;
  const role = msp.MSPRole.deserializeBinary(principal.getPrincipal_asU8());
  const { ADMIN, MEMBER } = msp.MSPRole.MSPRoleType;
  return signers.has(role.getMspIdentifier()) && (role.getRole() === ADMIN || role.getRole() === MEMBER);
}
