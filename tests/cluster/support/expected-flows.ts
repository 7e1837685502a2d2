/** Which connections a network needs, pod by pod: read off `lib/fabric/flows.ts`, not off the NetworkPolicies. */
import type { V1Namespace, V1Pod } from "@kubernetes/client-node";
import { labelKeys } from "../../../lib/constructs/labels";
import { type Flow, flows, type Party } from "../../../lib/fabric/flows";
import { namespaceName } from "../../../lib/spec/names";
import type { Network } from "../../../lib/spec/network";

/** Somebody who can be at an end of a connection. */
export interface Participant {
  readonly name: string;
  readonly address: string;
  /** What it is in the network; nothing, for a stranger. */
  readonly parties: readonly Party[];
  /** The organisation of the network in whose namespace it is. */
  readonly organisation?: string;
  /** Whether it answers for the cluster's names. */
  readonly isDns: boolean;
}

export function participantOf(network: Network, pod: V1Pod, namespaces: readonly V1Namespace[]): Participant {
  const { namespace = "", name = "", labels = {} } = pod.metadata ?? {};
  const organisation = network.organisations.find((one) => namespaceName(network, one) === namespace);
  const namespaceLabels = namespaces.find(({ metadata }) => metadata?.name === namespace)?.metadata?.labels ?? {};
  const role = flows.flatMap(({ from, to }) => [from, to]).find((party) => party === labels[labelKeys.role]);
  return {
    name: `${namespace}/${name}`,
    address: pod.status?.podIP ?? "",
    parties: [
      ...(organisation && role ? [role] : []),
      ...(namespaceLabels[labelKeys.clientsOf] === network.name ? (["application"] as const) : []),
      ...(namespaceLabels[labelKeys.monitorsOf] === network.name ? (["monitor"] as const) : []),
    ],
    ...(organisation ? { organisation: organisation.name } : {}),
    isDns: namespace === "kube-system" && labels["k8s-app"] === "kube-dns",
  };
}

/** The flows that lead from one to the other. */
export const flowsBetween = (network: Network, from: Participant, to: Participant): Flow[] =>
  flows.filter(
    (flow) => from.parties.includes(flow.from) && to.parties.includes(flow.to) && areClose(network, flow, from, to),
  );

/** Whether somebody outside of any organisation is meant, or the two organisations are related as the flow says. */
function areClose(network: Network, { between }: Flow, from: Participant, to: Participant): boolean {
  switch (between) {
    case "everyone":
      return true;
    case "own organisation":
      return from.organisation !== undefined && from.organisation === to.organisation;
    case "channel mates":
      return (
        from.organisation === to.organisation ||
        network.channels.some(({ members }) =>
          [from, to].every(({ organisation = "" }) => members.includes(organisation)),
        )
      );
  }
}
