import { canEndorse, endorsesAs } from "../../fabric/endorsability";
import { printPolicy, principalsOf, type Policy } from "../../fabric/policy";
import { parsePolicy } from "../../fabric/policy-grammar";
import { didYouMean } from "../nearest";
import type { Channel, Network } from "../network";
import type { Path } from "../problem";
import { counted, listed, shorten } from "../words";
import type { CheckFinding } from "./check";

/** A policy of the network file and what it is for. */
interface Use {
  readonly text: string;
  readonly path: Path;
  /** Signed by endorsing peers; else by clients and admins. */
  readonly byPeers: boolean;
  /** Part of a chaincode's definition, which cannot hold an ImplicitMeta policy of its own. */
  readonly inDefinition: boolean;
  readonly channel: Channel;
}

const organisations: Path = ["organisations", "*"];
const mspIds: Path = ["organisations", "*", "mspId"];

/**
 * Policies that are no policies, name MSP ids or roles that nobody has, or could not be satisfied even if every peer of
 * the channel endorsed.
 */
export function checkPolicies(network: Network): CheckFinding[] {
  return usesIn(network).flatMap((use) => {
    const parsed = parsePolicy(use.text);
    if (!parsed.ok) {
      const { position, found, allowed } = parsed.error;
      return [
        {
          document: "network",
          path: use.path,
          found: `"${shorten(use.text)}": at character ${position + 1}, ${found}`,
          allowed,
          fix: "Write a policy such as MAJORITY Endorsement or AND('Org1MSP.peer','Org2MSP.peer').",
        },
      ];
    }
    const named = [...strangers(network, use, parsed.policy), ...idleRoles(use, parsed.policy)];
    if (named.length > 0) return named;
    return [...foreignMeta(use, parsed.policy), ...unsatisfiable(network, use, parsed.policy)];
  });
}

function usesIn(network: Network): Use[] {
  const ofChannels = network.channels.flatMap((channel, index) =>
    Object.entries(channel.policies).map(([name, text]): Use => ({
      text,
      path: ["channels", index, "policies", name],
      byPeers: name === "endorsement" || name === "lifecycleEndorsement",
      inDefinition: false,
      channel,
    })),
  );
  const ofChaincodes = network.chaincodes.flatMap((chaincode, index): Use[] => {
    const channel = network.channels.find(({ name }) => name === chaincode.channel);
    if (channel === undefined) return [];
    const use = (text: string | undefined, path: Path): Use[] =>
      text === undefined ? [] : [{ text, path, byPeers: true, inDefinition: true, channel }];
    return [
      ...use(chaincode.endorsement, ["chaincodes", index, "endorsement"]),
      ...chaincode.collections.flatMap((collection, rank) =>
        use(collection.endorsement, ["chaincodes", index, "collections", rank, "endorsement"]),
      ),
    ];
  });
  return [...ofChannels, ...ofChaincodes];
}

/** MSP ids that no organisation has, or, where peers must endorse, none whose peers are on the channel. */
function strangers(network: Network, { path, byPeers, channel }: Use, policy: Policy): CheckFinding[] {
  const among = network.organisations.filter(({ name }) => !byPeers || channel.members.includes(name));
  const known = among.map(({ mspId }) => mspId);
  // Members that do not exist have been reported as such.
  if (known.length === 0) return [];
  const unknown = [...new Set(principalsOf(policy).map(({ mspId }) => mspId))].filter((id) => !known.includes(id));
  return unknown.map((id) => {
    const meant = network.organisations.find(({ name }) => name === id)?.mspId;
    return {
      document: "network",
      path,
      found: `the MSP id ${shorten(id)}, which no ${byPeers ? `member of channel ${channel.name}` : "organisation of this file"} has`,
      allowed: listed(known, "or"),
      fix: `Name the MSP id of one of them.${meant === undefined ? didYouMean(id, known) : ` Did you mean ${meant}?`}`,
      assumes: [organisations, ["organisations", "*", "name"], mspIds, ["channels", "*", "members", "*"]],
    };
  });
}

/** Roles that no endorsing peer has. */
function idleRoles({ path, byPeers }: Use, policy: Policy): CheckFinding[] {
  if (!byPeers) return [];
  const roles = [...new Set(principalsOf(policy).map(({ role }) => role))].filter((role) => !endorsesAs(role));
  return roles.map((role) => ({
    document: "network",
    path,
    found: `the role ${role}, which no endorsing peer has`,
    allowed: "the roles peer and member, since peers sign endorsements",
    fix: "Write peer in its place.",
  }));
}

/** A chaincode's definition can point to a policy of its channel, and has no other way to say ANY, ALL or MAJORITY. */
function foreignMeta({ path, inDefinition, channel }: Use, policy: Policy): CheckFinding[] {
  if (!inDefinition || policy.type !== "implicitMeta") return [];
  const texts = Object.values(channel.policies).map((text) => {
    const parsed = parsePolicy(text);
    return parsed.ok ? printPolicy(parsed.policy) : text;
  });
  if (texts.includes(printPolicy(policy))) return [];
  return [
    {
      document: "network",
      path,
      found: `${printPolicy(policy)}, which is no policy of channel ${channel.name}`,
      allowed: `a signature policy, or one that the channel has: ${listed([...new Set(texts)], "or")}`,
      fix: "Write a signature policy such as AND('Org1MSP.peer','Org2MSP.peer'), or take one of the channel's.",
    },
  ];
}

function unsatisfiable(network: Network, { path, byPeers, channel }: Use, policy: Policy): CheckFinding[] {
  if (!byPeers) return [];
  const members = network.organisations.filter(({ name }) => channel.members.includes(name));
  const peers = new Map(
    members.map(({ mspId, peers: groups }) => [mspId, groups.reduce((sum, { replicas }) => sum + replicas, 0)]),
  );
  // Members without any peer are reported as such.
  if ([...peers.values()].some((count) => count === 0)) return [];
  if (canEndorse(policy, peers, [...peers.keys()])) return [];
  const there = [...peers].map(([mspId, count]) => `${counted(count, "peer")} of ${mspId}`);
  return [
    {
      document: "network",
      path,
      found: `${shorten(printPolicy(policy))}, which not even all peers together satisfy: ${listed(there, "and")}`,
      allowed: "a policy that the members' peers can satisfy, one signature each",
      fix: "Ask for fewer signatures, or give the organisations more peers.",
      assumes: [organisations, ["organisations", "*", "peers", "*", "replicas"], ["channels", "*", "members", "*"]],
    },
  ];
}
