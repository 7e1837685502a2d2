/**
 * What NetworkPolicies leave a pod: with whom it may talk, on which ports, per direction.
 * Source: kubernetes.io, "Network Policies", and the API reference of networking.k8s.io/v1.
 */
import type {
  V1NetworkPolicy,
  V1NetworkPolicyIngressRule,
  V1NetworkPolicyPeer,
  V1NetworkPolicyPort,
} from "@kubernetes/client-node";
import { covers, parseBlock, type Range, union, without } from "./addresses";
import type { NetworkedPod } from "./pods";
import { matches } from "./selectors";

export type Direction = "ingress" | "egress";

/** Ports of one protocol, from `first` to `last`, both included. */
export interface Ports {
  /** `TCP`, `UDP` or `SCTP`. */
  readonly protocol: string;
  readonly first: number;
  readonly last: number;
}

/** Traffic that a policy lets through: with these addresses and on these ports. */
export interface Allowance {
  readonly peers: readonly Range[] | "everyone";
  /** `all` is any protocol, also those without ports. */
  readonly ports: readonly Ports[] | "all";
}

/** What a pod may send and receive. A direction that is missing is not isolated: everything is allowed. */
export type Isolation = Readonly<Partial<Record<Direction, readonly Allowance[]>>>;

export const everyPort = { first: 1, last: 65_535 } as const;

interface Rule {
  readonly peers: readonly V1NetworkPolicyPeer[];
  readonly ports: readonly V1NetworkPolicyPort[];
}

/**
 * Prepares the policies for these pods, all pods of the cluster, and gives what answers for each of them.
 * Errors: a policy that the API server would not have let in.
 */
export function isolations(
  policies: readonly V1NetworkPolicy[],
  pods: readonly NetworkedPod[],
): (pod: NetworkedPod) => Isolation {
  const prepared = policies.map((policy) => preparedPolicy(policy, pods));
  return (pod) => {
    const selecting = prepared.filter(({ selects }) => selects(pod));
    const allowed = (direction: Direction): readonly Allowance[] | undefined => {
      const isolating = selecting.flatMap((policy) => policy[direction] ?? []);
      return isolating.length === 0 ? undefined : isolating.flatMap((allowances) => allowances(pod));
    };
    const [ingress, egress] = [allowed("ingress"), allowed("egress")];
    return { ...(ingress === undefined ? {} : { ingress }), ...(egress === undefined ? {} : { egress }) };
  };
}

/** What a policy allows a pod in one direction. */
type Allowances = (pod: NetworkedPod) => readonly Allowance[];

interface PreparedPolicy extends Readonly<Partial<Record<Direction, Allowances>>> {
  readonly selects: (pod: NetworkedPod) => boolean;
}

function preparedPolicy({ metadata, spec }: V1NetworkPolicy, pods: readonly NetworkedPod[]): PreparedPolicy {
  const namespace = metadata?.namespace ?? "";
  const egress = spec?.egress ?? [];
  const types = spec?.policyTypes ?? ["Ingress", ...(egress.length > 0 ? ["Egress"] : [])];
  const selector = spec?.podSelector ?? {};
  return {
    selects: (pod) => pod.namespace === namespace && matches(selector, pod.labels),
    ...(types.includes("Ingress")
      ? {
          ingress: receiving(
            (spec?.ingress ?? []).map((rule) => ({ peers: sources(rule), ports: rule.ports ?? [] })),
            namespace,
            pods,
          ),
        }
      : {}),
    ...(types.includes("Egress")
      ? {
          egress: sending(
            egress.map((rule) => ({ peers: rule.to ?? [], ports: rule.ports ?? [] })),
            namespace,
            pods,
          ),
        }
      : {}),
  };
}

/** The client lists rules with `_from`; what its watches give is as on the wire, where the name is `from`. */
const sources = (
  rule: V1NetworkPolicyIngressRule & { readonly from?: V1NetworkPolicyPeer[] },
): readonly V1NetworkPolicyPeer[] => rule._from ?? rule.from ?? [];

/** The names of ports are the receiving pod's: the selected one's. */
function receiving(rules: readonly Rule[], namespace: string, pods: readonly NetworkedPod[]): Allowances {
  const prepared = rules.map(({ peers, ports }) => ({ peers: addressesOf(peers, namespace, pods), ports }));
  return (pod) =>
    prepared.map(({ peers, ports }) => ({
      peers,
      ports: ports.length === 0 ? "all" : ports.flatMap((port) => resolved(port, pod)),
    }));
}

/** The names of ports are the receiving pods': each of the peers may mean another number. */
function sending(rules: readonly Rule[], namespace: string, pods: readonly NetworkedPod[]): Allowances {
  const allowances = rules.flatMap(({ peers, ports }): Allowance[] => {
    const named = ports.filter(({ port }) => typeof port === "string");
    const numbered = ports.filter(({ port }) => typeof port !== "string");
    const to = addressesOf(peers, namespace, pods);
    const isPeer = (address: Range): boolean => to === "everyone" || covers(to, address);
    return [
      ...(ports.length === 0 ? [{ peers: to, ports: "all" as const }] : []),
      ...(numbered.length === 0 ? [] : [{ peers: to, ports: numbered.flatMap(numberedPorts) }]),
      ...(named.length === 0 ? [] : pods).map((receiver) => ({
        peers: receiver.addresses.filter(isPeer),
        ports: named.flatMap((port) => resolved(port, receiver)),
      })),
    ];
  });
  return () => allowances;
}

function addressesOf(
  peers: readonly V1NetworkPolicyPeer[],
  namespace: string,
  pods: readonly NetworkedPod[],
): readonly Range[] | "everyone" {
  if (peers.length === 0) return "everyone";
  const blocks = peers.flatMap(({ ipBlock }) =>
    ipBlock === undefined ? [] : without(parseBlock(ipBlock.cidr), (ipBlock.except ?? []).map(parseBlock)),
  );
  return union([...blocks, ...podsOf(peers, namespace, pods).flatMap(({ addresses }) => addresses)]);
}

/** The pods that peers select: both selectors of a peer hold, and without one for namespaces it means its own. */
const podsOf = (
  peers: readonly V1NetworkPolicyPeer[],
  namespace: string,
  pods: readonly NetworkedPod[],
): NetworkedPod[] =>
  pods.filter((pod) =>
    peers.some(
      ({ ipBlock, namespaceSelector, podSelector }) =>
        ipBlock === undefined &&
        (namespaceSelector === undefined
          ? pod.namespace === namespace
          : matches(namespaceSelector, pod.namespaceLabels)) &&
        matches(podSelector ?? {}, pod.labels),
    ),
  );

/** The numbers of a port at the pod that receives; a name that the pod does not know is no port. */
function resolved(port: V1NetworkPolicyPort, receiver: NetworkedPod): Ports[] {
  if (typeof port.port !== "string") return numberedPorts(port);
  const protocol = port.protocol ?? "TCP";
  return receiver.ports
    .filter(({ name, protocol: itsProtocol }) => name === port.port && itsProtocol === protocol)
    .map(({ port: number }) => ({ protocol, first: number, last: number }));
}

function numberedPorts({ protocol = "TCP", port, endPort }: V1NetworkPolicyPort): Ports[] {
  if (port === undefined) return [{ protocol, ...everyPort }];
  return [{ protocol, first: Number(port), last: endPort ?? Number(port) }];
}
