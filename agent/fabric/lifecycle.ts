import { peer } from "@hyperledger/fabric-protos";
import { type ChaincodeDefinition, plugins } from "./chaincode-definition";
import { deadlines, type NodeConnection } from "./connection";
import type { AdminIdentity } from "./identity";
import { Refusal } from "./problem";
import { callChaincode } from "./proposal";

/** Questions to `_lifecycle` on one peer, and the arguments of what is submitted to it (Fabric `peer/lifecycle`). */

const { lifecycle } = peer;

/** The chaincode that manages chaincode. */
export const lifecycleChaincode = "_lifecycle";

/** What a channel has committed for a chaincode. */
export type CommittedDefinition = Omit<ChaincodeDefinition, "name">;

/** What an organisation has approved for one sequence. */
export interface ApprovedDefinition extends CommittedDefinition {
  /** Undefined if it approved without having the chaincode itself. */
  readonly packageId: string | undefined;
}

/** Ids of the packages that a peer has installed. */
export async function installedPackages(connection: NodeConnection, identity: AdminIdentity): Promise<string[]> {
  const args = ["QueryInstalledChaincodes", new lifecycle.QueryInstalledChaincodesArgs().serializeBinary()];
  const answer = await callChaincode(connection, identity, { channel: "", chaincode: lifecycleChaincode, args });
  return lifecycle.QueryInstalledChaincodesResult.deserializeBinary(answer)
    .getInstalledChaincodesList()
    .map((installed) => installed.getPackageId());
}

/**
 * Installs a package on a peer; one that is there already is left as it is.
 * @throws Refusal with the builder's words if the peer cannot build it.
 */
export async function install(connection: NodeConnection, identity: AdminIdentity, content: Uint8Array): Promise<void> {
  const message = new lifecycle.InstallChaincodeArgs();
  message.setChaincodeInstallPackage(content);
  const args = ["InstallChaincode", message.serializeBinary()];
  try {
    await callChaincode(connection, identity, { channel: "", chaincode: lifecycleChaincode, args }, deadlines.install);
  } catch (error) {
    if (!(error instanceof Refusal && error.said.includes("already successfully installed"))) throw error;
  }
}

/** What the channel has committed for a chaincode, or undefined if nothing yet. */
export async function committedDefinition(
  connection: NodeConnection,
  identity: AdminIdentity,
  channel: string,
  name: string,
): Promise<CommittedDefinition | undefined> {
  const question = new lifecycle.QueryChaincodeDefinitionArgs();
  question.setName(name);
  const args = ["QueryChaincodeDefinition", question.serializeBinary()];
  const answer = await unlessAbsent(
    callChaincode(connection, identity, { channel, chaincode: lifecycleChaincode, args }),
    "is not defined",
  );
  return answer && definitionOf(lifecycle.QueryChaincodeDefinitionResult.deserializeBinary(answer));
}

/** What the peer's own organisation has approved for this sequence, or undefined if nothing. */
export async function approvedDefinition(
  connection: NodeConnection,
  identity: AdminIdentity,
  channel: string,
  { name, sequence }: Pick<ChaincodeDefinition, "name" | "sequence">,
): Promise<ApprovedDefinition | undefined> {
  const question = new lifecycle.QueryApprovedChaincodeDefinitionArgs();
  question.setName(name);
  question.setSequence(sequence);
  const args = ["QueryApprovedChaincodeDefinition", question.serializeBinary()];
  const answer = await unlessAbsent(
    callChaincode(connection, identity, { channel, chaincode: lifecycleChaincode, args }),
    "could not fetch approved chaincode definition",
  );
  if (answer === undefined) return undefined;
  const result = lifecycle.QueryApprovedChaincodeDefinitionResult.deserializeBinary(answer);
  return { ...definitionOf(result), packageId: result.getSource()?.getLocalPackage()?.getPackageId() };
}

/** Which organisations, by MSP id, have approved exactly this definition. */
export async function approvals(
  connection: NodeConnection,
  identity: AdminIdentity,
  channel: string,
  definition: ChaincodeDefinition,
): Promise<ReadonlyMap<string, boolean>> {
  const question = filled(new lifecycle.CheckCommitReadinessArgs(), definition);
  const args = ["CheckCommitReadiness", question.serializeBinary()];
  const answer = await callChaincode(connection, identity, { channel, chaincode: lifecycleChaincode, args });
  const found = new Map<string, boolean>();
  lifecycle.CheckCommitReadinessResult.deserializeBinary(answer)
    .getApprovalsMap()
    .forEach((approved, mspId) => found.set(mspId, approved));
  return found;
}

/** The argument of ApproveChaincodeDefinitionForMyOrg. */
export function approvalOf(definition: ChaincodeDefinition, packageId: string): Uint8Array {
  const local = new lifecycle.ChaincodeSource.Local();
  local.setPackageId(packageId);
  const source = new lifecycle.ChaincodeSource();
  source.setLocalPackage(local);
  const message = filled(new lifecycle.ApproveChaincodeDefinitionForMyOrgArgs(), definition);
  message.setSource(source);
  return message.serializeBinary();
}

/** The argument of CommitChaincodeDefinition. */
export function commitmentOf(definition: ChaincodeDefinition): Uint8Array {
  return filled(new lifecycle.CommitChaincodeDefinitionArgs(), definition).serializeBinary();
}

type DefinitionArgs =
  | peer.lifecycle.ApproveChaincodeDefinitionForMyOrgArgs
  | peer.lifecycle.CommitChaincodeDefinitionArgs
  | peer.lifecycle.CheckCommitReadinessArgs;

function filled<M extends DefinitionArgs>(message: M, definition: ChaincodeDefinition): M {
  message.setName(definition.name);
  message.setSequence(definition.sequence);
  message.setVersion(definition.version);
  message.setEndorsementPlugin(plugins.endorsement);
  message.setValidationPlugin(plugins.validation);
  message.setValidationParameter(definition.validationParameter);
  message.setCollections(definition.collections);
  message.setInitRequired(definition.initRequired);
  return message;
}

function definitionOf(
  result: peer.lifecycle.QueryChaincodeDefinitionResult | peer.lifecycle.QueryApprovedChaincodeDefinitionResult,
): CommittedDefinition {
  return {
    sequence: result.getSequence(),
    version: result.getVersion(),
    validationParameter: result.getValidationParameter_asU8(),
    collections: result.getCollections() ?? new peer.CollectionConfigPackage(),
    initRequired: result.getInitRequired(),
  };
}

/** A peer says in words only that it has nothing to tell. */
async function unlessAbsent(answer: Promise<Uint8Array>, words: string): Promise<Uint8Array | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof Refusal && error.said.includes(words)) return undefined;
    throw error;
  }
}
