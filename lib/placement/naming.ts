import { ordererWorkloadName, peerWorkloadName } from "../spec/names";
import type { OrdererGroup, Organisation, PeerGroup } from "../spec/network";

/** A pod: its StatefulSet, and which of its pods it is. */
export interface PodOfSet {
  readonly workload: string;
  readonly ordinal: number;
}

/** How nodes become pods. */
export interface Naming {
  readonly peer: (organisation: Organisation, group: PeerGroup, ordinal: number) => PodOfSet;
  readonly orderer: (group: OrdererGroup, ordinal: number) => PodOfSet;
}

/** In one cluster a group is a StatefulSet, whose claims keep each pod in its zone. */
export const aSetForEachGroup: Naming = {
  peer: (organisation, group, ordinal) => ({ workload: peerWorkloadName(group, organisation), ordinal }),
  orderer: (group, ordinal) => ({ workload: ordererWorkloadName(group), ordinal }),
};

/**
 * Over several clusters a node is a StatefulSet of its own, with one pod: whoever brings objects to clusters puts it into
 * one of them, and can neither split it nor make it twice (docs/decisions/one-set-for-each-node.md).
 */
export const aSetForEachNode: Naming = {
  peer: (organisation, group, ordinal) => alone(peerWorkloadName(group, organisation), ordinal),
  orderer: (group, ordinal) => alone(ordererWorkloadName(group), ordinal),
};

/** The one peer of a group that stands by at a remote center: called apart from those that are counted. */
export const standbyPeer = (organisation: Organisation, group: PeerGroup): PodOfSet => ({
  workload: `${peerWorkloadName(group, organisation)}-standby`,
  ordinal: 0,
});

const alone = (group: string, ordinal: number): PodOfSet => ({ workload: `${group}-${ordinal}`, ordinal: 0 });
