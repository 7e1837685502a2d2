import type { common } from "@hyperledger/fabric-protos";
import { configOf } from "../../lib/fabric/channel/block";
import { organisationGroups } from "../../lib/fabric/channel/read";
import type { ConsortiumChannel } from "../../lib/fabric/consortium";
import { configBlockOfOrderer, numberOf } from "../fabric/ordering";
import { configBlockOfPeer } from "../fabric/peer";
import { inWords } from "../fabric/problem";
import type { Pass } from "./pass";

/** The newest config of a channel that a node would tell us. */
export interface CurrentConfig {
  readonly block: common.Block;
  readonly number: number;
  readonly config: common.Config;
}

/**
 * The newest config of a channel: from the first orderer to answer, else from an own peer, which may lag behind.
 * Gives a text, why there is none, if nobody answers.
 */
export async function currentConfig(pass: Pass, channel: ConsortiumChannel): Promise<CurrentConfig | string> {
  const served = await servedConfig(pass, channel);
  if (typeof served !== "string") return served;
  const fromPeers = pass.here.peers.map(async (node) =>
    configBlockOfPeer(await pass.connect(node), pass.identity, channel.name),
  );
  try {
    return read(await Promise.any(fromPeers));
  } catch {
    return served;
  }
}

/** As {@link currentConfig}, from orderers only: they refuse whoever is no member any more, whose peers know of nothing. */
export async function servedConfig(pass: Pass, { name }: ConsortiumChannel): Promise<CurrentConfig | string> {
  const fromOrderers = pass
    .orderers()
    .map(async (node) => configBlockOfOrderer(await pass.connect(node), pass.identity, name));
  try {
    return read(await Promise.any(fromOrderers));
  } catch (error) {
    return inWords(error);
  }
}

function read(block: common.Block): CurrentConfig {
  return { block, number: numberOf(block), config: configOf(block) };
}

/** Whether an organisation's peers may take part in the channel, by its config. */
export function hasMember({ config }: CurrentConfig, mspId: string): boolean {
  return organisationGroups(config, "Application").some(([name]) => name === mspId);
}

/** Whether the channel's config knows an organisation at all. */
export function knows(current: CurrentConfig, mspId: string): boolean {
  return hasMember(current, mspId) || organisationGroups(current.config, "Orderer").some(([name]) => name === mspId);
}
