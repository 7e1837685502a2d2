import type { IngressBackend, IngressHost, MultiClusterIngress } from "../model";

/** The hosts of one namespace whose TLS ends at the border. */
export interface TerminatedNamespace {
  readonly namespace: string;
  readonly hosts: readonly IngressHost[];
  /** One backend for each Service behind them. */
  readonly services: readonly IngressBackend[];
}

/** Hosts whose TLS ends at the border, by the namespace of what is behind them: ingress objects refer to their own only. */
export function terminatedByNamespace(ingress: Pick<MultiClusterIngress, "hosts">): TerminatedNamespace[] {
  const terminated = ingress.hosts.filter(({ tls }) => tls === "terminate");
  const namespaces = [...new Set(terminated.flatMap(({ backends }) => backends.map(({ namespace }) => namespace)))];
  return namespaces.map((namespace) => {
    const hosts = terminated.filter(({ backends }) => backends[0]?.namespace === namespace);
    const services = new Map(hosts.flatMap(({ backends }) => backends.map((one) => [one.service, one] as const)));
    return { namespace, hosts, services: [...services.values()] };
  });
}

/** Sites on which a Service is, in the order in which hosts name them. */
export function sitesOfService({ hosts }: Pick<MultiClusterIngress, "hosts">, service: IngressBackend): string[] {
  const sites = hosts.flatMap(({ backends }) =>
    backends
      .filter((one) => one.service === service.service && one.namespace === service.namespace)
      .map(({ site }) => site),
  );
  return [...new Set(sites)];
}
