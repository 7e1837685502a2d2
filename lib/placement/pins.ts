import { authorityWorkloadName, ordererWorkloadName, peerWorkloadName, podName } from "../spec/names";
import type { Network, Organisation } from "../spec/network";
import type { Zone } from "../spec/settings";

/** A pod whose volume holds a ledger or the keys of authorities, and so may be pinned to the zone where it is. */
export interface PinnablePod {
  readonly role: "peer" | "orderer" | "ca";
  /** `<organisation>/<pod>`, as settings write it. */
  readonly name: string;
}

/** Every pod of a network that may be pinned, by organisation. */
export function pinnablePods(network: Network): Map<string, PinnablePod[]> {
  return new Map(network.organisations.map((organisation) => [organisation.name, podsOf(organisation)]));
}

function podsOf(organisation: Organisation): PinnablePod[] {
  const { peers, orderers, ca } = organisation;
  const pods = (role: PinnablePod["role"], workload: string, count: number) =>
    Array.from({ length: count }, (_, ordinal) => ({ role, name: pinName(organisation, podName(workload, ordinal)) }));
  return [
    ...peers.flatMap((group) => pods("peer", peerWorkloadName(group, organisation), group.replicas)),
    ...(orderers === undefined ? [] : pods("orderer", ordererWorkloadName(orderers), orderers.nodes)),
    ...pods("ca", authorityWorkloadName(organisation), ca.replicas),
  ];
}

/** How settings name a pod: pods of two organisations may be called the same. */
export function pinName(organisation: { readonly name: string }, pod: string): string {
  return `${organisation.name}/${pod}`;
}

/** The zones that the settings give to pods by name. */
export function pinnedZones(zones: readonly Pick<Zone, "name" | "pods">[]): ReadonlyMap<string, string> {
  return new Map(zones.flatMap(({ name, pods }) => pods.map((pod): [string, string] => [pod, name])));
}
