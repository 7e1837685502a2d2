import { common, orderer } from "@hyperledger/fabric-protos";
import type { Message } from "google-protobuf";
import type {
  Consenter,
  Consortium,
  ConsortiumChannel,
  ConsortiumNode,
  ConsortiumOrganisation,
  OrganisationMaterial,
} from "../consortium";
import { configGroup } from "./group";
import { memberOrganisationGroup, orderingOrganisationGroup, pemBytes } from "./organisation-groups";

/** The width that Fabric demands of the (unused) Merkle tree over a block: all transactions under one hash. */
const flatDataHash = 0xffffffff;

const metaPolicies = { Readers: "ANY Readers", Writers: "ANY Writers", Admins: "MAJORITY Admins" };

/** The organisations that order, in the order of the file; the first is the founder of every channel. */
export function orderingOrganisations(consortium: Consortium): readonly ConsortiumOrganisation[] {
  return consortium.organisations.filter(({ orderers }) => orderers.length > 0);
}

/** The ordering nodes that are to be the consenters of every channel, in the order in which configs name them. */
export function consenterNodes(consortium: Consortium): readonly ConsortiumNode[] {
  return orderingOrganisations(consortium).flatMap(({ orderers }) => orderers);
}

/** The entry of an ordering node in the config: the address that other consenters dial, and the certificate it shows there. */
export function consenterOf({ host, port, consenter }: ConsortiumNode, tlsCertificate: string): Consenter {
  return { ...(consenter ?? { host, port }), tlsCertificate };
}

/**
 * The config that a channel starts with, and that later updates lead to.
 * @param materials Certificates by the name of the organisation; needed of members and of all that order.
 * @param consenters The members of the Raft cluster, as {@link consenterNodes} orders them.
 * @throws RangeError if a member is no organisation, a policy cannot be read or certificates are missing.
 */
export function channelConfig(
  channel: ConsortiumChannel,
  consortium: Consortium,
  materials: ReadonlyMap<string, OrganisationMaterial>,
  consenters: readonly Consenter[],
): common.Config {
  const ordering = orderingOrganisations(consortium);
  const members = channel.members.map((name) => organisationNamed(name, channel, consortium));
  const missing = [...new Set([...ordering, ...members])].filter(({ name }) => !materials.has(name));
  if (missing.length > 0) {
    const names = missing.map(({ name }) => name).join(", ");
    throw new RangeError(`Channel ${channel.name} cannot be described: no certificates are known of ${names}`);
  }
  const groupsOf = (
    organisations: readonly ConsortiumOrganisation[],
    build: (organisation: ConsortiumOrganisation, material: OrganisationMaterial) => common.ConfigGroup,
  ): Record<string, common.ConfigGroup> =>
    Object.fromEntries(
      organisations.flatMap((organisation) => {
        const material = materials.get(organisation.name);
        return material === undefined ? [] : [[organisation.mspId, build(organisation, material)]];
      }),
    );
  const config = new common.Config();
  config.setChannelGroup(
    configGroup({
      groups: {
        Orderer: ordererGroup(channel, consenters, groupsOf(ordering, orderingOrganisationGroup)),
        Application: applicationGroup(channel, groupsOf(members, memberOrganisationGroup)),
      },
      values: {
        HashingAlgorithm: hashingAlgorithm(),
        BlockDataHashingStructure: blockDataHashingStructure(),
        Capabilities: capabilities(channel.capabilities.channel),
      },
      policies: metaPolicies,
    }),
  );
  return config;
}

function organisationNamed(
  name: string,
  channel: ConsortiumChannel,
  { organisations }: Consortium,
): ConsortiumOrganisation {
  const organisation = organisations.find((candidate) => candidate.name === name);
  if (organisation === undefined) {
    const known = organisations.map((candidate) => candidate.name).join(", ");
    throw new RangeError(`Channel ${channel.name} has the member ${name}, but the organisations are ${known}`);
  }
  return organisation;
}

function applicationGroup(
  { policies, capabilities: { application } }: ConsortiumChannel,
  groups: Record<string, common.ConfigGroup>,
): common.ConfigGroup {
  return configGroup({
    groups,
    values: { Capabilities: capabilities(application) },
    policies: {
      Readers: policies.readers,
      Writers: policies.writers,
      Admins: policies.admins,
      Endorsement: policies.endorsement,
      LifecycleEndorsement: policies.lifecycleEndorsement,
    },
  });
}

function ordererGroup(
  channel: ConsortiumChannel,
  consenters: readonly Consenter[],
  groups: Record<string, common.ConfigGroup>,
): common.ConfigGroup {
  const timeout = new orderer.BatchTimeout();
  timeout.setTimeout(channel.batch.timeout);
  return configGroup({
    groups,
    values: {
      BatchSize: batchSize(channel),
      BatchTimeout: timeout,
      ChannelRestrictions: new orderer.ChannelRestrictions(),
      Capabilities: capabilities(channel.capabilities.orderer),
      ConsensusType: consensusType(raftMetadata(channel, consenters)),
    },
    policies: { ...metaPolicies, BlockValidation: "ANY Writers" },
  });
}

function batchSize({ batch }: ConsortiumChannel): Message {
  const message = new orderer.BatchSize();
  message.setMaxMessageCount(batch.maxMessages);
  message.setAbsoluteMaxBytes(batch.absoluteMaxBytes);
  message.setPreferredMaxBytes(batch.preferredMaxBytes);
  return message;
}

/** The value that names the members and options of Raft. */
function consensusType(metadata: orderer.etcdraft.ConfigMetadata): orderer.ConsensusType {
  const message = new orderer.ConsensusType();
  message.setType("etcdraft");
  message.setMetadata(metadata.serializeBinary());
  return message;
}

function raftMetadata({ raft }: ConsortiumChannel, consenters: readonly Consenter[]): orderer.etcdraft.ConfigMetadata {
  const options = new orderer.etcdraft.Options();
  options.setTickInterval(raft.tickInterval);
  options.setElectionTick(raft.electionTick);
  options.setHeartbeatTick(raft.heartbeatTick);
  options.setMaxInflightBlocks(raft.maxInflightBlocks);
  options.setSnapshotIntervalSize(raft.snapshotIntervalSize);
  const metadata = new orderer.etcdraft.ConfigMetadata();
  metadata.setConsentersList(consenters.map(consenterMessage));
  metadata.setOptions(options);
  return metadata;
}

/** Our ordering nodes show each other the same certificate as server and as client. */
function consenterMessage({ host, port, tlsCertificate }: Consenter): orderer.etcdraft.Consenter {
  const message = new orderer.etcdraft.Consenter();
  message.setHost(host);
  message.setPort(port);
  message.setClientTlsCert(pemBytes(tlsCertificate));
  message.setServerTlsCert(pemBytes(tlsCertificate));
  return message;
}

function capabilities(level: string): common.Capabilities {
  const message = new common.Capabilities();
  message.getCapabilitiesMap().set(level, new common.Capability());
  return message;
}

function hashingAlgorithm(): common.HashingAlgorithm {
  const message = new common.HashingAlgorithm();
  message.setName("SHA256");
  return message;
}

function blockDataHashingStructure(): common.BlockDataHashingStructure {
  const message = new common.BlockDataHashingStructure();
  message.setWidth(flatDataHash);
  return message;
}
