import { common } from "@hyperledger/fabric-protos";
import { foundingSite } from "../../lib/fabric/border";
import { channelConfig, consenterNodes } from "../../lib/fabric/channel/config";
import { type ConfigStep, nextConfigUpdate } from "../../lib/fabric/channel/next-update";
import { raftOf } from "../../lib/fabric/channel/read";
import { configUpdateEnvelope, isSameConfigUpdate, signConfigUpdate } from "../../lib/fabric/channel/sign-update";
import type { Consortium, ConsortiumChannel, ConsortiumOrganisation } from "../../lib/fabric/consortium";
import { broadcast } from "../fabric/ordering";
import { inWords } from "../fabric/problem";
import { notices, readEach, type SignedUpdate, signatureNotice, signedUpdateOf } from "../notices";
import { openAgreements } from "./admins";
import { type CurrentConfig, knows } from "./channel-config";
import { type Condition, isNotSo, isSo } from "./condition";
import { certificateInConfig, consentersOf } from "./consenters";
import type { Pass } from "./pass";

/**
 * Leads the channel's config to what the model wants, one safe update at a time. The founder publishes the next update
 * with its signature; every other organisation computes it from its own model and signs only if it comes to the same;
 * the founder submits it as soon as the admins of all groups that it changes have agreed.
 */
export async function configureChannel(
  pass: Pass,
  channel: ConsortiumChannel,
  current: CurrentConfig,
): Promise<readonly Condition[]> {
  const object = `channel/${channel.name}`;
  const raft = raftOf(current.config);
  const { consenters, conditions } = await consentersOf(pass, channel.name, raft);
  // What the config still names and the model does not vouch for leaves before others come.
  const gone = consenterNodes(pass.consortium)
    .filter((node) => certificateInConfig(node, raft) !== undefined)
    .map(({ host, port, consenter = { host, port } }) => `${consenter.host}:${consenter.port}`)
    .filter((address) => !consenters.some(({ host, port }) => `${host}:${port}` === address));
  try {
    const desired = channelConfig(channel, pass.consortium, pass.materials.complete, consenters);
    const next = nextConfigUpdate(channel.name, current.config, desired, { unreachable: new Set(gone) });
    return [
      ...conditions,
      next === undefined ? isConfigured(object, current) : await agree(pass, channel, current, next),
    ];
  } catch (error) {
    const remedy = "See the conditions IdentitiesPublished of the organisations.";
    return [...conditions, isNotSo("ChannelConfigured", object, "Impossible", inWords(error), remedy)];
  }
}

function isConfigured(object: string, { config, number }: CurrentConfig): Condition {
  const message = `config ${config.getSequence()}, in block ${number}, is what the model wants`;
  return isSo("ChannelConfigured", object, "AsWanted", message);
}

async function agree(
  pass: Pass,
  channel: ConsortiumChannel,
  current: CurrentConfig,
  next: ConfigStep,
): Promise<Condition> {
  const object = `channel/${channel.name}`;
  const what = next.changes.join("; ");
  const not = (reason: string, message: string, remedy?: string) =>
    isNotSo("ChannelConfigured", object, reason, message, remedy);
  if (!knows(current, pass.own.mspId)) {
    return not("AwaitsMembership", `the config does not name ${pass.own.mspId}, so others decide: ${what}`);
  }
  const founder = pass.founder?.name ?? pass.own.name;
  if (pass.isFounder) return submit(pass, channel, current, next, await propose(pass, channel, next));
  const proposed = await proposal(pass, channel);
  if (typeof proposed === "string") return not("AwaitsFounder", `${proposed}; the own model asks for this: ${what}`);
  if (proposed === undefined || stale(proposed.update, current)) {
    return not("AwaitsFounder", `${founder} has not proposed this yet: ${what}`);
  }
  if (!isSameConfigUpdate(proposed.update, next.update)) {
    return not(
      "ProposalDiffers",
      `${founder} proposes another change than the own model asks for (${what}), so it is not signed`,
      `Compare the network files of ${founder} and ${pass.own.name}, and the conditions ConsentersVerified of both.`,
    );
  }
  // On another site of the founder its signature stands under the proposal already.
  if (founder !== pass.own.name) await sign(pass, channel, proposed.update);
  return not("AwaitsOthers", `signed, and not in force yet: ${what}`);
}

/** The founder's own notice: what it proposed before, if that is still the next step, so that signatures stay good. */
async function propose(pass: Pass, channel: ConsortiumChannel, next: ConfigStep): Promise<SignedUpdate> {
  const before = await ownSignature(pass, channel);
  if (before !== undefined && isSameConfigUpdate(before.update, next.update)) return before;
  return sign(pass, channel, next.update.serializeBinary());
}

/** Publishes the own signature over these bytes, unless it stands there already. */
async function sign(pass: Pass, channel: ConsortiumChannel, update: Uint8Array): Promise<SignedUpdate> {
  const before = await ownSignature(pass, channel);
  if (before !== undefined && Buffer.from(before.update).equals(update)) return before;
  const signature = (await signConfigUpdate(update, pass.identity)).serializeBinary();
  const signed = { update, signature };
  await pass.board.publish(notices.signature(channel.name), signatureNotice(signed));
  await pass.did(`signed a config update of ${channel.name} for ${pass.own.name}`);
  return signed;
}

/** What this agent signed last. */
async function ownSignature(pass: Pass, { name }: ConsortiumChannel): Promise<SignedUpdate | undefined> {
  const notice = await pass.board.read(pass.own.name, notices.signature(name));
  return notice && signedUpdateOf(notice);
}

/** What the founder proposes, by its one agent that does; a text where that cannot be told. */
async function proposal(
  { founder, board }: Pass,
  { name }: ConsortiumChannel,
): Promise<SignedUpdate | string | undefined> {
  if (founder === undefined) return undefined;
  try {
    const notice = await board.read(founder.name, notices.signature(name), foundingSite(founder));
    return notice && signedUpdateOf(notice);
  } catch (error) {
    return inWords(error);
  }
}

/** What the agents of an organisation have signed, each on its site. */
async function signedBy(
  pass: Pass,
  organisation: ConsortiumOrganisation,
  { name }: ConsortiumChannel,
): Promise<readonly SignedUpdate[]> {
  const found = await readEach(pass.board, organisation, notices.signature(name));
  return found.flatMap(({ notice }) => signedUpdateOf(notice) ?? []);
}

/** Whether an update was made for an older config: it is what the founder proposed last time. */
function stale(update: Uint8Array, { config }: CurrentConfig): boolean {
  const reads = common.ConfigUpdate.deserializeBinary(update).getReadSet();
  const outdated = (read: common.ConfigGroup | undefined, now: common.ConfigGroup | undefined): boolean => {
    if (read === undefined) return false;
    if (read.getVersion() !== (now?.getVersion() ?? 0)) return true;
    let found = false;
    read.getGroupsMap().forEach((child, name) => (found ||= outdated(child, now?.getGroupsMap().get(name))));
    return found;
  };
  return outdated(reads, config.getChannelGroup());
}

async function submit(
  pass: Pass,
  channel: ConsortiumChannel,
  current: CurrentConfig,
  next: ConfigStep,
  own: SignedUpdate,
): Promise<Condition> {
  const object = `channel/${channel.name}`;
  const what = next.changes.join("; ");
  const signatures = await collect(pass, channel, current, own);
  const open = openAgreements(current.config, next.update, new Set(signatures.keys()));
  if (open.length > 0) {
    const whose = open.map(({ group, missing }) => `${group} (${missing.join(", ")})`).join(", ");
    const message = `the admins of ${whose} have not agreed yet to this: ${what}`;
    const gone = open
      .flatMap(({ missing }) => missing)
      .find((mspId) => !pass.consortium.organisations.some((organisation) => organisation.mspId === mspId));
    const remedy =
      gone === undefined
        ? "See the condition ChannelConfigured of their agents; their models must ask for the same."
        : `${gone} is in no network file any more, and its agent, which may have to sign, is gone: put it back under \`organisations\`, but not under \`members\` of ${channel.name}; once this is true, take it out of \`organisations\` in another run.`;
    return isNotSo("ChannelConfigured", object, "AwaitsSignatures", message, remedy);
  }
  const envelope = await configUpdateEnvelope(channel.name, own.update, [...signatures.values()], pass.identity);
  const refusals: string[] = [];
  for (const node of pass.orderers()) {
    try {
      await broadcast(await pass.connect(node), envelope);
    } catch (error) {
      refusals.push(inWords(error));
      continue;
    }
    await pass.did(`submitted a config update of ${channel.name}: ${what}`);
    return isNotSo("ChannelConfigured", object, "Submitted", `submitted, and not in force yet: ${what}`);
  }
  return isNotSo(
    "ChannelConfigured",
    object,
    "Refused",
    `no orderer takes the change (${what}): ${refusals.join("; ")}`,
  );
}

/** Signatures over the very bytes of the proposal, by MSP id. */
async function collect(
  pass: Pass,
  channel: ConsortiumChannel,
  current: CurrentConfig,
  own: SignedUpdate,
): Promise<Map<string, common.ConfigSignature>> {
  const asked = concerned(pass.consortium, channel, current).map(async (organisation) => {
    const isOwn = organisation.name === pass.own.name;
    const all = isOwn ? [own] : await signedBy(pass, organisation, channel).catch(() => []);
    const signed = all.find(({ update }) => Buffer.from(update).equals(own.update));
    if (signed === undefined) return [];
    return [[organisation.mspId, common.ConfigSignature.deserializeBinary(signed.signature)] as const];
  });
  return new Map((await Promise.all(asked)).flat());
}

/** Members, also one that is to leave, and all that order. */
function concerned(
  { organisations }: Consortium,
  { members }: ConsortiumChannel,
  current: CurrentConfig,
): Consortium["organisations"] {
  return organisations.filter(
    ({ name, mspId, orderers }) => members.includes(name) || orderers.length > 0 || knows(current, mspId),
  );
}
