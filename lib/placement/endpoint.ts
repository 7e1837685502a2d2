import { ports } from "../fabric/ports";
import {
  authorityServiceName,
  consenterServiceName,
  gatewayServiceName,
  headlessServiceName,
  namespaceName,
  nodeHost,
  orderingServiceName,
  poolHost,
} from "../spec/names";
import type { PlacedNode } from "./node";

/**
 * How one node is called, by whom and where: DNS names, TLS subject alternative names, `externalEndpoint`, orderer
 * endpoints and consenter addresses are all read from this value, so they cannot disagree.
 */
export interface Endpoint {
  readonly node: PlacedNode;
  /**
   * In one cluster the pod's own DNS name. It leaves DNS when the pod is not ready, so nobody dials a dead zone for long.
   * Over several clusters its public name, by which the gateways pass connections on.
   */
  readonly host: string;
  /** Port of the node's main listener, or of the gateways. */
  readonly port: number;
  /** `host:port`: consenter address, gossip endpoint, externalEndpoint. */
  readonly address: string;
  /**
   * Where other consenters dial an ordering node, if not at its address: over several clusters a name that each of them
   * answers itself, so that consensus hangs on no provider of DNS, and dials end at the own gateway, which knows who is
   * lost (docs/decisions/consenters-by-their-own-gateway.md).
   */
  readonly consenter?: { readonly host: string; readonly port: number };
  /** Every name a client may dial, which the TLS certificate must therefore carry; sorted, without doubles. */
  readonly hosts: readonly string[];
}

/** The endpoint of a placed node in a cluster with the given DNS domain (`cluster.local` as a rule). */
export function endpointOf(node: PlacedNode, clusterDomain: string): Endpoint {
  const inNamespace = (service: string) => `${service}.${node.namespace}.svc`;
  const headless = inNamespace(headlessServiceName[node.role]);
  const services = [node.pod, ...sharedServices(node)];
  const inCluster = `${node.pod}.${headless}.${clusterDomain}`;
  const everywhere = nodeHost(node, node.organisation);
  // Names of a cluster mean nothing beyond it. What others dial passes the gateways, which know a node by its public name.
  const [host, port] = node.gatewayPort === undefined ? [inCluster, portOf(node)] : [everywhere, node.gatewayPort];
  // Without the cluster's domain, which may be another one elsewhere.
  const consenter =
    node.gatewayPort === undefined || node.role !== "orderer"
      ? undefined
      : { host: inNamespace(consenterServiceName(node)), port: portOf(node) };
  const hosts = [
    inCluster,
    `${node.pod}.${headless}`,
    ...services.flatMap((service) => [
      service,
      `${service}.${node.namespace}`,
      inNamespace(service),
      `${inNamespace(service)}.${clusterDomain}`,
    ]),
    everywhere,
    ...(consenter === undefined ? [] : [consenter.host]),
    ...(node.gatewayPort === undefined || node.role !== "peer" ? [] : [poolHost(node.organisation)]),
    "localhost",
  ];
  return {
    node,
    host,
    port,
    address: `${host}:${port}`,
    ...(consenter === undefined ? {} : { consenter }),
    hosts: [...new Set(hosts)].sort(),
  };
}

/** `host:port` of the Service over an organisation's ordering nodes; it answers while any of them is ready. */
export function orderingServiceAddress(
  network: { readonly name: string },
  organisation: { readonly name: string },
  clusterDomain: string,
): string {
  const namespace = namespaceName(network, organisation);
  return `${orderingServiceName(organisation)}.${namespace}.svc.${clusterDomain}:${ports.orderer.grpc}`;
}

function portOf(node: PlacedNode): number {
  switch (node.role) {
    case "peer":
      return ports.peer.grpc;
    case "orderer":
      return ports.orderer.grpc;
    case "ca":
      return ports.certificateAuthority.https;
  }
}

function sharedServices(node: PlacedNode): string[] {
  switch (node.role) {
    case "peer":
      return [gatewayServiceName(node.organisation)];
    case "orderer":
      return [orderingServiceName(node.organisation)];
    case "ca":
      return [authorityServiceName(node.organisation)];
  }
}
