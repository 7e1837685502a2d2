import { types } from "node:util";
import { GatewayError } from "@hyperledger/fabric-gateway";

/** A Fabric node understood the request and said no. */
export class Refusal extends Error {
  /**
   * @param node Who refused, as people know it: the pod
   * @param status Fabric's or HTTP's status number
   * @param said The node's own words
   */
  constructor(
    readonly node: string,
    readonly status: number,
    readonly said: string,
  ) {
    super(`${node} answered ${status}: ${said}`);
    this.name = "Refusal";
  }
}

/**
 * Why something failed, in words, with everything that the nodes said: a gateway's error keeps the useful part in its
 * details and not in its message, and gRPC and Node hide the cause in other places.
 */
export function inWords(error: unknown): string {
  if (error instanceof GatewayError && error.details.length > 0) {
    const details = error.details.map(({ address, mspId, message }) => `${address} (${mspId}): ${message}`);
    return `${error.message}; ${details.join("; ")}`;
  }
  if (error instanceof AggregateError) return error.errors.map(inWords).join("; ");
  // Not `instanceof Error`: a program may load its code in a realm of its own, whose errors are others.
  if (!types.isNativeError(error)) return String(error);
  const text = error.message === "" ? error.name : error.message;
  return error.cause === undefined ? text : `${text} (${inWords(error.cause)})`;
}
