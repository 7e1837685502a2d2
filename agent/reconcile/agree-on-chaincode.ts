import type { ChaincodePackage } from "../../lib/fabric/chaincode-package";
import type { ConsortiumChaincode, ConsortiumChannel } from "../../lib/fabric/consortium";
import { canEndorse } from "../../lib/fabric/endorsability";
import { parsePolicy } from "../../lib/fabric/policy-grammar";
import { type ChaincodeDefinition, chaincodeDefinition, differences } from "../fabric/chaincode-definition";
import type { NodeConnection } from "../fabric/connection";
import { submitToLifecycle } from "../fabric/gateway";
import {
  approvalOf,
  approvals,
  approvedDefinition,
  commitmentOf,
  type CommittedDefinition,
  committedDefinition,
  installedPackages,
} from "../fabric/lifecycle";
import { inWords } from "../fabric/problem";
import { type Condition, type ConditionType, isNotSo, isSo } from "./condition";
import { organisationNamed, type Pass } from "./pass";

/** What the steps of one chaincode share. */
interface Agreement {
  readonly pass: Pass;
  readonly channel: ConsortiumChannel;
  readonly object: string;
  readonly definition: ChaincodeDefinition;
  readonly packageId: string;
  /** An own peer that has joined and answers. */
  readonly peer: NodeConnection;
}

/**
 * Approves a chaincode's definition for the own organisation, and commits it for the channel if the own organisation is
 * the first member that has peers. Whatever the channel or the organisation holds already is read from a peer first.
 */
export async function agreeOnChaincode(
  pass: Pass,
  channel: ConsortiumChannel,
  chaincode: ConsortiumChaincode,
  wanted: ChaincodePackage,
  peer: NodeConnection,
): Promise<readonly Condition[]> {
  const object = `chaincode/${channel.name}/${chaincode.name}`;
  let definition: ChaincodeDefinition;
  try {
    definition = chaincodeDefinition(chaincode, channel, pass.consortium);
  } catch (error) {
    const remedy = "Change the policy in the network file.";
    return both((type) => isNotSo(type, object, "Impossible", inWords(error), remedy));
  }
  const agreement = { pass, channel, object, definition, packageId: wanted.packageId, peer };
  try {
    const committed = await committedDefinition(peer, pass.identity, channel.name, definition.name);
    const conflict = conflictWith(agreement, committed);
    if (conflict !== undefined) return both(conflict);
    const approved = await approve(agreement);
    if (committed?.sequence === definition.sequence) return [approved, isCommitted(agreement)];
    return [approved, approved.status === "True" ? await commit(agreement) : awaits(agreement, "the own approval")];
  } catch (error) {
    return both((type) => isNotSo(type, object, "Failed", inWords(error)));
  }
}

function both(condition: (type: ConditionType) => Condition): Condition[] {
  return (["ChaincodeApproved", "ChaincodeCommitted"] as const).map(condition);
}

/** Why the model's definition cannot become the channel's. */
function conflictWith(
  { definition, object }: Agreement,
  committed: CommittedDefinition | undefined,
): ((type: ConditionType) => Condition) | undefined {
  const last = committed?.sequence ?? 0;
  const { name, sequence } = definition;
  if (committed !== undefined && sequence === last) {
    const different = differences(definition, committed);
    if (different.length === 0) return undefined;
    const message = `sequence ${last} of ${name} is committed with another ${different.join(", ")} than the model's`;
    return (type) =>
      isNotSo(type, object, "DefinitionMismatch", message, `Raise the sequence of ${name} to ${last + 1}.`);
  }
  if (sequence === last + 1) return undefined;
  const message = `the model has sequence ${sequence} of ${name}, the channel has ${last}`;
  const remedy =
    sequence < last
      ? `Write what the channel has into the network file, with sequence ${last}, or a change with ${last + 1}.`
      : `Sequences go up one at a time: give ${name} the sequence ${last + 1}.`;
  return (type) => isNotSo(type, object, sequence < last ? "ModelBehind" : "SequenceGap", message, remedy);
}

async function approve(agreement: Agreement): Promise<Condition> {
  const { pass, channel, object, definition, packageId, peer } = agreement;
  const { name, sequence } = definition;
  const approved = await approvedDefinition(peer, pass.identity, channel.name, definition);
  const agreed = approved?.packageId === packageId && differences(definition, approved).length === 0;
  const told = isSo("ChaincodeApproved", object, "Approved", `sequence ${sequence} of ${name} is approved`);
  if (agreed) return told;
  if (!(await installedPackages(peer, pass.identity)).includes(packageId)) {
    return isNotSo("ChaincodeApproved", object, "NotInstalled", `${peer.node.pod} has not installed ${packageId}`);
  }
  try {
    await submitToLifecycle(peer, pass.identity, {
      channel: channel.name,
      transaction: "ApproveChaincodeDefinitionForMyOrg",
      argument: approvalOf(definition, packageId),
      endorsers: [pass.own.mspId],
    });
  } catch (error) {
    return isNotSo("ChaincodeApproved", object, "Refused", `${name} cannot be approved yet: ${inWords(error)}`);
  }
  await pass.did(`approved sequence ${sequence} of ${name} on ${channel.name} for ${pass.own.name}`);
  return told;
}

async function commit(agreement: Agreement): Promise<Condition> {
  const { pass, channel, object, definition, peer } = agreement;
  const members = channel.members.map((name) => organisationNamed(pass.consortium, name));
  const readiness = await approvals(peer, pass.identity, channel.name, definition);
  const willing = members.filter(({ mspId }) => readiness.get(mspId) === true);
  const policy = parsePolicy(channel.policies.lifecycleEndorsement);
  const peersOf = new Map(willing.map(({ mspId, peers }) => [mspId, peers.length]));
  const mspIds = members.map(({ mspId }) => mspId);
  if (!policy.ok || !canEndorse(policy.policy, peersOf, mspIds)) {
    const missing = members.filter((member) => member.peers.length > 0 && !willing.includes(member));
    return awaits(agreement, `the approval of ${missing.map(({ name }) => name).join(", ")}`);
  }
  const committer = members.find(({ peers }) => peers.length > 0);
  if (committer !== undefined && committer.name !== pass.own.name) return awaits(agreement, committer.name);
  const commitment = {
    channel: channel.name,
    transaction: "CommitChaincodeDefinition",
    argument: commitmentOf(definition),
  } as const;
  const endorsers = willing.filter(({ peers }) => peers.length > 0).map(({ mspId }) => mspId);
  try {
    await submitToLifecycle(peer, pass.identity, { ...commitment, endorsers });
  } catch (error) {
    try {
      // Somebody who approved may have no peer up now, and enough others may.
      await submitToLifecycle(peer, pass.identity, commitment);
    } catch {
      const message = `${definition.name} cannot be committed yet: ${inWords(error)}`;
      return isNotSo("ChaincodeCommitted", object, "Refused", message);
    }
  }
  await pass.did(`committed sequence ${definition.sequence} of ${definition.name} on ${channel.name}`);
  return isCommitted(agreement);
}

function isCommitted({ object, definition: { name, sequence } }: Agreement): Condition {
  return isSo("ChaincodeCommitted", object, "Committed", `sequence ${sequence} of ${name} is committed`);
}

function awaits({ object, definition: { name, sequence } }: Agreement, whom: string): Condition {
  const message = `sequence ${sequence} of ${name} is not committed yet: it waits for ${whom}`;
  return isNotSo("ChaincodeCommitted", object, "AwaitsOthers", message);
}
