import { authorityWorkloadName, podName } from "../spec/names";
import type { Network, Organisation } from "../spec/network";
import { aSetForEachGroup, aSetForEachNode, type PodOfSet } from "./naming";

/** A pod whose volume holds a ledger or the keys of authorities, and so may be pinned to the zone where it is. */
export interface PinnablePod {
  readonly role: "peer" | "orderer" | "ca";
  /** `<organisation>/<pod>`, as settings write it. */
  readonly name: string;
}

/**
 * Every pod of a network that may be pinned, by organisation.
 * @param over Whether it is placed over the zones of one site, or over several sites, each of which has authorities anyway.
 */
export function pinnablePods(network: Network, over: "zones" | "sites"): Map<string, PinnablePod[]> {
  return new Map(network.organisations.map((organisation) => [organisation.name, podsOf(organisation, over)]));
}

function podsOf(organisation: Organisation, over: "zones" | "sites"): PinnablePod[] {
  const { peers, orderers, ca } = organisation;
  const naming = over === "zones" ? aSetForEachGroup : aSetForEachNode;
  const pods = (role: PinnablePod["role"], count: number, podOf: (ordinal: number) => PodOfSet) =>
    Array.from({ length: count }, (_, index) => {
      const { workload, ordinal } = podOf(index);
      return { role, name: pinName(organisation, podName(workload, ordinal)) };
    });
  const authority = (ordinal: number) => ({ workload: authorityWorkloadName(organisation), ordinal });
  return [
    ...peers.flatMap((group) => pods("peer", group.replicas, (index) => naming.peer(organisation, group, index))),
    ...(orderers === undefined ? [] : pods("orderer", orderers.nodes, (index) => naming.orderer(orderers, index))),
    ...(over === "zones" ? pods("ca", ca.replicas, authority) : []),
  ];
}

/** How settings name a pod: pods of two organisations may be called the same. */
export function pinName(organisation: { readonly name: string }, pod: string): string {
  return `${organisation.name}/${pod}`;
}

/** The one of several zones, or sites, that the settings pin a pod to. */
export function pinnedTo<T extends { readonly pods: readonly string[] }>(
  places: readonly T[],
  pin: string,
): T | undefined {
  return places.find(({ pods }) => pods.includes(pin));
}
