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
import { pinName, pinnedZones } from "./pins";
import { consenterSequence, fullZones, without } from "./zones";

/**
 * Puts a network on one site: which pod lives in which zone. A pure function of the two documents: pinned pods live where
 * the settings say, other peers and authorities follow their ordinals, other ordering nodes their order in the file. Whether the result
 * survives what it must is `checkModel`'s question.
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
  const pins = pinnedZones(site.zones);
  const zoneOf = (organisation: Organisation, workload: string, ordinal: number): string =>
    pins.get(pinName(organisation, podName(workload, ordinal))) ?? inTurn(ordinal);

  const peers = network.organisations.flatMap((organisation) =>
    organisation.peers.flatMap((group) =>
      count(group.replicas, (ordinal): PlacedPeer => {
        const workload = peerWorkloadName(group, organisation);
        return {
          role: "peer",
          group,
          ...at(organisation, workload, ordinal, zoneOf(organisation, workload, ordinal)),
        };
      }),
    ),
  );
  const authorities = network.organisations.flatMap((organisation) =>
    count(organisation.ca.replicas, (ordinal): PlacedAuthority => ({
      role: "ca",
      ...at(
        organisation,
        authorityWorkloadName(organisation),
        ordinal,
        zoneOf(organisation, authorityWorkloadName(organisation), ordinal),
      ),
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
 * All ordering nodes, in the order of the file, take the zones of one sequence: however they are shared out among the
 * organisations, five stand 2 + 2 + 1. Pinned ones take their own zone's places of it, and the others those that are left:
 * with every node pinned that holds a ledger, new ones fill up what the sequence would have had.
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
  const nodes = orderingOrganisations(network).flatMap((organisation) =>
    count(organisation.orderers.nodes, (ordinal) => ({ organisation, ordinal })),
  );
  const pins = pinnedZones(site.zones);
  const pinned = nodes.map(({ organisation, ordinal }) =>
    pins.get(pinName(organisation, podName(ordererWorkloadName(organisation.orderers), ordinal))),
  );
  const left = without(
    consenterSequence(site.zones, nodes.length),
    pinned.filter((zone) => zone !== undefined),
  ).values();
  return nodes.flatMap(({ organisation, ordinal }, index): PlacedOrderer[] => {
    const group = organisation.orderers;
    const zone = pinned[index] ?? left.next().value;
    // Fewer places than nodes: `checkZones` has already refused it with the sum.
    if (zone === undefined) return [];
    return [{ role: "orderer", group, ...at(organisation, ordererWorkloadName(group), ordinal, zone) }];
  });
}

function count<T>(length: number, make: (index: number) => T): T[] {
  return Array.from({ length }, (_, index) => make(index));
}
