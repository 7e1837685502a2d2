import {
  authorityWorkloadName,
  namespaceName,
  ordererWorkloadName,
  orderingOrganisations,
  peerWorkloadName,
  podName,
} from "../spec/names";
import type { Network, Organisation } from "../spec/network";
import type { Site } from "../spec/settings";
import type { PlacedAuthority, PlacedNode, PlacedOrderer, PlacedPeer, Placement } from "./node";
import { consenterSequence, fullZones, namesConsenters } from "./zones";

/**
 * Puts a network on one site: which pod lives in which zone. A pure function of the ordinals, so the answer for a node
 * never changes while others are added behind it. Whether the result survives what it must is `checkModel`'s question.
 */
export function placeOnSite(network: Network, site: Site): Placement {
  const full = fullZones(site.zones);
  const home = full.length > 0 ? full : site.zones;
  const inTurn = (ordinal: number): string => {
    const zone = home[ordinal % home.length];
    if (zone === undefined) throw new RangeError("a site has at least one zone");
    return zone.name;
  };
  const at = (organisation: Organisation, workload: string, ordinal: number, zone: string) => ({
    site: site.name,
    zone,
    organisation,
    namespace: namespaceName(network, organisation),
    workload,
    ordinal,
    pod: podName(workload, ordinal),
  });

  const peers = network.organisations.flatMap((organisation) =>
    organisation.peers.flatMap((group) =>
      count(group.replicas, (ordinal): PlacedPeer => ({
        role: "peer",
        group,
        ...at(organisation, peerWorkloadName(group, organisation), ordinal, inTurn(ordinal)),
      })),
    ),
  );
  const authorities = network.organisations.flatMap((organisation) =>
    count(organisation.ca.replicas, (ordinal): PlacedAuthority => ({
      role: "ca",
      ...at(organisation, authorityWorkloadName(organisation), ordinal, inTurn(ordinal)),
    })),
  );
  const nodes: PlacedNode[] = [...placeOrderers(network, site, at), ...peers, ...authorities];
  return {
    network,
    zones: site.zones.map(({ name, witness }) => ({ site: site.name, name, witness })),
    nodes,
  };
}

/**
 * Each organisation's ordering nodes follow the zone sequence, beginning one zone further than the organisation before:
 * three banks with one node each stand in three zones, and a bank that adds a node moves nobody else's. Numbers per zone
 * from the settings are used up in the order of the file instead.
 */
function placeOrderers(
  network: Network,
  site: Site,
  at: (
    organisation: Organisation,
    workload: string,
    ordinal: number,
    zone: string,
  ) => Omit<PlacedOrderer, "role" | "group">,
): PlacedOrderer[] {
  const named = namesConsenters(site.zones);
  const organisations = orderingOrganisations(network);
  const longest = Math.max(0, ...organisations.map(({ orderers }) => orderers.nodes));
  const sequence = consenterSequence(site.zones, organisations.length + longest);
  let used = 0;
  return organisations.flatMap((organisation, rank) => {
    const group = organisation.orderers;
    const begin = named ? used : rank;
    used += group.nodes;
    return count(group.nodes, (ordinal) => sequence[begin + ordinal]).flatMap((zone, ordinal): PlacedOrderer[] =>
      // Fewer places than nodes: `checkZones` has already refused it with the sum.
      zone === undefined
        ? []
        : [{ role: "orderer", group, ...at(organisation, ordererWorkloadName(group), ordinal, zone) }],
    );
  });
}

function count<T>(length: number, make: (index: number) => T): T[] {
  return Array.from({ length }, (_, index) => make(index));
}
