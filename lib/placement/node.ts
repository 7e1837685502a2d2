import type { Network, Organisation, OrdererGroup, PeerGroup } from "../spec/network";

interface Placed {
  readonly site: string;
  readonly zone: string;
  readonly organisation: Organisation;
  readonly namespace: string;
  /** The StatefulSet it belongs to. */
  readonly workload: string;
  readonly ordinal: number;
  /** Name of the pod: the StatefulSet's name and the ordinal. */
  readonly pod: string;
}

export interface PlacedPeer extends Placed {
  readonly role: "peer";
  readonly group: PeerGroup;
}

export interface PlacedOrderer extends Placed {
  readonly role: "orderer";
  readonly group: OrdererGroup;
}

export interface PlacedAuthority extends Placed {
  readonly role: "ca";
}

/** One Fabric node and the failure domain it lives in, for ever. */
export type PlacedNode = PlacedPeer | PlacedOrderer | PlacedAuthority;

/** A zone of a site, as the proofs see it. */
export interface PlacedZone {
  readonly site: string;
  readonly name: string;
  readonly witness: boolean;
}

/** Where everything goes: the one value that manifests, the failure matrix and `explain` are made from. */
export interface Placement {
  readonly network: Network;
  readonly zones: readonly PlacedZone[];
  readonly nodes: readonly PlacedNode[];
}

export const orderersOf = (placement: Placement): PlacedOrderer[] =>
  placement.nodes.filter((node) => node.role === "orderer");

export const peersOf = (placement: Placement, organisation?: string): PlacedPeer[] =>
  placement.nodes
    .filter((node) => node.role === "peer")
    .filter((peer) => organisation === undefined || peer.organisation.name === organisation);

export const authoritiesOf = (placement: Placement, organisation: string): PlacedAuthority[] =>
  placement.nodes.filter((node) => node.role === "ca").filter((node) => node.organisation.name === organisation);
