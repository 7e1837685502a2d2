import { common } from "@hyperledger/fabric-protos";
import type { ConsortiumChannel, ConsortiumNode } from "../../lib/fabric/consortium";
import type { NodeConnection } from "../fabric/connection";
import { sameBlock } from "../fabric/ordering";
import { blockOfPeer, chainEnd, channelsOfPeer, joinPeer } from "../fabric/peer";
import { inWords } from "../fabric/problem";
import { emptyPeer } from "./begin-anew";
import { type CurrentConfig, hasMember } from "./channel-config";
import { type Condition, isNotSo, isSo } from "./condition";
import type { Pass } from "./pass";

/** The own peers that have joined a channel and answer, the one with most blocks first, and what to say of all. */
export interface JoinedPeers {
  readonly connections: readonly NodeConnection[];
  readonly conditions: readonly Condition[];
}

type Found =
  | { readonly node: ConsortiumNode; readonly is: "joined" | "outside" | "elsewhere"; readonly via: NodeConnection }
  | { readonly node: ConsortiumNode; readonly is: "unreachable"; readonly why: string };

/**
 * Lets the organisation's own peers join a channel from its first block. Nothing is joined while one of them holds
 * another chain of that name: two chains under one name are worse than none.
 * @param current The channel's config, or why nobody tells it.
 */
export async function joinPeers(
  pass: Pass,
  channel: ConsortiumChannel,
  genesis: Uint8Array,
  current: CurrentConfig | string,
): Promise<JoinedPeers> {
  const first = common.Block.deserializeBinary(genesis);
  const found = await Promise.all(pass.here.peers.map((node) => look(pass, channel.name, first, node)));
  const obstacle = obstacleTo(pass, channel, found, current);
  const done = await Promise.all(found.map((peer) => joinOne(pass, channel.name, genesis, peer, obstacle)));
  // One that still catches up would tell of the past: that nothing has been approved, for example.
  const joined = done.flatMap(({ end }) => end ?? []).sort((a, b) => b.height - a.height);
  return {
    connections: joined.map(({ connection }) => connection),
    conditions: done.map(({ condition }) => condition),
  };
}

async function look(pass: Pass, channel: string, genesis: common.Block, node: ConsortiumNode): Promise<Found> {
  try {
    const via = await pass.connect(node);
    if (!(await channelsOfPeer(via, pass.identity)).includes(channel)) return { node, is: "outside", via };
    const own = await blockOfPeer(via, pass.identity, channel, 0);
    return { node, is: sameBlock(own, genesis) ? "joined" : "elsewhere", via };
  } catch (error) {
    return { node, is: "unreachable", why: inWords(error) };
  }
}

interface Obstacle {
  readonly reason: string;
  readonly message: string;
}

function obstacleTo(
  pass: Pass,
  { name }: ConsortiumChannel,
  found: readonly Found[],
  current: CurrentConfig | string,
): Obstacle | undefined {
  const astray = found.filter(({ is }) => is === "elsewhere").map(({ node }) => node.pod);
  if (astray.length > 0) {
    return { reason: "OtherChain", message: `no peer joins ${name} while ${astray.join(", ")} holds another chain` };
  }
  if (typeof current === "string") {
    return { reason: "OrderingUnavailable", message: `nobody serves ${name} yet: ${current}` };
  }
  if (!hasMember(current, pass.own.mspId)) {
    return { reason: "AwaitsMembership", message: `the config of ${name} does not name ${pass.own.mspId} yet` };
  }
  return undefined;
}

interface Looked {
  readonly end?: { readonly connection: NodeConnection; readonly height: number };
  readonly condition: Condition;
}

async function joinOne(
  pass: Pass,
  channel: string,
  genesis: Uint8Array,
  peer: Found,
  obstacle: Obstacle | undefined,
): Promise<Looked> {
  const { pod } = peer.node;
  const object = `peer/${channel}/${pod}`;
  const not = (reason: string, message: string, remedy?: string) => ({
    condition: isNotSo("PeerJoined", object, reason, message, remedy),
  });
  switch (peer.is) {
    case "unreachable":
      return not("Unreachable", peer.why, `See whether the pod ${pod} runs and what its log says.`);
    case "elsewhere":
      return not(
        "OtherChain",
        `${pod} holds another chain of the name ${channel}: its first block is not the one that the founder published`,
        `If the chain of ${pod} is the wrong one: ${emptyPeer(pass.own.namespace, pod)}; if the published block is, restore the founder's notice.`,
      );
    case "joined":
      return joined(pass, channel, peer.via);
    case "outside":
      if (obstacle !== undefined) return not(obstacle.reason, obstacle.message);
      try {
        await joinPeer(peer.via, pass.identity, genesis);
      } catch (error) {
        return not("Refused", inWords(error), `See what the log of ${pod} says of ${channel}.`);
      }
      await pass.did(`${pod} joined ${channel} as peer`);
      return joined(pass, channel, peer.via);
  }
}

async function joined(pass: Pass, channel: string, via: NodeConnection): Promise<Looked> {
  const { pod } = via.node;
  const object = `peer/${channel}/${pod}`;
  try {
    const { height } = await chainEnd(via, pass.identity, channel);
    return {
      end: { connection: via, height },
      condition: isSo("PeerJoined", object, "Joined", `${pod} has joined ${channel}, and has ${height} blocks`),
    };
  } catch (error) {
    return { condition: isNotSo("PeerJoined", object, "Silent", inWords(error)) };
  }
}
