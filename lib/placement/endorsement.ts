import { canEndorse, type EndorsingPeers } from "../fabric/endorsability";
import { parsePolicy } from "../fabric/policy-grammar";
import type { Channel, Network } from "../spec/network";
import type { Path } from "../spec/problem";
import { workingPeersOf, type PlacedPeer, type Placement } from "./node";

/** A policy that transactions on a channel must satisfy, and what it is the policy of. */
export interface EndorsementRule {
  /** "chaincode settlement" or "channel trade". */
  readonly subject: string;
  /** The policy as people wrote it. */
  readonly text: string;
  /** Where it stands in the network file. */
  readonly path: Path;
  readonly satisfiedBy: (peers: EndorsingPeers) => boolean;
}

/**
 * The policies in use on a channel: one per chaincode, its own or the channel's, and those of its collections that have
 * one; for a channel without chaincodes the channel's own. Policies that do not parse are left out: they have been reported
 * as such.
 */
export function endorsementRules(network: Network, channel: Channel): EndorsementRule[] {
  const ofChannel = channel.policies.endorsement;
  const channelPath: Path = ["channels", network.channels.indexOf(channel), "policies", "endorsement"];
  const here = network.chaincodes.flatMap((chaincode, index) =>
    chaincode.channel === channel.name ? [{ chaincode, base: ["chaincodes", index] satisfies Path }] : [],
  );
  if (here.length === 0) return rule(network, channel, `channel ${channel.name}`, ofChannel, channelPath);
  return here.flatMap(({ chaincode: { name, endorsement, collections }, base }) => [
    ...rule(
      network,
      channel,
      `chaincode ${name}`,
      endorsement ?? ofChannel,
      endorsement === undefined ? channelPath : [...base, "endorsement"],
    ),
    // Writes to a collection with a policy of its own are held against that one (Fabric docs, "Private data").
    ...collections.flatMap((collection, rank) =>
      collection.endorsement === undefined
        ? []
        : rule(network, channel, `collection ${collection.name} of chaincode ${name}`, collection.endorsement, [
            ...base,
            "collections",
            rank,
            "endorsement",
          ]),
    ),
  ]);
}

/** Who must agree to a new chaincode of a channel; nothing where the policy does not parse. */
export function lifecycleRule(network: Network, channel: Channel): EndorsementRule[] {
  const path: Path = ["channels", network.channels.indexOf(channel), "policies", "lifecycleEndorsement"];
  return rule(
    network,
    channel,
    `new chaincodes of channel ${channel.name}`,
    channel.policies.lifecycleEndorsement,
    path,
  );
}

function rule(network: Network, channel: Channel, subject: string, text: string, path: Path): EndorsementRule[] {
  const parsed = parsePolicy(text);
  if (!parsed.ok) return [];
  const mspIds = new Map(network.organisations.map(({ name, mspId }) => [name, mspId]));
  const members = channel.members.flatMap((member) => mspIds.get(member) ?? []);
  return [{ subject, text, path, satisfiedBy: (peers) => canEndorse(parsed.policy, peers, members) }];
}

/**
 * The peers of a channel's members, in the order of the placement. Those that stand by at a remote center could endorse, but
 * nothing may depend on it: each transaction would wait for the remote link.
 */
export function peersOn(placement: Placement, { members }: Pick<Channel, "members">): PlacedPeer[] {
  const names = new Set(members);
  return workingPeersOf(placement).filter(({ organisation }) => names.has(organisation.name));
}

/** How many of these peers each MSP has. */
export function endorsersAmong(peers: readonly PlacedPeer[]): EndorsingPeers {
  const counts = new Map<string, number>();
  for (const { organisation } of peers) counts.set(organisation.mspId, (counts.get(organisation.mspId) ?? 0) + 1);
  return counts;
}
