import { canEndorse, type EndorsingPeers } from "../fabric/endorsability";
import { parsePolicy } from "../fabric/policy-grammar";
import type { Channel, Network } from "../spec/network";
import type { Path } from "../spec/problem";
import type { PlacedPeer } from "./node";

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
 * The policies in use on a channel: one per chaincode, its own or the channel's; for a channel without chaincodes the
 * channel's own. Policies that do not parse are left out: they have been reported as such.
 */
export function endorsementRules(network: Network, channel: Channel): EndorsementRule[] {
  const rank = network.channels.indexOf(channel);
  const members = channel.members.flatMap((member) =>
    network.organisations.filter(({ name }) => name === member).map(({ mspId }) => mspId),
  );
  const rule = (subject: string, text: string, path: Path): EndorsementRule[] => {
    const parsed = parsePolicy(text);
    if (!parsed.ok) return [];
    return [{ subject, text, path, satisfiedBy: (peers) => canEndorse(parsed.policy, peers, members) }];
  };
  const ofChannel = channel.policies.endorsement;
  const channelPath: Path = ["channels", rank, "policies", "endorsement"];
  const chaincodes = network.chaincodes.flatMap((chaincode, index) =>
    chaincode.channel !== channel.name
      ? []
      : rule(
          `chaincode ${chaincode.name}`,
          chaincode.endorsement ?? ofChannel,
          chaincode.endorsement === undefined ? channelPath : ["chaincodes", index, "endorsement"],
        ),
  );
  return chaincodes.length > 0 ? chaincodes : rule(`channel ${channel.name}`, ofChannel, channelPath);
}

/** How many of these peers each MSP has. */
export function endorsersAmong(peers: readonly PlacedPeer[]): EndorsingPeers {
  const counts = new Map<string, number>();
  for (const { organisation } of peers) counts.set(organisation.mspId, (counts.get(organisation.mspId) ?? 0) + 1);
  return counts;
}
