import { peer } from "@hyperledger/fabric-protos";
import { signaturePolicyEnvelope } from "../../lib/fabric/channel/policies";
import type {
  Consortium,
  ConsortiumChaincode,
  ConsortiumChannel,
  ConsortiumCollection,
} from "../../lib/fabric/consortium";
import { type OutOf, printPolicy } from "../../lib/fabric/policy";
import { parsePolicy } from "../../lib/fabric/policy-grammar";

/** What the organisations of a channel agree on when they approve a chaincode. */
export interface ChaincodeDefinition {
  readonly name: string;
  readonly sequence: number;
  readonly version: string;
  /** `protos.ApplicationPolicy`, serialised. */
  readonly validationParameter: Uint8Array;
  readonly collections: peer.CollectionConfigPackage;
  readonly initRequired: boolean;
}

/** Fabric's own plugins, which every peer has. */
export const plugins = { endorsement: "escc", validation: "vscc" } as const;

/**
 * The definition of a chaincode as the model wants it.
 * @throws RangeError if a policy is none, or is an ImplicitMeta policy that the channel does not have: chaincodes can
 * refer to those of their channel only.
 */
export function chaincodeDefinition(
  chaincode: ConsortiumChaincode,
  channel: ConsortiumChannel,
  consortium: Consortium,
): ChaincodeDefinition {
  const collections = new peer.CollectionConfigPackage();
  collections.setConfigList(
    chaincode.collections.map((collection) => collectionConfig(collection, channel, consortium)),
  );
  return {
    name: chaincode.name,
    sequence: chaincode.sequence,
    version: chaincode.version,
    validationParameter: applicationPolicy(
      chaincode.endorsement ?? channel.policies.endorsement,
      channel,
    ).serializeBinary(),
    collections,
    initRequired: chaincode.initRequired,
  };
}

/** What differs between two definitions of one sequence, as names of parameters; empty if they agree. */
export function differences(
  wanted: Omit<ChaincodeDefinition, "name">,
  found: Omit<ChaincodeDefinition, "name">,
): string[] {
  const same: Readonly<Record<string, boolean>> = {
    version: wanted.version === found.version,
    "endorsement policy": Buffer.from(wanted.validationParameter).equals(found.validationParameter),
    collections: Buffer.from(wanted.collections.serializeBinary()).equals(found.collections.serializeBinary()),
    initRequired: wanted.initRequired === found.initRequired,
  };
  return Object.keys(same).filter((parameter) => same[parameter] === false);
}

function applicationPolicy(text: string, channel: ConsortiumChannel): peer.ApplicationPolicy {
  const message = new peer.ApplicationPolicy();
  const parsed = parsePolicy(text);
  if (!parsed.ok) throw new RangeError(`"${text}" is no policy: found ${parsed.error.found}`);
  if (parsed.policy.type === "signature") {
    message.setSignaturePolicy(signaturePolicyEnvelope(parsed.policy.rule));
  } else {
    message.setChannelConfigPolicyReference(
      `/Channel/Application/${channelPolicy(printPolicy(parsed.policy), channel)}`,
    );
  }
  return message;
}

/** The name of the channel's policy that says this. */
function channelPolicy(text: string, { name, policies }: ConsortiumChannel): string {
  const named = {
    Endorsement: policies.endorsement,
    LifecycleEndorsement: policies.lifecycleEndorsement,
    Readers: policies.readers,
    Writers: policies.writers,
    Admins: policies.admins,
  };
  const found = Object.entries(named).find(([, policy]) => policy.trim().split(/\s+/).join(" ") === text);
  if (found === undefined) {
    throw new RangeError(
      `"${text}" is no policy of channel ${name}; a chaincode can name a signature policy such as AND(…), or one of the channel's: ${Object.values(named).join(", ")}`,
    );
  }
  return found[0];
}

function collectionConfig(
  collection: ConsortiumCollection,
  channel: ConsortiumChannel,
  { organisations }: Consortium,
): peer.CollectionConfig {
  const members = new peer.CollectionPolicyConfig();
  const rule: OutOf = {
    type: "outOf",
    n: 1,
    rules: collection.members.map((name) => ({
      type: "principal",
      mspId: organisations.find((organisation) => organisation.name === name)?.mspId ?? name,
      role: "member",
    })),
  };
  members.setSignaturePolicy(signaturePolicyEnvelope(rule));
  const config = new peer.StaticCollectionConfig();
  config.setName(collection.name);
  config.setMemberOrgsPolicy(members);
  config.setRequiredPeerCount(collection.requiredPeers);
  config.setMaximumPeerCount(collection.maxPeers);
  config.setBlockToLive(collection.blocksToLive);
  config.setMemberOnlyRead(collection.memberOnlyRead);
  config.setMemberOnlyWrite(collection.memberOnlyWrite);
  if (collection.endorsement !== undefined) {
    config.setEndorsementPolicy(applicationPolicy(collection.endorsement, channel));
  }
  const wrapped = new peer.CollectionConfig();
  wrapped.setStaticCollectionConfig(config);
  return wrapped;
}
