import { common } from "@hyperledger/fabric-protos";
import { configOf, genesisBlock } from "../../lib/fabric/channel/block";
import { foundingSite } from "../../lib/fabric/border";
import { channelConfig, consenterNodes, orderingOrganisations } from "../../lib/fabric/channel/config";
import type { ConsortiumChannel, ConsortiumOrganisation } from "../../lib/fabric/consortium";
import { blockOfOrderer } from "../fabric/ordering";
import { blockOfPeer } from "../fabric/peer";
import { inWords, Refusal } from "../fabric/problem";
import { genesisFile, notices, readEach } from "../notices";
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
  let elsewhere: Uint8Array | undefined;
  try {
    published = await publishedBy(pass, founder, channel);
    if (published === undefined && pass.isFounder) elsewhere = await publishedByFormerFounder(pass, channel);
  } catch (error) {
    return unreadable(pass, channel, inWords(error));
  }
  if (published !== undefined) return created(object, published);
  if (!pass.isFounder) {
    return failed(object, "AwaitsFounder", `${founder.name} has not published the first block yet`);
  }
  if (elsewhere !== undefined) return publish(pass, channel, elsewhere);
  const { block, doubt } = await firstBlockOfAnyNode(pass, channel);
  return block === undefined ? build(pass, channel, doubt) : publish(pass, channel, block.serializeBinary());
}

/** On several sites it is the site that founds the organisation's channels whose word goes first. */
async function publishedBy(
  pass: Pass,
  organisation: ConsortiumOrganisation,
  channel: ConsortiumChannel,
): Promise<Uint8Array | undefined> {
  const found = await readEach(pass.board, organisation, notices.channel(channel.name));
  const first = found.find(({ site }) => site === foundingSite(organisation)) ?? found[0];
  return first?.notice[genesisFile];
}

/**
 * Where the founder is on another site, which does not answer, the own nodes here go on with the block that they have:
 * a lost site takes nobody else's agents along. In one cluster an unreadable notice is a trouble to be mended.
 */
async function unreadable(pass: Pass, channel: ConsortiumChannel, why: string): Promise<Creation> {
  const object = `channel/${channel.name}`;
  if (pass.site !== undefined && !pass.isFounder) {
    const asked = [
      ...pass.here.orderers.map(async (node) =>
        blockOfOrderer(await pass.connect(node), pass.identity, channel.name, 0),
      ),
      ...pass.here.peers.map(async (node) => blockOfPeer(await pass.connect(node), pass.identity, channel.name, 0)),
    ];
    const own = await Promise.any(asked).catch(() => undefined);
    if (own !== undefined) return created(object, own.serializeBinary());
  }
  return failed(object, "Unreadable", `the notice of the first block cannot be read: ${why}`);
}

/** The founder is the first that orders, and another file may begin with somebody else: the channel stays what it is. */
async function publishedByFormerFounder(pass: Pass, channel: ConsortiumChannel): Promise<Uint8Array | undefined> {
  const others = orderingOrganisations(pass.consortium).filter(({ name }) => name !== pass.own.name);
  const found = await Promise.all(others.map((other) => publishedBy(pass, other, channel)));
  return found.find((block) => block !== undefined);
}

/** @param doubt Why there may be a chain of that name already. */
async function build(pass: Pass, channel: ConsortiumChannel, doubt: string | undefined): Promise<Creation> {
  const object = `channel/${channel.name}`;
  const { consenters, conditions } = await consentersOf(pass, channel.name);
  if (consenters.length < consenterNodes(pass.consortium).length) {
    const bad = conditions.filter(({ status }) => status !== "True").map((condition) => condition.object);
    const message = `the first block names all consenters, and not all have shown a good certificate: ${bad.join(", ")}`;
    return { conditions: [...conditions, isNotSo("ChannelCreated", object, "AwaitsConsenters", message)] };
  }
  if (doubt !== undefined) {
    const message = `a node may have the channel already, and does not show its first block: ${doubt}`;
    return { conditions: [...conditions, isNotSo("ChannelCreated", object, "Unsure", message)] };
  }
  let block: common.Block;
  try {
    block = genesisBlock(channel.name, channelConfig(channel, pass.consortium, pass.materials.complete, consenters));
  } catch (error) {
    return failed(object, "Impossible", inWords(error));
  }
  const { genesis, conditions: told } = await publish(pass, channel, block.serializeBinary());
  return { ...(genesis === undefined ? {} : { genesis }), conditions: [...conditions, ...told] };
}

async function publish(pass: Pass, channel: ConsortiumChannel, genesis: Uint8Array): Promise<Creation> {
  const object = `channel/${channel.name}`;
  let stands: Uint8Array | undefined;
  try {
    await pass.board.publish(notices.channel(channel.name), { [genesisFile]: genesis }, "once");
    // Another agent of this organisation, which takes itself for the leader yet, may have been faster.
    stands = (await pass.board.read(pass.own.name, notices.channel(channel.name)))?.[genesisFile];
  } catch (error) {
    return failed(object, "NotPublished", `the first block cannot be published: ${inWords(error)}`);
  }
  if (stands === undefined) {
    const remedy = `Delete the ConfigMap ${notices.channel(channel.name)} in ${pass.own.namespace}, if it is there: it holds no ${genesisFile}.`;
    return failed(object, "NotPublished", "the first block is not to be read where it was published", remedy);
  }
  await pass.did(`published the first block of ${channel.name}`);
  return created(object, stands);
}

/**
 * Block 0 from whoever has it: a notice can be lost, a chain must never be founded twice. There is doubt while an own
 * orderer has not said that it has no such channel, or another one answers anything else. Orderers of other organisations
 * that let nobody of ours connect are no reason to wait: a channel's config would have told them to.
 */
async function firstBlockOfAnyNode(
  pass: Pass,
  { name }: ConsortiumChannel,
): Promise<{ readonly block?: common.Block; readonly doubt?: string }> {
  const orderers = pass.orderers();
  const asked = await Promise.allSettled([
    ...orderers.map(async (node) => blockOfOrderer(await pass.connect(node), pass.identity, name, 0)),
    ...pass.own.peers.map(async (node) => blockOfPeer(await pass.connect(node), pass.identity, name, 0)),
  ]);
  const found = asked.find((answer) => answer.status === "fulfilled");
  if (found !== undefined) return { block: found.value };
  const doubts = orderers.flatMap((node, index): unknown[] => {
    const answer = asked[index];
    const reason: unknown = answer?.status === "rejected" ? answer.reason : undefined;
    const own = pass.own.orderers.includes(node);
    if (reason instanceof Refusal) return reason.status === Number(common.Status.NOT_FOUND) ? [] : [reason];
    return own ? [reason] : [];
  });
  return doubts.length === 0 ? {} : { doubt: inWords(doubts[0]) };
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
