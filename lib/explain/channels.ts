import { packageChaincode } from "../fabric/chaincode-package";
import type { Consortium, ConsortiumChaincode, ConsortiumChannel } from "../fabric/consortium";
import { counted, listed } from "../spec/words";
import { policyInWords } from "./policy-words";

/** A channel before any cluster exists, as people read it. */
export interface ToldChannel {
  readonly name: string;
  /** What holds for the channel and for each of its chaincodes, a sentence each. */
  readonly sentences: readonly string[];
}

/** Every channel with its members, policies, blocks and chaincodes. */
export function tellChannels(consortium: Consortium): ToldChannel[] {
  return consortium.channels.map((channel) => ({
    name: channel.name,
    sentences: [
      ...tellChannel(channel),
      ...consortium.chaincodes
        .filter((chaincode) => chaincode.channel === channel.name)
        .flatMap((chaincode) => tellChaincode(chaincode, channel)),
    ],
  }));
}

function tellChannel({ members, policies, batch }: ConsortiumChannel): string[] {
  const words = (policy: string) => policyInWords(policy, members.length);
  return [
    `Members: ${listed(members, "and")}.`,
    `Reading takes ${words(policies.readers)}; writing ${words(policies.writers)}; a change of the channel ${words(policies.admins)}.`,
    `Endorsement, where a chaincode says nothing else: ${words(policies.endorsement)}; a new chaincode: ${words(policies.lifecycleEndorsement)}.`,
    `A block is cut after ${batch.timeout}, ${counted(batch.maxMessages, "transaction")} or ${size(batch.preferredMaxBytes)}, whichever comes first; none exceeds ${size(batch.absoluteMaxBytes)}.`,
  ];
}

function tellChaincode(chaincode: ConsortiumChaincode, { members }: ConsortiumChannel): string[] {
  const { name, version, sequence, endorsement, initRequired, collections } = chaincode;
  const words = (policy: string) => policyInWords(policy, members.length);
  const needed = endorsement === undefined ? "as the channel says" : words(endorsement);
  return [
    `Chaincode ${name} ${version}, sequence ${sequence}${initRequired ? ", after its Init" : ""}; endorsement: ${needed}; package ${packageChaincode(chaincode).packageId}.`,
    ...collections.map(
      (collection) =>
        `Collection ${collection.name} of ${name}: held by ${listed(collection.members, "and")}, by at least ${counted(collection.requiredPeers, "peer")} besides the endorsing one` +
        (collection.endorsement === undefined ? "" : `; endorsement: ${words(collection.endorsement)}`) +
        (collection.blocksToLive === 0
          ? "; kept for ever."
          : `; purged after ${counted(collection.blocksToLive, "block")}.`),
    ),
  ];
}

function size(bytes: number): string {
  if (bytes % 2 ** 20 === 0) return `${bytes / 2 ** 20} MiB`;
  return bytes % 2 ** 10 === 0 ? `${bytes / 2 ** 10} KiB` : counted(bytes, "byte");
}
