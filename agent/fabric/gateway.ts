import { connect, hash } from "@hyperledger/fabric-gateway";
import { deadlines, type NodeConnection } from "./connection";
import type { AdminIdentity } from "./identity";
import { lifecycleChaincode } from "./lifecycle";

/** What is to be submitted to `_lifecycle`. */
export interface LifecycleTransaction {
  readonly channel: string;
  readonly transaction: "ApproveChaincodeDefinitionForMyOrg" | "CommitChaincodeDefinition";
  readonly argument: Uint8Array;
  /** MSP ids of those whose peers are to endorse it; without them the gateway looks for enough itself. */
  readonly endorsers?: readonly string[];
}

/**
 * Submits a transaction through the gateway of a peer and waits until that peer has committed it.
 * @throws Error with what peers and orderers said (`inWords`), or with the validation code if it was found invalid.
 */
export async function submitToLifecycle(
  connection: NodeConnection,
  identity: AdminIdentity,
  { channel, transaction, argument, endorsers }: LifecycleTransaction,
): Promise<void> {
  const within = (ms: number) => () => ({ deadline: Date.now() + ms });
  const gateway = connect({
    client: connection.client,
    identity: { mspId: identity.mspId, credentials: Buffer.from(identity.certificate) },
    signer: (digest) => identity.sign(digest),
    hash: hash.sha256,
    endorseOptions: within(deadlines.endorse),
    submitOptions: within(deadlines.submit),
    commitStatusOptions: within(deadlines.commit),
  });
  try {
    await gateway
      .getNetwork(channel)
      .getContract(lifecycleChaincode)
      .submit(transaction, {
        arguments: [argument],
        ...(endorsers === undefined ? {} : { endorsingOrganizations: [...endorsers] }),
      });
  } finally {
    gateway.close();
  }
}
