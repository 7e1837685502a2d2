import { common, msp, orderer } from "@hyperledger/fabric-protos";
import { nextConsenters, type ConsenterOptions } from "./consenters";
import { mspOf, organisationGroups, raftOf } from "./read";

/**
 * The way from one config to another in stages, each safe by itself: first what is added or set, then the consenters
 * one by one, then capabilities, at last what is no longer trusted. So a consenter's certificate authority is known
 * before the consenter comes and stays known until it is gone, and nothing new is asked of a network that changes.
 * @returns What the config is to be after each stage; a stage may change nothing.
 */
export function* stages(
  current: common.Config,
  desired: common.Config,
  options: ConsenterOptions,
): Generator<common.Config> {
  const goal = copyOf(desired);
  eachOrganisation(current, goal, (now, later) => later !== undefined && keepOrder(later, now));
  yield withAdditions(current, goal);
  const now = raftOf(current)?.getConsentersList();
  const later = raftOf(goal)?.getConsentersList();
  if (now !== undefined && later !== undefined) {
    yield withConsenters(copyOf(current), nextConsenters(now, later, options));
  }
  yield withCapabilities(copyOf(current), goal);
  yield now === undefined ? goal : withConsenters(goal, now);
}

/** The goal, but with the consenters and capabilities of now, and no organisation and no certificate taken away. */
function withAdditions(current: common.Config, goal: common.Config): common.Config {
  const target = copyOf(goal);
  const now = raftOf(current);
  if (now !== undefined) withConsenters(target, now.getConsentersList());
  withCapabilities(target, current);
  eachOrganisation(current, target, (organisation, later, name, groups) => {
    if (later === undefined) groups.set(name, organisation);
    else keepCertificates(later, organisation);
  });
  return target;
}

/** Visits every organisation that the channel has now, with what is to become of it. */
function eachOrganisation(
  current: common.Config,
  target: common.Config,
  visit: (
    now: common.ConfigGroup,
    later: common.ConfigGroup | undefined,
    name: string,
    groups: { set(name: string, group: common.ConfigGroup): unknown },
  ) => unknown,
): void {
  for (const kind of ["Orderer", "Application"] as const) {
    const groups = groupAt(target, kind)?.getGroupsMap();
    if (groups === undefined) continue;
    for (const [name, now] of organisationGroups(current, kind)) visit(now, groups.get(name), name, groups);
  }
}

/**
 * Adds the certificates of the organisation's present MSP to the future one, where they are not yet: what is there
 * stays where it is, so that nothing changes by order alone.
 */
function keepCertificates(target: common.ConfigGroup, current: common.ConfigGroup): void {
  arrangeCertificates(target, current, (before, after) => [...before, ...without(after, before)]);
}

/** Puts the certificates that stay into the order that they have now, before new ones. */
function keepOrder(target: common.ConfigGroup, current: common.ConfigGroup): void {
  arrangeCertificates(target, current, (before, after) => [
    ...without(before, without(before, after)),
    ...without(after, before),
  ]);
}

type Arrange = (before: readonly Uint8Array[], after: readonly Uint8Array[]) => Uint8Array[];

function arrangeCertificates(target: common.ConfigGroup, current: common.ConfigGroup, arrange: Arrange): void {
  const [after, before] = [mspOf(target), mspOf(current)];
  const value = target.getValuesMap().get("MSP");
  if (after === undefined || before === undefined || value === undefined) return;
  after.setRootCertsList(arrange(before.getRootCertsList_asU8(), after.getRootCertsList_asU8()));
  after.setIntermediateCertsList(
    arrange(before.getIntermediateCertsList_asU8(), after.getIntermediateCertsList_asU8()),
  );
  after.setTlsRootCertsList(arrange(before.getTlsRootCertsList_asU8(), after.getTlsRootCertsList_asU8()));
  after.setTlsIntermediateCertsList(
    arrange(before.getTlsIntermediateCertsList_asU8(), after.getTlsIntermediateCertsList_asU8()),
  );
  const config = msp.MSPConfig.deserializeBinary(value.getValue_asU8());
  config.setConfig(after.serializeBinary());
  value.setValue(config.serializeBinary());
}

function without(list: readonly Uint8Array[], others: readonly Uint8Array[]): Uint8Array[] {
  return list.filter((one) => !others.some((other) => Buffer.compare(one, other) === 0));
}

function withConsenters(config: common.Config, consenters: orderer.etcdraft.Consenter[]): common.Config {
  const raft = raftOf(config);
  const value = config.getChannelGroup()?.getGroupsMap().get("Orderer")?.getValuesMap().get("ConsensusType");
  if (raft === undefined || value === undefined) return config;
  raft.setConsentersList(consenters);
  const type = orderer.ConsensusType.deserializeBinary(value.getValue_asU8());
  type.setMetadata(raft.serializeBinary());
  value.setValue(type.serializeBinary());
  return config;
}

/** Gives the config the capabilities of another one, wherever they have the same groups. */
function withCapabilities(config: common.Config, source: common.Config): common.Config {
  for (const kind of [undefined, "Orderer", "Application"]) {
    const target = groupAt(config, kind)?.getValuesMap();
    const capabilities = groupAt(source, kind)?.getValuesMap().get("Capabilities");
    if (capabilities === undefined) target?.del("Capabilities");
    else target?.set("Capabilities", capabilities);
  }
  return config;
}

/** The channel's own group, or one of its two parts. */
function groupAt(config: common.Config, kind: string | undefined): common.ConfigGroup | undefined {
  const channel = config.getChannelGroup();
  return kind === undefined ? channel : channel?.getGroupsMap().get(kind);
}

function copyOf(config: common.Config): common.Config {
  return common.Config.deserializeBinary(config.serializeBinary());
}
