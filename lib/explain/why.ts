import { nodesToKeep } from "../placement/disruption";
import { orderersOf, peersOf, type Placement } from "../placement/node";
import { raftQuorum, raftTolerance } from "../placement/quorum";
import { orderingOrganisations } from "../spec/names";

/** Why the nodes are where they are, in sentences. */
export function tellWhy(placement: Placement): string[] {
  return [...whyOrdering(placement), ...whyPeers(placement), whyForEver, ...whyMaintenance(placement)];
}

function whyOrdering(placement: Placement): string[] {
  const orderers = orderersOf(placement);
  const total = orderers.length;
  const spread = placement.zones.map(({ name, witness }) => ({
    count: orderers.filter(({ zone }) => zone === name).length,
    name: witness ? `${name} (witness)` : name,
  }));
  const most = Math.max(...spread.map(({ count }) => count));
  return [
    `Ordering: ${total} consenters, of which Raft needs ${raftQuorum(total)}. ${spread.map(({ count, name }) => `${count} in ${name}`).join(", ")}: ` +
      `the loss of any one zone takes at most ${most} and leaves ${total - most}. ${raftTolerance(total)} may be down at once.`,
  ];
}

function whyPeers(placement: Placement): string[] {
  return placement.network.organisations
    .filter(({ peers }) => peers.length > 0)
    .map(({ name, mspId, gatewayMayStopBecause: reason }) => {
      const peers = peersOf(placement, name);
      const zones = [...new Set(peers.map(({ zone }) => zone))];
      const where = peers.map(({ pod, zone }) => `${pod} in ${zone}`).join(", ");
      const verdict =
        zones.length > 1
          ? "a zone's loss leaves it a peer that endorses and serves its clients."
          : `all in ${zones.join()}: with that zone ${name} loses its gateway and cannot endorse. ` +
            (reason === undefined ? "Set replicas to 2 to change that." : `It may, because: ${reason}`);
      return `${name} (${mspId}): ${where}; ${verdict}`;
    });
}

const whyForEver =
  "For ever: each pod's claim is made before the pod and bound to its zone, and a pod follows its claim. " +
  "Affinity and spreading alone would swap pods after a forced deletion or a cordoned zone.";

function whyMaintenance(placement: Placement): string[] {
  const ordering = orderingOrganisations(placement.network).map(
    ({ name, orderers }) => `${nodesToKeep(orderers.nodes)} of ${orderers.nodes} ordering nodes of ${name}`,
  );
  const peers = placement.network.organisations
    .map(({ name }) => ({ name, count: peersOf(placement, name).length }))
    .filter(({ count }) => count > 0)
    .map(({ name, count }) => `${nodesToKeep(count)} of ${count} peers of ${name}`);
  return [
    `Maintenance: evictions always leave ${[...ordering, ...peers].join(", ")}; the API server refuses the one that would not.`,
    "Start: certificate authorities first, as every other pod gets its certificates from them when it starts. Peers wait until the ordering service answers, at most 5 minutes; then they start for reads.",
  ];
}
