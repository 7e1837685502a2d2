/** What an agent says about a channel, a node or a chaincode, in the form of Kubernetes conditions. */
export interface Condition {
  readonly type: ConditionType;
  readonly status: "True" | "False" | "Unknown";
  /** One word in CamelCase, for programs. */
  readonly reason: string;
  /** What was found, for people. */
  readonly message: string;
  /** Kind and name, such as `channel/trade` or `peer/peer0-bank-a-1`. */
  readonly object: string;
  /** What somebody has to do; absent where waiting is enough. */
  readonly remedy?: string;
}

export type ConditionType =
  /** All organisations have published their certificates. */
  | "IdentitiesPublished"
  /** An ordering node shows a TLS certificate of its organisation, for its own name. */
  | "ConsentersVerified"
  /** The channel's first block exists. */
  | "ChannelCreated"
  | "OrdererJoined"
  | "PeerJoined"
  /** The channel's config is what the model wants. */
  | "ChannelConfigured"
  | "ChaincodeInstalled"
  | "ChaincodeApproved"
  | "ChaincodeCommitted";

/** What is as it should be. */
export function isSo(type: ConditionType, object: string, reason: string, message: string): Condition {
  return { type, status: "True", reason, message, object };
}

/** What is not, or not yet. */
export function isNotSo(
  type: ConditionType,
  object: string,
  reason: string,
  message: string,
  remedy?: string,
): Condition {
  return { type, status: "False", reason, message, object, ...(remedy === undefined ? {} : { remedy }) };
}

/** What cannot be seen at the moment. */
export function isUnseen(type: ConditionType, object: string, reason: string, message: string): Condition {
  return { type, status: "Unknown", reason, message, object };
}

/** Whether nothing is left to do or to wait for. */
export function isReconciled(conditions: readonly Condition[]): boolean {
  return conditions.every(({ status }) => status === "True");
}
