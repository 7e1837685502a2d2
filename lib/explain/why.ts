import { nodesToKeep } from "../placement/disruption";
import { orderersOf, peersOf, severalSites, workingPeersOf, type PlacedNode, type Placement } from "../placement/node";
import { raftQuorum, raftTolerance } from "../placement/quorum";
import { orderingOrganisations } from "../spec/names";

/** Why the nodes are where they are, in sentences. */
export function tellWhy(placement: Placement): string[] {
  return [
    ...whyOrdering(placement),
    ...whyPeers(placement),
    whyForEver,
    ...(severalSites(placement) ? [whyOneHome] : []),
    ...whyMaintenance(placement),
  ];
}

/** What the network is spread over: the zones of one site, or several sites. */
function spreadOver(placement: Placement) {
  if (!severalSites(placement)) {
    const parts = placement.zones.map(({ name, witness }) => ({ name, witness }));
    return { kind: "zone", parts, partOf: ({ zone }: PlacedNode) => zone };
  }
  const names = [...new Set(placement.zones.map(({ site }) => site))];
  const parts = names.map((name) => ({
    name,
    witness: placement.zones.every(({ site, witness }) => site !== name || witness),
  }));
  return { kind: "site", parts, partOf: ({ site }: PlacedNode) => site };
}

function whyOrdering(placement: Placement): string[] {
  const orderers = orderersOf(placement);
  const total = orderers.length;
  const { kind, parts, partOf } = spreadOver(placement);
  const spread = parts.map(({ name, witness }) => ({
    count: orderers.filter((orderer) => partOf(orderer) === name).length,
    name: witness ? `${name} (witness)` : name,
  }));
  const most = Math.max(...spread.map(({ count }) => count));
  return [
    `Ordering: ${total} consenters, of which Raft needs ${raftQuorum(total)}. ${spread.map(({ count, name }) => `${count} in ${name}`).join(", ")}: ` +
      `the loss of any one ${kind} takes at most ${most} and leaves ${total - most}. ${raftTolerance(total)} may be down at once.`,
  ];
}

function whyPeers(placement: Placement): string[] {
  const { kind, partOf } = spreadOver(placement);
  return placement.network.organisations
    .filter(({ peers }) => peers.length > 0)
    .map(({ name, mspId, gatewayMayStopBecause: reason }) => {
      const peers = workingPeersOf(placement, name);
      const zones = [...new Set(peers.map(partOf))];
      const where = peers.map((peer) => `${peer.pod} in ${partOf(peer)}`).join(", ");
      const verdict =
        zones.length > 1
          ? `a ${kind}'s loss leaves it a peer that endorses and serves its clients.`
          : `all in ${zones.join()}: with that ${kind} ${name} loses its gateway and cannot endorse. ` +
            (reason === undefined ? "Set replicas to 2 to change that." : `It may, because: ${reason}`);
      const standing = peersOf(placement, name).filter(({ standby }) => standby === true);
      const standby = standing.map((peer) => ` ${peer.pod} stands by in ${partOf(peer)}, for reads.`).join("");
      return `${name} (${mspId}): ${where}; ${verdict}${standby}`;
    });
}

const whyForEver =
  "For ever: each pod's claim is made before the pod and bound to its zone, and a pod follows its claim. " +
  "Affinity and spreading alone would swap pods after a forced deletion or a cordoned zone.";

const whyOneHome =
  "One home: each node is a StatefulSet of its own, placed on one site. Nothing moves it to another by itself, since the copy " +
  "left behind would answer to the same name with the same keys; where a site is lost, its nodes wait for it.";

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
