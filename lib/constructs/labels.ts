import type { Member } from "../fabric/flows";
import { networkLabel } from "./manifests";
import type { Network, Organisation } from "../spec/network";

/** What a pod does; also the value of its role label. A site's gateway serves all organisations and belongs to none. */
export type WorkloadRole = Member | "gateway";

/** Labels of ours: stable handles for selectors, for people (`kubectl -l`) and for the look at the live cluster. */
export const labelKeys = {
  network: networkLabel,
  organisation: "fabric-topologies.dev/organisation",
  role: "fabric-topologies.dev/role",
  /** On a namespace: its pods may call the network's gateways. The value is the network's name. */
  clientsOf: "fabric-topologies.dev/clients-of",
  /** On a namespace: its pods may scrape the operations ports. The value is the network's name. */
  monitorsOf: "fabric-topologies.dev/monitors-of",
} as const;

/** On every object of a network. */
export function networkLabels(network: Pick<Network, "name">): Record<string, string> {
  return { "app.kubernetes.io/part-of": network.name, [labelKeys.network]: network.name };
}

/** On every object of an organisation. */
export function organisationLabels(
  network: Pick<Network, "name">,
  organisation: Pick<Organisation, "name">,
): Record<string, string> {
  return { ...networkLabels(network), [labelKeys.organisation]: organisation.name };
}

/** What selects all pods of one role inside an organisation's namespace. */
export function roleSelector(role: WorkloadRole): Record<string, string> {
  return { [labelKeys.role]: role };
}

/** What selects the pods of one StatefulSet: immutable in Kubernetes, hence made of names that never change. */
export function workloadSelector(role: WorkloadRole, workload: string): Record<string, string> {
  return { ...roleSelector(role), "app.kubernetes.io/instance": workload };
}
