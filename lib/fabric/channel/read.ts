import { type common, msp, orderer } from "@hyperledger/fabric-protos";

/** The parts of a config that others ask for, out of the bytes that Fabric wraps them in. */

/** Paths of groups under the channel's. */
type GroupName = "Orderer" | "Application";

/** The organisations of one kind by the name of their group (our MSP ids), in the order of the names. */
export function organisationGroups(config: common.Config, kind: GroupName): [string, common.ConfigGroup][] {
  const groups = config.getChannelGroup()?.getGroupsMap().get(kind)?.getGroupsMap();
  const found: [string, common.ConfigGroup][] = [];
  groups?.forEach((group, name) => found.push([name, group]));
  return found.sort(([a], [b]) => (a < b ? -1 : 1));
}

/** The MSP of an organisation's group, if it has one. */
export function mspOf(organisation: common.ConfigGroup): msp.FabricMSPConfig | undefined {
  const value = organisation.getValuesMap().get("MSP");
  if (value === undefined) return undefined;
  const config = msp.MSPConfig.deserializeBinary(value.getValue_asU8());
  return msp.FabricMSPConfig.deserializeBinary(config.getConfig_asU8());
}

/** Members and options of Raft, if this channel is ordered by it. */
export function raftOf(config: common.Config): orderer.etcdraft.ConfigMetadata | undefined {
  const value = config.getChannelGroup()?.getGroupsMap().get("Orderer")?.getValuesMap().get("ConsensusType");
  if (value === undefined) return undefined;
  const type = orderer.ConsensusType.deserializeBinary(value.getValue_asU8());
  if (type.getType() !== "etcdraft") return undefined;
  return orderer.etcdraft.ConfigMetadata.deserializeBinary(type.getMetadata_asU8());
}
