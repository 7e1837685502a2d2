/**
 * What NetworkPolicies allow, read off their definition for one connection at a time: slowly, and independently of how
 * the sandbox compiles them.
 */
import { BlockList, isIPv4 } from "node:net";
import type {
  V1LabelSelector,
  V1Namespace,
  V1NetworkPolicy,
  V1NetworkPolicyPeer,
  V1NetworkPolicyPort,
  V1Pod,
} from "@kubernetes/client-node";

export interface World {
  readonly namespaces: readonly V1Namespace[];
  readonly pods: readonly V1Pod[];
  readonly policies: readonly V1NetworkPolicy[];
}

/** A connection between addresses, which pods may have. */
export interface Connection {
  readonly from: string;
  readonly to: string;
  readonly protocol: string;
  readonly port: number;
}

export function isAllowed(world: World, connection: Connection): boolean {
  const [from, to] = [podAt(world, connection.from), podAt(world, connection.to)];
  if (connection.from === connection.to) return true;
  const passes = (type: "Ingress" | "Egress", self: V1Pod | undefined, other: string): boolean => {
    const isolating = world.policies.filter((policy) => self && isolates(policy, self, type));
    return (
      isolating.length === 0 ||
      isolating.some((policy) =>
        rulesOf(policy, type).some(
          ({ peers, ports }) =>
            (peers.length === 0 || peers.some((peer) => isPeer(world, policy, peer, other))) &&
            (ports.length === 0 || ports.some((port) => isPort(port, connection, to))),
        ),
      )
    );
  };
  return passes("Egress", from, connection.to) && passes("Ingress", to, connection.from);
}

const podAt = ({ pods }: World, address: string): V1Pod | undefined =>
  pods.find(({ status }) => status?.podIPs?.some(({ ip }) => ip === address));

function isolates({ metadata, spec }: V1NetworkPolicy, pod: V1Pod, type: "Ingress" | "Egress"): boolean {
  if (metadata?.namespace !== pod.metadata?.namespace) return false;
  if (!selects(spec?.podSelector ?? {}, pod.metadata?.labels ?? {})) return false;
  if (spec?.policyTypes) return spec.policyTypes.includes(type);
  return type === "Ingress" || (spec?.egress ?? []).length > 0;
}

const rulesOf = ({ spec }: V1NetworkPolicy, type: "Ingress" | "Egress") =>
  type === "Ingress"
    ? (spec?.ingress ?? []).map((rule) => ({ peers: rule._from ?? [], ports: rule.ports ?? [] }))
    : (spec?.egress ?? []).map((rule) => ({ peers: rule.to ?? [], ports: rule.ports ?? [] }));

function isPeer(world: World, policy: V1NetworkPolicy, peer: V1NetworkPolicyPeer, address: string): boolean {
  if (peer.ipBlock) {
    return isIn(address, peer.ipBlock.cidr) && !(peer.ipBlock.except ?? []).some((block) => isIn(address, block));
  }
  const pod = podAt(world, address);
  if (!pod) return false;
  const namespace = world.namespaces.find(({ metadata }) => metadata?.name === pod.metadata?.namespace);
  const isInNamespace = peer.namespaceSelector
    ? selects(peer.namespaceSelector, namespace?.metadata?.labels ?? {})
    : pod.metadata?.namespace === policy.metadata?.namespace;
  return isInNamespace && (!peer.podSelector || selects(peer.podSelector, pod.metadata?.labels ?? {}));
}

function isIn(address: string, block: string): boolean {
  const [network = "", prefix] = block.split("/");
  const family = isIPv4(network) ? "ipv4" : "ipv6";
  // A BlockList counts IPv4 addresses as part of ::/0.
  if (isIPv4(address) !== (family === "ipv4")) return false;
  const list = new BlockList();
  list.addSubnet(network, Number(prefix), family);
  return list.check(address, family);
}

function isPort(allowed: V1NetworkPolicyPort, connection: Connection, to: V1Pod | undefined): boolean {
  if ((allowed.protocol ?? "TCP") !== connection.protocol) return false;
  if (allowed.port === undefined) return true;
  if (typeof allowed.port === "number") {
    return connection.port >= allowed.port && connection.port <= (allowed.endPort ?? allowed.port);
  }
  return (to?.spec?.containers ?? []).some((container) =>
    (container.ports ?? []).some(
      ({ name, protocol, containerPort }) =>
        name === allowed.port && (protocol ?? "TCP") === connection.protocol && containerPort === connection.port,
    ),
  );
}

function selects(
  { matchLabels, matchExpressions }: V1LabelSelector,
  labels: Readonly<Record<string, string>>,
): boolean {
  for (const [key, value] of Object.entries(matchLabels ?? {})) if (labels[key] !== value) return false;
  for (const { key, operator, values } of matchExpressions ?? []) {
    const value = labels[key];
    const isListed = value !== undefined && (values ?? []).includes(value);
    if (operator === "In" && !isListed) return false;
    if (operator === "NotIn" && isListed) return false;
    if (operator === "Exists" && value === undefined) return false;
    if (operator === "DoesNotExist" && value !== undefined) return false;
  }
  return true;
}
