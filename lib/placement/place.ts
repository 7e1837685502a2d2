import { authorityWorkloadName, namespaceName, orderingOrganisations, podName } from "../spec/names";
import type { Network, Organisation } from "../spec/network";
import type { Settings, Site, Zone } from "../spec/settings";
import { centersAsDomains, sitesAsDomains, zonesAsDomains, type Domain } from "./domain";
import { aSetForEachGroup, aSetForEachNode, standbyPeer, type Naming, type PodOfSet } from "./naming";
import type { PlacedAuthority, PlacedNode, PlacedOrderer, PlacedPeer, Placement } from "./node";
import { pinName, pinnedTo } from "./pins";
import { consenterSequence, fullZones, without } from "./zones";

/** A place for one pod. */
type At = (organisation: Organisation, pod: PodOfSet, zone: { readonly site: Site; readonly name: string }) => Located;
type Located = Omit<PlacedAuthority, "role">;

/**
 * Puts a network on one site: which pod lives in which zone. A pure function of the two documents: pinned pods live where
 * the settings say, other peers and authorities follow their ordinals, other ordering nodes their order in the file. Whether the result
 * survives what it must is `checkModel`'s question.
 */
export function placeOnSite(network: Network, site: Site): Placement {
  const at: At = (organisation, pod, zone) => located(network, organisation, pod, zone);
  const domains = zonesAsDomains(site);
  const authorities = network.organisations.flatMap((organisation) =>
    count(organisation.ca.replicas, (ordinal): PlacedAuthority => {
      const pod = { workload: authorityWorkloadName(organisation), ordinal };
      return { role: "ca", ...at(organisation, pod, inTurn(domains, organisation, pod, ordinal)) };
    }),
  );
  const nodes = [
    ...placeOrderers(network, domains, aSetForEachGroup, at),
    ...placePeers(network, domains, aSetForEachGroup, at),
    ...authorities,
  ];
  return placement(network, [site], nodes);
}

/**
 * Puts a network on several sites, each node on one of them for ever: peers and ordering nodes go to sites as they go to
 * zones on one ({@link placeOnSite}), and on each to its zones in turn. An organisation has an authority on every site where
 * it has nodes, so that no key and no enrolment crosses a border.
 */
export function placeOnSites(network: Network, settings: SeveralSites): Placement {
  const domains = sitesAsDomains(settings);
  const at = behindGateways(network, settings);
  const working = workingNodes(network, domains, at);
  return placement(network, settings.sites, [...working, ...authoritiesWith(network, domains, working, at)]);
}

/**
 * Puts a network on three centers: peers in the two of the city, as many ordering nodes there as make a majority without the
 * remote one, which has one, a peer of each group that stands by, and the places of the city's ordering nodes.
 */
export function placeOnCenters(network: Network, settings: SeveralSites): Placement {
  const domains = centersAsDomains(settings);
  const at = behindGateways(network, settings);
  const remote = domains.find(({ site }) => site.center === "remote");
  if (remote === undefined) throw new RangeError("three centers have a remote one");
  const zoneThere = (index: number) => ({ site: remote.site, name: turn(fullOrAll(remote.zones), index).name });
  const working = [
    ...workingNodes(network, domains, at),
    ...network.organisations.flatMap((organisation) =>
      organisation.peers.map((group, index): PlacedPeer => {
        const home = at(organisation, standbyPeer(organisation, group), zoneThere(index));
        return { role: "peer", group, standby: true, ...home };
      }),
    ),
  ];
  const twins = working
    .filter((node) => node.role === "orderer" && node.site !== remote.name)
    .map((node, index): PlacedOrderer => {
      const orderer = node as PlacedOrderer;
      return { role: "orderer", group: orderer.group, ...at(node.organisation, node, zoneThere(index)) };
    });
  const authorities = authoritiesWith(network, domains, [...working, ...twins], at);
  return { ...placement(network, sitesOfNodes(settings.sites), [...working, ...authorities]), twins };
}

/** What several sites are told by: where they are, and the port of their gateways. */
type SeveralSites = Pick<Settings, "sites" | "ingress">;

/** The sites that carry nodes: all but the witness of three centers. */
export function sitesOfNodes(sites: readonly Site[]): Site[] {
  return sites.filter(({ center }) => center !== "witness");
}

const behindGateways =
  (network: Network, { ingress }: SeveralSites): At =>
  (organisation, pod, zone) => ({ ...located(network, organisation, pod, zone), gatewayPort: ingress.port });

const workingNodes = (network: Network, domains: readonly Domain[], at: At): (PlacedOrderer | PlacedPeer)[] => [
  ...placeOrderers(network, domains, aSetForEachNode, at),
  ...placePeers(network, domains, aSetForEachNode, at),
];

/** An authority of each organisation on every site where it has nodes. */
function authoritiesWith(
  network: Network,
  domains: readonly Domain[],
  working: readonly PlacedNode[],
  at: At,
): PlacedAuthority[] {
  return network.organisations.flatMap((organisation) =>
    domains
      .filter(({ site }) =>
        working.some((node) => node.organisation.name === organisation.name && node.site === site.name),
      )
      .map((domain): PlacedAuthority => {
        const pod = { workload: authorityWorkloadName(organisation, domain.name), ordinal: 0 };
        return { role: "ca", ...at(organisation, pod, inTurn([domain], organisation, pod, 0)) };
      }),
  );
}

function placement(network: Network, sites: readonly Site[], nodes: readonly PlacedNode[]): Placement {
  const zones = sites.flatMap((site) =>
    site.zones.map(({ name, witness }) => ({
      site: site.name,
      name,
      witness,
      ...(site.center === "city" || site.center === "remote" ? { center: site.center } : {}),
    })),
  );
  return { network, zones, nodes };
}

function located(
  network: Network,
  organisation: Organisation,
  { workload, ordinal }: PodOfSet,
  { site, name }: { readonly site: Site; readonly name: string },
): Located {
  return {
    site: site.name,
    zone: name,
    organisation,
    namespace: namespaceName(network, organisation),
    workload,
    ordinal,
    pod: podName(workload, ordinal),
  };
}

function placePeers(network: Network, domains: readonly Domain[], naming: Naming, at: At): PlacedPeer[] {
  return network.organisations.flatMap((organisation) =>
    organisation.peers.flatMap((group) =>
      count(group.replicas, (ordinal): PlacedPeer => {
        const pod = naming.peer(organisation, group, ordinal);
        return { role: "peer", group, ...at(organisation, pod, inTurn(domains, organisation, pod, ordinal)) };
      }),
    ),
  );
}

/** Where the settings pin a pod to, or else its turn: over the full domains, and over the full zones of each. */
function inTurn(domains: readonly Domain[], organisation: Organisation, pod: PodOfSet, ordinal: number) {
  const name = pinName(organisation, podName(pod.workload, pod.ordinal));
  const home = fullOrAll(domains);
  const domain = pinnedTo(domains, name) ?? turn(home, ordinal);
  const zone = pinnedTo(domain.zones, name) ?? turn(fullOrAll(domain.zones), Math.floor(ordinal / home.length));
  return { site: domain.site, name: zone.name };
}

/**
 * All ordering nodes, in the order of the file, take the domains of one sequence: however they are shared out among the
 * organisations, five stand 2 + 2 + 1. Within a domain they take its zones in the same way.
 */
function placeOrderers(network: Network, domains: readonly Domain[], naming: Naming, at: At): PlacedOrderer[] {
  const nodes = orderingOrganisations(network).flatMap((organisation) =>
    count(organisation.orderers.nodes, (ordinal) => {
      const pod = naming.orderer(organisation.orderers, ordinal);
      return { organisation, pod, name: pinName(organisation, podName(pod.workload, pod.ordinal)) };
    }),
  );
  const names = (some: typeof nodes) => some.map(({ name }) => name);
  const domainOf = spread(names(nodes), domains);
  const zoneOf = new Map(
    domains.flatMap((domain) => {
      const here = nodes.filter(({ name }) => domainOf.get(name) === domain);
      return [...spread(names(here), domain.zones)].map(([name, zone]) => [
        name,
        { site: domain.site, name: zone.name },
      ]);
    }),
  );
  return nodes.flatMap(({ organisation, pod, name }): PlacedOrderer[] => {
    const zone = zoneOf.get(name);
    // Fewer places than nodes: `checkSum` has already refused it with the sum.
    if (zone === undefined) return [];
    return [{ role: "orderer", group: organisation.orderers, ...at(organisation, pod, zone) }];
  });
}

/**
 * Ordering nodes over zones, or over sites. Pinned ones take their own zone's places of the sequence, and the others those
 * that are left: with every node pinned that holds a ledger, new ones fill up what the sequence would have had.
 */
function spread<T extends Domain | Zone>(nodes: readonly string[], over: readonly T[]): Map<string, T> {
  const pinned = nodes.map((node) => pinnedTo(over, node));
  const left = without(
    consenterSequence(over, nodes.length),
    pinned.flatMap((one) => one?.name ?? []),
  ).values();
  return new Map(
    nodes.flatMap((node, index): [string, T][] => {
      const free = (): T | undefined => {
        const { value } = left.next();
        return over.find(({ name }) => name === value);
      };
      const found = pinned[index] ?? free();
      return found === undefined ? [] : [[node, found]];
    }),
  );
}

function fullOrAll<T extends Pick<Zone, "witness">>(zones: readonly T[]): readonly T[] {
  const full = fullZones(zones);
  return full.length > 0 ? full : zones;
}

function turn<T>(of: readonly T[], index: number): T {
  const found = of[index % of.length];
  if (found === undefined) throw new RangeError("a site has at least one zone");
  return found;
}

function count<T>(length: number, make: (index: number) => T): T[] {
  return Array.from({ length }, (_, index) => make(index));
}
