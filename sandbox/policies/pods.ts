/** Pods as NetworkPolicies see them: labels, addresses, and ports with names. */
import type { V1Namespace, V1Pod } from "@kubernetes/client-node";
import { parseAddress, type Range } from "./addresses";
import type { Labels } from "./selectors";

/** What a container calls one of its ports. */
export interface NamedPort {
  readonly name: string;
  /** `TCP`, `UDP` or `SCTP`. */
  readonly protocol: string;
  readonly port: number;
}

/** A pod with an address of its own. */
export interface NetworkedPod {
  readonly namespace: string;
  readonly namespaceLabels: Labels;
  readonly labels: Labels;
  /** The name of its node. */
  readonly node: string;
  /** One per IP version at most; never empty. */
  readonly addresses: readonly Range[];
  readonly ports: readonly NamedPort[];
}

/**
 * The pods that have addresses of their own at this moment. Those on their node's network are none of them (policies do
 * not apply to them), nor those that have ended: their addresses may already be others'. Where two pods claim an
 * address, it is the younger one's.
 */
export function networkedPods(pods: readonly V1Pod[], namespaces: readonly V1Namespace[]): NetworkedPod[] {
  const labelsOf = new Map(namespaces.map(({ metadata }) => [metadata?.name, metadata?.labels ?? {}]));
  const taken = new Set<string>();
  return [...pods].sort(youngestFirst).flatMap((pod) => {
    const { metadata, spec, status } = pod;
    const node = spec?.nodeName;
    if (node === undefined || spec?.hostNetwork === true || hasEnded(pod)) return [];
    const claimed = status?.podIPs?.map(({ ip }) => ip) ?? (status?.podIP === undefined ? [] : [status.podIP]);
    const own = claimed.filter((address) => !taken.has(address));
    if (own.length === 0) return [];
    for (const address of own) taken.add(address);
    const namespace = metadata?.namespace ?? "";
    return {
      namespace,
      namespaceLabels: labelsOf.get(namespace) ?? {},
      labels: metadata?.labels ?? {},
      node,
      addresses: own.map(parseAddress),
      ports: namedPorts(pod),
    };
  });
}

const hasEnded = ({ status }: V1Pod): boolean => status?.phase === "Succeeded" || status?.phase === "Failed";

/** Sidecars, which Kubernetes lists among the init containers, have ports as well. */
const namedPorts = ({ spec }: V1Pod): NamedPort[] =>
  [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])]
    .flatMap(({ ports }) => ports ?? [])
    .flatMap(({ name, protocol = "TCP", containerPort }) =>
      name === undefined ? [] : [{ name, protocol, port: containerPort }],
    );

/** Pods of the same second in the order of their names, so that the same pods give the same rules. */
function youngestFirst(one: V1Pod, other: V1Pod): number {
  // The client lists times as dates; what its watches give is as on the wire, where they are text.
  const time = ({ metadata }: V1Pod): number => new Date(metadata?.creationTimestamp ?? 0).getTime();
  const name = ({ metadata }: V1Pod): string => `${metadata?.namespace}/${metadata?.name}`;
  return time(other) - time(one) || (name(one) < name(other) ? -1 : 1);
}
