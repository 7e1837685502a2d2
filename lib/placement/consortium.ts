import type { Consortium, ConsortiumNode } from "../fabric/consortium";
import { bytesOf } from "../spec/scalars";
import { namespaceName } from "../spec/names";
import type { Settings } from "../spec/settings";
import { endpointOf } from "./endpoint";
import { orderersOf, peersOf, type PlacedNode, type PlacedPeer, type Placement } from "./node";
import { timingOfSites } from "./timing";

/** What the agents of all organisations agree on: the network with the addresses that the placement gives its nodes. */
export function consortiumOf(placement: Placement, settings: Pick<Settings, "sites">): Consortium {
  const { network } = placement;
  const domainOf = (site: string) => settings.sites.find(({ name }) => name === site)?.clusterDomain ?? "cluster.local";
  const node = (placed: PlacedNode): ConsortiumNode => {
    const { host, port } = endpointOf(placed, domainOf(placed.site));
    return { pod: placed.pod, site: placed.site, zone: placed.zone, host, port };
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

/** Of each zone the first peer. */
function firstOfEachZone(peers: readonly PlacedPeer[]): PlacedPeer[] {
  return peers.filter(
    (peer, index) => peers.findIndex((other) => other.zone === peer.zone && other.site === peer.site) === index,
  );
}
