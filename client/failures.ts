import { status } from "@grpc/grpc-js";
import { GatewayError } from "@hyperledger/fabric-gateway";

/** A transaction that ended up in a block and was found invalid there. It changed nothing. */
export class TransactionInvalid extends Error {
  override readonly name = "TransactionInvalid";
  /**
   * @param code Fabric's validation code, such as `MVCC_READ_CONFLICT` or `ENDORSEMENT_POLICY_FAILURE`
   */
  constructor(
    readonly transactionId: string,
    readonly code: string,
    readonly blockNumber: bigint,
  ) {
    super(`transaction ${transactionId} is in block ${blockNumber} and invalid: ${code}`);
  }
}

/**
 * A transaction of which nobody could tell in time whether it is in a block. It may still come: ask for its status, or
 * submit the same envelope again, but never endorse it anew, or it may happen twice.
 */
export class OutcomeUnknown extends Error {
  override readonly name = "OutcomeUnknown";
  constructor(
    readonly transactionId: string,
    readonly afterMs: number,
    override readonly cause: unknown,
  ) {
    super(
      `nobody could tell within ${afterMs} ms whether transaction ${transactionId} was committed: ${inWords(cause)}`,
    );
  }
}

/**
 * An error with everything that was said about it. What a chaincode or an ordering node said is not in the message of a
 * gateway's error but in its details, one for each node.
 */
export function inWords(error: unknown): string {
  if (!(error instanceof GatewayError)) return error instanceof Error ? error.message : String(error);
  const details = error.details.map(({ address, mspId, message }) => `${address} (${mspId}): ${message}`);
  return [error.message, ...details].join("; ");
}

/**
 * Whether another peer, or the same one a moment later, might well give another answer: nodes that are away, too busy or
 * behind. What a chaincode itself has refused stays refused.
 */
export function mayPass(error: unknown): boolean {
  if (!(error instanceof GatewayError)) return false;
  return passing.has(error.code) || (doubtful.has(error.code) && !saidByChaincode(error));
}

const passing: ReadonlySet<number> = new Set([
  status.UNAVAILABLE,
  status.DEADLINE_EXCEEDED,
  status.RESOURCE_EXHAUSTED,
  // Too few endorsing peers are known at the moment.
  status.FAILED_PRECONDITION,
]);

/** Said of endorsers that are away or behind, but also of those whose chaincode said no. */
const doubtful: ReadonlySet<number> = new Set([status.ABORTED, status.UNKNOWN]);

/**
 * Whether a transaction that could not be handed in may well be taken later. Ordering nodes that are away say nothing;
 * one that says no to a transaction (`ABORTED`) will say so again.
 */
export function mayBeTaken(error: unknown): boolean {
  return error instanceof GatewayError && passing.has(error.code);
}

/** The peer's words around what a chaincode answered (Fabric `internal/pkg/gateway`). */
function saidByChaincode(error: GatewayError): boolean {
  return [error.message, ...error.details.map(({ message }) => message)].some((said) =>
    said.includes("chaincode response"),
  );
}
