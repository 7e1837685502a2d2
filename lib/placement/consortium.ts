import type { Consortium, ConsortiumNode, ConsortiumSite } from "../fabric/consortium";
import { ports } from "../fabric/ports";
import { bytesOf } from "../spec/scalars";
import { agentHost, namespaceName } from "../spec/names";
import type { Organisation } from "../spec/network";
import type { Settings } from "../spec/settings";
import { endpointOf } from "./endpoint";
import { orderersOf, peersOf, type PlacedOrderer, type PlacedPeer, type Placement } from "./node";
import { timingOfSites } from "./timing";

/** What the settings say of clusters, and of the gateways between them where there are several. */
type ConsortiumSettings = Pick<Settings, "sites" | "federation" | "ingress">;

/** What the agents of all organisations agree on: the network with the addresses that the placement gives its nodes. */
export function consortiumOf(placement: Placement, settings: ConsortiumSettings): Consortium {
  const { network } = placement;
  const spread = placement.nodes.some(({ gatewayPort }) => gatewayPort !== undefined);
  const domainOf = (site: string) => settings.sites.find(({ name }) => name === site)?.clusterDomain ?? "cluster.local";
  const node = (placed: PlacedPeer | PlacedOrderer): ConsortiumNode => {
    const { host, port, consenter } = endpointOf(placed, domainOf(placed.site));
    const podPort = ports[placed.role].grpc;
    const { pod, site, zone } = placed;
    return {
      ...{ pod, site, zone, host, port },
      ...(port === podPort ? {} : { podPort }),
      ...(consenter === undefined ? {} : { consenter }),
    };
  };
  const { raft } = timingOfSites(placement.network, settings);
  return {
    network: network.name,
    fabricVersion: network.fabric.version,
    clusterDomain: settings.sites[0]?.clusterDomain ?? "cluster.local",
    organisations: network.organisations.map((organisation) => {
      const peers = peersOf(placement, organisation.name);
      return {
        name: organisation.name,
        mspId: organisation.mspId,
        namespace: namespaceName(network, organisation),
        peers: peers.map(node),
        orderers: orderersOf(placement, organisation.name).map(node),
        anchorPeers: firstOfEachZone(peers).map(node),
        ...(spread ? { sites: sitesOf(placement, settings, organisation) } : {}),
      };
    }),
    channels: network.channels.map(({ name, members, policies, batch, capabilities }) => ({
      name,
      members,
      policies,
      batch: {
        timeout: batch.timeout,
        maxMessages: batch.maxMessages,
        absoluteMaxBytes: bytesOf(batch.absoluteMaxBytes),
        preferredMaxBytes: bytesOf(batch.preferredMaxBytes),
      },
      capabilities,
      // The rest is Fabric's own.
      raft: {
        ...raft,
        maxInflightBlocks: 5,
        snapshotIntervalSize: 16 * 2 ** 20,
      },
    })),
    // Named one by one: images and resources are the cluster's business, and agents would restart with each of them.
    chaincodes: network.chaincodes.map(
      ({ name, channel, version, sequence, initRequired, collections, endorsement }) => ({
        name,
        channel,
        version,
        sequence,
        initRequired,
        ...(endorsement === undefined ? {} : { endorsement }),
        collections: collections.map(({ endorsement: own, ...collection }) => ({
          ...collection,
          ...(own === undefined ? {} : { endorsement: own }),
        })),
      }),
    ),
  };
}

/** In the order of the settings, which stays when nodes come and go: the first that orders founds the channels. */
function sitesOf(
  { nodes }: Placement,
  { sites, ingress: { port } }: ConsortiumSettings,
  organisation: Organisation,
): ConsortiumSite[] {
  const own = new Set(nodes.filter((node) => node.organisation.name === organisation.name).map(({ site }) => site));
  return sites
    .filter(({ name }) => own.has(name))
    .map(({ name }) => ({ name, board: { host: agentHost(name, organisation), port } }));
}

/** Of each zone the first peer. */
function firstOfEachZone(peers: readonly PlacedPeer[]): PlacedPeer[] {
  return peers.filter(
    (peer, index) => peers.findIndex((other) => other.zone === peer.zone && other.site === peer.site) === index,
  );
}
