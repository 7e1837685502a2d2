import { common } from "@hyperledger/fabric-protos";
import { configOf, genesisBlock } from "../../lib/fabric/channel/block";
import { channelConfig, consenterNodes } from "../../lib/fabric/channel/config";
import type { ConsortiumChannel } from "../../lib/fabric/consortium";
import { blockOfOrderer } from "../fabric/ordering";
import { blockOfPeer } from "../fabric/peer";
import { inWords, Refusal } from "../fabric/problem";
import { genesisFile, notices } from "../notices";
import { type Condition, isNotSo, isSo } from "./condition";
import { consentersOf } from "./consenters";
import type { Pass } from "./pass";

/** The first block of a channel, if there is one, and what there is to say about it. */
export interface Creation {
  readonly genesis?: Uint8Array;
  readonly conditions: readonly Condition[];
}

/**
 * The channel's first block as its founder published it. The founder makes it: from a node that has the channel already,
 * should the notice have been lost, else from the model and the certificates of all consenters. Made twice it has the
 * same bytes.
 */
export async function createChannel(pass: Pass, channel: ConsortiumChannel): Promise<Creation> {
  const object = `channel/${channel.name}`;
  const { founder } = pass;
  if (founder === undefined) {
    return failed(object, "NoOrderingService", "no organisation of the model orders", "Give one of them orderers.");
  }
  let published: Uint8Array | undefined;
  try {
    published = (await pass.board.read(founder.name, notices.channel(channel.name)))?.[genesisFile];
  } catch (error) {
    return failed(object, "Unreadable", `the notice of ${founder.name} cannot be read: ${inWords(error)}`);
  }
  if (published !== undefined) return created(object, published);
  if (!pass.isFounder) {
    return failed(object, "AwaitsFounder", `${founder.name} has not published the first block yet`);
  }
  const existing = await firstBlockOfAnyNode(pass, channel);
  if (typeof existing === "string") {
    return failed(
      object,
      "Unsure",
      `a node seems to have the channel already, and does not show its first block: ${existing}`,
    );
  }
  return existing === undefined ? build(pass, channel) : publish(pass, channel, existing.serializeBinary());
}

async function build(pass: Pass, channel: ConsortiumChannel): Promise<Creation> {
  const object = `channel/${channel.name}`;
  const { consenters, conditions } = await consentersOf(pass, channel.name);
  if (consenters.length < consenterNodes(pass.consortium).length) {
    const bad = conditions.filter(({ status }) => status !== "True").map((condition) => condition.object);
    const message = `the first block names all consenters, and not all have shown a good certificate: ${bad.join(", ")}`;
    return { conditions: [...conditions, isNotSo("ChannelCreated", object, "AwaitsConsenters", message)] };
  }
  let block: common.Block;
  try {
    block = genesisBlock(channel.name, channelConfig(channel, pass.consortium, pass.materials, consenters));
  } catch (error) {
    return failed(object, "Impossible", inWords(error));
  }
  const { genesis, conditions: told } = await publish(pass, channel, block.serializeBinary());
  return { ...(genesis === undefined ? {} : { genesis }), conditions: [...conditions, ...told] };
}

async function publish(pass: Pass, channel: ConsortiumChannel, genesis: Uint8Array): Promise<Creation> {
  const object = `channel/${channel.name}`;
  try {
    await pass.board.publish(notices.channel(channel.name), { [genesisFile]: genesis });
  } catch (error) {
    return failed(object, "NotPublished", `the first block cannot be published: ${inWords(error)}`);
  }
  await pass.did(`published the first block of ${channel.name}`);
  return created(object, genesis);
}

/**
 * Block 0 from whoever has it: a notice can be lost, a chain must never be founded twice. Gives a text if an orderer
 * answers anything else than that it has no such channel. Orderers of other organisations that do not let us in have
 * not got it: a channel's config would have told them to.
 */
async function firstBlockOfAnyNode(
  pass: Pass,
  { name }: ConsortiumChannel,
): Promise<common.Block | string | undefined> {
  const asked = await Promise.allSettled([
    ...pass.orderers().map(async (node) => blockOfOrderer(await pass.connect(node), pass.identity, name, 0)),
    ...pass.own.peers.map(async (node) => blockOfPeer(await pass.connect(node), pass.identity, name, 0)),
  ]);
  const found = asked.find((answer) => answer.status === "fulfilled");
  if (found !== undefined) return found.value;
  const orderersSaid = asked.slice(0, pass.orderers().length);
  const doubt = orderersSaid
    .map((answer): unknown => (answer.status === "rejected" ? answer.reason : undefined))
    .find((reason) => reason instanceof Refusal && reason.status !== Number(common.Status.NOT_FOUND));
  return doubt === undefined ? undefined : inWords(doubt);
}

function created(object: string, genesis: Uint8Array): Creation {
  try {
    configOf(common.Block.deserializeBinary(genesis));
  } catch (error) {
    return failed(
      object,
      "Unreadable",
      `the published first block is none: ${inWords(error)}`,
      "Delete the founder's notice of the channel; it publishes the block again, from a node that has it.",
    );
  }
  return { genesis, conditions: [isSo("ChannelCreated", object, "Created", "its first block is published")] };
}

function failed(object: string, reason: string, message: string, remedy?: string): Creation {
  return { conditions: [isNotSo("ChannelCreated", object, reason, message, remedy)] };
}
