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
  /** Port of the gateways, where there are several sites: what others dial. Absent where all is in one cluster. */
  readonly gatewayPort?: number;
}

export interface PlacedPeer extends Placed {
  readonly role: "peer";
  readonly group: PeerGroup;
  /** At a remote center, level with the others and asked only when those are lost. */
  readonly standby?: true;
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
  /** What its site is among three centers; absent elsewhere. */
  readonly center?: "city" | "remote";
}

/** Where everything goes: the one value that manifests, the failure matrix and `explain` are made from. */
export interface Placement {
  readonly network: Network;
  readonly zones: readonly PlacedZone[];
  readonly nodes: readonly PlacedNode[];
  /**
   * At a remote center, a place for each ordering node of the city, under the same name and identity. Nothing runs there
   * until all of them are restored, so they count for nothing in any proof.
   */
  readonly twins?: readonly PlacedOrderer[];
}

/** Whether a network is spread over several clusters, between which only public names are known. */
export function severalSites({ zones }: Pick<Placement, "zones">): boolean {
  return zones.some(({ site }) => site !== zones[0]?.site);
}

export const orderersOf = (placement: Placement, organisation?: string): readonly PlacedOrderer[] => {
  const { orderers, orderersOfEach } = sortedOut(placement);
  return organisation === undefined ? orderers : (orderersOfEach.get(organisation) ?? []);
};

export const peersOf = (placement: Placement, organisation?: string): readonly PlacedPeer[] => {
  const { peers, peersOfEach } = sortedOut(placement);
  return organisation === undefined ? peers : (peersOfEach.get(organisation) ?? []);
};

/** The peers that do the daily work: all but those that stand by at a remote center. */
export const workingPeersOf = (placement: Placement, organisation?: string): readonly PlacedPeer[] =>
  peersOf(placement, organisation).filter(({ standby }) => standby !== true);

export const authoritiesOf = (placement: Placement, organisation: string): readonly PlacedAuthority[] =>
  sortedOut(placement).authoritiesOfEach.get(organisation) ?? [];

/** The nodes of a placement by role, and by organisation where it may have several hundred of them. */
interface SortedOut {
  readonly orderers: readonly PlacedOrderer[];
  readonly orderersOfEach: ReadonlyMap<string, readonly PlacedOrderer[]>;
  readonly peers: readonly PlacedPeer[];
  readonly peersOfEach: ReadonlyMap<string, readonly PlacedPeer[]>;
  readonly authoritiesOfEach: ReadonlyMap<string, readonly PlacedAuthority[]>;
}

const known = new WeakMap<Placement, SortedOut>();

/** Sorted out once: checks and the failure matrix ask again for every organisation and every service. */
function sortedOut(placement: Placement): SortedOut {
  const before = known.get(placement);
  if (before !== undefined) return before;
  const orderers = placement.nodes.filter((node) => node.role === "orderer");
  const peers = placement.nodes.filter((node) => node.role === "peer");
  const made = {
    orderers,
    orderersOfEach: byOrganisation(orderers),
    peers,
    peersOfEach: byOrganisation(peers),
    authoritiesOfEach: byOrganisation(placement.nodes.filter((node) => node.role === "ca")),
  };
  known.set(placement, made);
  return made;
}

function byOrganisation<T extends PlacedNode>(nodes: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const node of nodes) {
    const own = groups.get(node.organisation.name);
    if (own === undefined) groups.set(node.organisation.name, [node]);
    else own.push(node);
  }
  return groups;
}
