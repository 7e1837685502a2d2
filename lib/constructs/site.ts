import { ApiObject, App, Chart } from "cdk8s";
import type { IConstruct } from "constructs";
import { sitesAbroad } from "../fabric/border";
import type { Consortium } from "../fabric/consortium";
import type { Timing } from "../fabric/timing";
import { endpointOf, orderingServiceAddress } from "../placement/endpoint";
import {
  authoritiesOf,
  orderersOf,
  peersOf,
  severalSites,
  type PlacedAuthority,
  type PlacedNode,
  type PlacedOrderer,
  type PlacedPeer,
  type Placement,
} from "../placement/node";
import { orderingOrganisations } from "../spec/names";
import type { PeerGroup } from "../spec/network";
import type { Site } from "../spec/settings";
import { Agent, agentModel } from "./agent";
import { Chaincodes } from "./chaincode";
import { ConsenterNames } from "./consenter-names";
import { type Border, Gateway } from "./gateway";
import { Identities } from "./identities";
import { objectKey, type KubeObject, type SiteManifests } from "./manifests";
import { Monitoring } from "./monitoring";
import { MspAbroad } from "./msp-abroad";
import { NetworkPolicies } from "./network-policies";
import { OrderingNodes } from "./ordering-nodes";
import { OrganisationSpace } from "./organisation";
import { Peers } from "./peers";
import { PublicNotices } from "./public-notices";
import { NodeQuota } from "./quota";
import { ZonalStorage } from "./storage";

/**
 * Every Kubernetes object of one site, made from what the placement puts there. Pure: the same placement gives the same
 * objects in the same order, on any machine.
 *
 * @param consortium What the agents of all organisations agree on, on whatever sites they are.
 * @param timing How fast the nodes of all sites may act.
 * @param border What passes connections on between sites; undefined for a network of one cluster.
 * @throws Error naming both construct paths if two objects have the same name.
 */
export function synthesiseSite(
  placement: Placement,
  site: Site,
  consortium: Consortium,
  timing: Timing,
  border?: Border,
): SiteManifests {
  const { network } = placement;
  const chart = new Chart(new App(), site.name, { disableResourceNameHashes: true });
  const here = ({ site: name }: PlacedNode) => name === site.name;
  const model = agentModel(consortium);
  const federated = severalSites(placement);
  // Where there are several sites, one ordering node of each stands for all: with any one site lost, most still answer.
  const orderingServices = orderingOrganisations(network).flatMap((organisation) =>
    federated
      ? firstOfEachSite(orderersOf(placement, organisation.name)).map(
          (node) => endpointOf(node, site.clusterDomain).address,
        )
      : [orderingServiceAddress(network, organisation, site.clusterDomain)],
  );

  if (border !== undefined) new Gateway(chart, "gateway", { network, site, ...border });
  const storage = new ZonalStorage(chart, "storage", network, site);
  const ordering: OrderingNodes[] = [];
  const consenters: ConsenterNames[] = [];
  const peers: Peers[] = [];
  const groups = new Map<PeerGroup, Peers>();
  for (const organisation of network.organisations) {
    const ownOrderers = orderersOf(placement, organisation.name).filter(here);
    const ownTwins = (placement.twins ?? []).filter(
      (twin) => here(twin) && twin.organisation.name === organisation.name,
    );
    const ownPeers = peersOf(placement, organisation.name).filter(here);
    const ownAuthorities = authoritiesOf(placement, organisation.name).filter(here);
    const abroad = sitesAbroad(consortium, organisation.name, site.name);
    const space = new OrganisationSpace(chart, organisation.name, {
      network,
      organisation,
      peers: ownPeers,
      orderers: ownOrderers.length > 0 ? ownOrderers : ownTwins,
      authorities: ownAuthorities,
    });
    const ofAllSites = federated ? orderersOf(placement, organisation.name) : [];
    consenters.push(new ConsenterNames(space, "consenters", network, site, ofAllSites));
    new NetworkPolicies(space, "network-policies", { network, organisation, site, border: border?.addresses });
    const quota = federated
      ? [
          new NodeQuota(space, "quota", network, organisation, [
            ...ownOrderers,
            ...ownTwins,
            ...ownPeers,
            ...ownAuthorities,
          ]),
        ]
      : [];
    if (abroad !== undefined && abroad.length > 0) new MspAbroad(space, "msp-abroad", network, organisation, abroad);
    // At home elsewhere: others only need to know it.
    if (ownOrderers.length + ownPeers.length + ownAuthorities.length === 0) {
      new PublicNotices(space, "public", { network, organisation, consortium });
      continue;
    }
    if (site.prometheusOperator) new Monitoring(space, "monitoring", network, organisation);
    const enrolling: { startAfter(...others: readonly IConstruct[]): void }[] = [
      // It starts with the nodes and not after them: peers become ready only when it says that they receive blocks.
      new Agent(space, "agent", { network, organisation, site, model }),
      new Chaincodes(space, "chaincodes", { network, organisation, site, peers: ownPeers }),
    ];
    for (const nodes of byWorkload<PlacedOrderer>(ownOrderers)) {
      const set = new OrderingNodes(space, nodes[0].workload, { network, site, timing, nodes, abroad });
      ordering.push(set);
      enrolling.push(set);
    }
    for (const nodes of byWorkload<PlacedOrderer>(ownTwins)) {
      const id = `${nodes[0].workload}-dormant`;
      const set = new OrderingNodes(space, id, { network, site, timing, nodes, abroad, dormant: true });
      set.startAfter(storage);
      enrolling.push(set);
    }
    for (const nodes of byWorkload<PlacedPeer>(ownPeers)) {
      const set = new Peers(space, nodes[0].workload, {
        network,
        site,
        timing,
        nodes,
        colleagues: peersOf(placement, organisation.name),
        orderingServices,
        abroad,
      });
      const before = groups.get(nodes[0].group);
      // Where each node is a set of its own, those of a group are changed one after the other all the same.
      if (before !== undefined) set.startAfter(before.workload);
      groups.set(nodes[0].group, set);
      peers.push(set);
      enrolling.push(set);
    }
    for (const authorities of byWorkload<PlacedAuthority>(ownAuthorities)) {
      const identities = new Identities(space, "identities", {
        network,
        organisation,
        site,
        authorities,
        peers: ownPeers,
        orderers: [...ownOrderers, ...ownTwins],
      });
      identities.startAfter(storage, ...quota);
      for (const set of enrolling) set.startAfter(identities.registered);
    }
  }
  for (const set of [...ordering, ...peers]) set.startAfter(storage);
  for (const set of ordering) set.startAfter(...consenters);
  // One organisation's ordering nodes after the other's: a disruption budget does not count across namespaces, and says
  // nothing about rolling updates, so without an order a change would restart a consenter of each at the same moment.
  for (const [index, set] of ordering.entries()) {
    const before = ordering[index - 1];
    if (before !== undefined) set.startAfter(before.workload);
  }
  for (const set of peers) set.startAfter(...ordering.slice(-1).map(({ workload }) => workload));
  return manifestsOf(chart, site.name);
}

function firstOfEachSite(nodes: readonly PlacedOrderer[]): PlacedOrderer[] {
  return nodes.filter(({ site }, index) => nodes.findIndex((other) => other.site === site) === index);
}

/** The nodes of each StatefulSet, in the order of their ordinals. */
function byWorkload<T extends PlacedNode>(nodes: readonly T[]): [T, ...T[]][] {
  const sets = new Map<string, [T, ...T[]]>();
  for (const node of nodes) {
    const set = sets.get(node.workload);
    if (set === undefined) sets.set(node.workload, [node]);
    else set.push(node);
  }
  return [...sets.values()];
}

/** A chart as plain objects, with the dependencies between its constructs as dependencies between objects. */
function manifestsOf(chart: Chart, site: string): SiteManifests {
  const constructs = chart.node.findAll().filter((construct) => ApiObject.isApiObject(construct));
  const byKey = new Map<string, ApiObject>();
  const keys = new Map<ApiObject, string>();
  const objects: KubeObject[] = [];
  for (const construct of constructs) {
    const object = construct.toJson() as KubeObject;
    const key = objectKey(object);
    const twin = byKey.get(key);
    if (twin !== undefined) throw new Error(`two objects ${key}: ${twin.node.path} and ${construct.node.path}`);
    byKey.set(key, construct);
    keys.set(construct, key);
    objects.push(object);
  }
  const dependencies = new Map<string, string[]>();
  for (const [construct, key] of keys) {
    const on = construct.node.dependencies
      .flatMap((dependency) => dependency.node.findAll())
      .flatMap((dependency) => (ApiObject.isApiObject(dependency) ? [keys.get(dependency)] : []))
      .filter((other): other is string => other !== undefined && other !== key);
    if (on.length > 0) dependencies.set(key, [...new Set(on)].sort());
  }
  return { site, objects, dependencies };
}
