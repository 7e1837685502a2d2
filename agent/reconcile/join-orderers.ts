import { common } from "@hyperledger/fabric-protos";
import { configOf } from "../../lib/fabric/channel/block";
import { raftOf } from "../../lib/fabric/channel/read";
import type { ConsortiumChannel, ConsortiumNode } from "../../lib/fabric/consortium";
import { servedCertificate } from "../fabric/consenter-certificates";
import { blockOfOrderer, sameBlock } from "../fabric/ordering";
import { joinOrderer, type Participation, participationOf, type ParticipationAccess } from "../fabric/participation";
import { inWords } from "../fabric/problem";
import { emptyOrderer } from "./begin-anew";
import { currentConfig } from "./channel-config";
import { type Condition, isNotSo, isSo, isUnseen } from "./condition";
import { certificateInConfig, sameKey } from "./consenters";
import { fingerprintOf, keepRecord, type OrdererRecord, readRecord } from "./orderer-record";
import type { Pass } from "./pass";

/**
 * Lets the organisation's own orderers take part in a channel: each from the newest config block that it is named in,
 * or, while nobody serves the channel, from its first block. An orderer that no config names yet waits: it would only
 * follow.
 */
export async function joinOrderers(
  pass: Pass,
  channel: ConsortiumChannel,
  genesis: Uint8Array,
): Promise<readonly Condition[]> {
  if (pass.here.orderers.length === 0) return [];
  const first = common.Block.deserializeBinary(genesis);
  try {
    const record = await readRecord(pass, channel.name);
    const joined = await Promise.all(pass.here.orderers.map((node) => joinOne(pass, channel, first, node, record)));
    const seen = joined.flatMap(({ node, key }) => (key === undefined ? [] : [[node.pod, key] as const]));
    await keepRecord(pass, channel.name, record, Object.fromEntries(seen));
    return joined.map(({ condition }) => condition);
  } catch (error) {
    const message = `the own notice of ${channel.name} cannot be read or written: ${inWords(error)}`;
    return pass.here.orderers.map(({ pod }) =>
      isNotSo("OrdererJoined", `orderer/${channel.name}/${pod}`, "NoRecord", message),
    );
  }
}

interface Joined {
  readonly node: ConsortiumNode;
  /** Fingerprint of the key under which it takes part. */
  readonly key?: string;
  readonly condition: Condition;
}

async function joinOne(
  pass: Pass,
  channel: ConsortiumChannel,
  genesis: common.Block,
  node: ConsortiumNode,
  record: OrdererRecord,
): Promise<Joined> {
  const object = `orderer/${channel.name}/${node.pod}`;
  try {
    const access = { identity: pass.identity, reach: pass.reach, authorities: pass.authoritiesOf(node) };
    const participation = await participationOf(node, channel.name, access);
    const { certificate } = await servedCertificate(node, pass.identity, pass.reach, access.authorities);
    const key = fingerprintOf(certificate);
    if (participation !== undefined) {
      return { node, key, condition: await participating(pass, channel, genesis, node, participation) };
    }
    if (record[node.pod] === key) return { node, condition: ledgerLost(pass, channel, node) };
    const condition = await join(pass, channel, genesis, node, access, certificate.toString());
    return { node, condition, ...(condition.status === "True" ? { key } : {}) };
  } catch (error) {
    const condition = isNotSo(
      "OrdererJoined",
      object,
      "Failed",
      `${node.pod} has not joined ${channel.name}: ${inWords(error)}`,
      `See whether the pod ${node.pod} runs and what its log says.`,
    );
    return { node, condition };
  }
}

function ledgerLost({ own }: Pass, { name }: ConsortiumChannel, { pod }: ConsortiumNode): Condition {
  return isNotSo(
    "OrdererJoined",
    `orderer/${name}/${pod}`,
    "LedgerLost",
    `${pod} took part in ${name} and has lost its ledger, but not its TLS key; under that key Raft would take it for a member that remembers`,
    `Let keys and ledger begin together, of one node at a time: ${emptyOrderer(own.namespace, pod)}. It is then taken out of the consenters and added as a new one.`,
  );
}

async function join(
  pass: Pass,
  channel: ConsortiumChannel,
  genesis: common.Block,
  node: ConsortiumNode,
  access: ParticipationAccess,
  shown: string,
): Promise<Condition> {
  const object = `orderer/${channel.name}/${node.pod}`;
  const newest = await currentConfig(pass, channel);
  const block = typeof newest === "string" ? genesis : newest.block;
  const known = certificateInConfig(node, raftOf(configOf(block)));
  if (known === undefined || !sameKey(known, shown)) {
    return isNotSo(
      "OrdererJoined",
      object,
      "NotConsenter",
      known === undefined
        ? `${node.pod} is no consenter of ${channel.name} yet; it joins once the channel's config names it`
        : `${channel.name} knows ${node.pod} by another TLS key; it joins once the channel's config names the new one`,
    );
  }
  await joinOrderer(node, block.serializeBinary(), access);
  await pass.did(`${node.pod} joined ${channel.name} as orderer`);
  return isSo("OrdererJoined", object, "Joined", `${node.pod} has joined ${channel.name}`);
}

async function participating(
  pass: Pass,
  { name }: ConsortiumChannel,
  genesis: common.Block,
  node: ConsortiumNode,
  { status, consensusRelation, height }: Participation,
): Promise<Condition> {
  const object = `orderer/${name}/${node.pod}`;
  if (await holdsOtherChain(pass, name, genesis, node)) {
    return isNotSo(
      "OrdererJoined",
      object,
      "OtherChain",
      `${node.pod} holds another chain of the name ${name}: its first block is not the one that the founder published`,
      `If the chain of ${node.pod} is the wrong one: ${emptyOrderer(pass.own.namespace, node.pod)}; if the published block is, restore the founder's notice.`,
    );
  }
  const found = `${node.pod} is ${status} in ${name} as ${consensusRelation}, with ${height} blocks`;
  if (status === "active" && consensusRelation === "consenter") return isSo("OrdererJoined", object, "Active", found);
  if (status === "onboarding" || (status === "active" && consensusRelation === "follower")) {
    return isUnseen("OrdererJoined", object, "CatchingUp", found);
  }
  return isNotSo("OrdererJoined", object, "NotActive", found, `See what the log of ${node.pod} says of ${name}.`);
}

async function holdsOtherChain(
  pass: Pass,
  channel: string,
  genesis: common.Block,
  node: ConsortiumNode,
): Promise<boolean> {
  try {
    const own = await blockOfOrderer(await pass.connect(node), pass.identity, channel, 0);
    return !sameBlock(own, genesis);
  } catch {
    // Without a leader it serves no blocks; then it says nothing either way.
    return false;
  }
}
