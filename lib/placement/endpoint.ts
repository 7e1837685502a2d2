import { ports } from "../fabric/ports";
import { gatewayServiceName, headlessServiceName, namespaceName, orderingServiceName } from "../spec/names";
import type { PlacedNode } from "./node";

/**
 * How one node is called, by whom and where: DNS names, TLS subject alternative names, `externalEndpoint`, orderer
 * endpoints and consenter addresses are all read from this value, so they cannot disagree.
 */
export interface Endpoint {
  readonly node: PlacedNode;
  /** The pod's own DNS name. It leaves DNS when the pod is not ready, so nobody dials a dead zone for long. */
  readonly host: string;
  /** Port of the node's main listener. */
  readonly port: number;
  /** `host:port`: consenter address, gossip endpoint, externalEndpoint. */
  readonly address: string;
  /** Every name a client may dial, which the TLS certificate must therefore carry; sorted, without doubles. */
  readonly hosts: readonly string[];
}

/** The endpoint of a placed node in a cluster with the given DNS domain (`cluster.local` as a rule). */
export function endpointOf(node: PlacedNode, clusterDomain: string): Endpoint {
  const port = portOf(node);
  const inNamespace = (service: string) => `${service}.${node.namespace}.svc`;
  const headless = inNamespace(headlessServiceName[node.role]);
  const services = [node.pod, ...sharedServices(node)];
  const host = `${node.pod}.${headless}.${clusterDomain}`;
  const hosts = [
    host,
    `${node.pod}.${headless}`,
    ...services.flatMap((service) => [
      service,
      `${service}.${node.namespace}`,
      inNamespace(service),
      `${inNamespace(service)}.${clusterDomain}`,
    ]),
    `${node.pod}.${node.organisation.domain}`,
    "localhost",
  ];
  return { node, host, port, address: `${host}:${port}`, hosts: [...new Set(hosts)].sort() };
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
      return [node.workload];
  }
}
