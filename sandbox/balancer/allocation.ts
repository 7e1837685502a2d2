/** Which Services get which addresses. */
import type { V1Node, V1Service } from "@kubernetes/client-node";

/** An address that a Service of type LoadBalancer is to have; none where its ports are taken. */
export interface Allocation {
  readonly service: V1Service;
  readonly addresses: readonly string[];
}

/**
 * Gives every Service of type LoadBalancer the addresses of all nodes, where kube-proxy takes up what is sent to its ports:
 * a balancer that is nobody's own machine. Of Services that want the same port the oldest has it, and the others wait.
 */
export function allocate(services: readonly V1Service[], nodes: readonly V1Node[]): Allocation[] {
  const addresses = nodes
    .flatMap(({ status }) => status?.addresses?.filter(({ type }) => type === "InternalIP") ?? [])
    .map(({ address }) => address)
    .sort();
  const taken = new Set<string>();
  return services
    .filter(({ spec }) => spec?.type === "LoadBalancer" && spec.loadBalancerClass === undefined)
    .sort((one, other) => ageOf(one).localeCompare(ageOf(other)))
    .map((service) => {
      const ports = (service.spec?.ports ?? []).map(({ port, protocol }) => `${protocol ?? "TCP"}/${port}`);
      if (ports.some((port) => taken.has(port))) return { service, addresses: [] };
      for (const port of ports) taken.add(port);
      return { service, addresses };
    });
}

const ageOf = ({ metadata }: V1Service): string =>
  `${new Date(metadata?.creationTimestamp ?? 0).toISOString()} ${metadata?.namespace}/${metadata?.name}`;

/** Whether a Service says already what it is to have. */
export const isGiven = ({ service, addresses }: Allocation): boolean => {
  const said = service.status?.loadBalancer?.ingress?.map(({ ip }) => ip) ?? [];
  return JSON.stringify(said) === JSON.stringify(addresses);
};
