import type { DocumentKind, Path } from "../spec/problem";

/** One address inside a cluster that serves a host: a pod, or a Service where any of its pods will do. */
export interface IngressEndpoint {
  /** DNS name inside the site's cluster. */
  readonly address: string;
  /** Names that its TLS certificate carries, where they are known beforehand. */
  readonly certificateNames?: readonly string[];
}

/** What serves a host on one site. */
export interface IngressBackend {
  readonly site: string;
  readonly namespace: string;
  /** The Service over the endpoints, for platforms that know Services only. */
  readonly service: string;
  readonly port: number;
  readonly endpoints: readonly IngressEndpoint[];
  /** Share of new connections, relative to the host's other backends of the same priority; 0: only if all others are lost. */
  readonly weight: number;
  /** Backends of the lowest number share the connections; the others wait until those are lost. */
  readonly priority: number;
  /** Where `GET /healthz` over TLS says whether an endpoint is well; absent where there is no such port. */
  readonly healthPort?: number;
}

/** A name that the world dials. */
export interface IngressHost {
  readonly name: string;
  /** Names by which only the network's own nodes ask for it; no DNS of the world knows them. */
  readonly aliases?: readonly string[];
  /**
   * `pinned`: one identity, which has one home and is never balanced, such as a consenter. `pool`: any of several serves,
   * so weights and failover mean something.
   */
  readonly kind: "pinned" | "pool";
  /** `passthrough`: TLS ends in the node, whose client certificates therefore arrive untouched. */
  readonly tls: "passthrough" | "terminate";
  readonly backends: readonly IngressBackend[];
  /** What people wrote that the host comes from. */
  readonly origin: { readonly document: DocumentKind; readonly path: Path };
}

/** How often backends are asked, in seconds and in checks in a row. */
export interface IngressHealth {
  readonly interval: number;
  readonly timeout: number;
  readonly failures: number;
  readonly successes: number;
}

/** Where a site's gateway is reached from the other sites and from the world. */
export interface IngressGateway {
  readonly site: string;
  /** Addresses or host names of its load balancer; empty while nobody knows them. */
  readonly addresses: readonly string[];
}

/** How traffic comes into several clusters: the one value from which all gateways, routes and DNS records are made. */
export interface MultiClusterIngress {
  readonly hosts: readonly IngressHost[];
  readonly health: IngressHealth;
  /** Seconds after which a connection to a pool ends, so that streams that live for hours follow the weights. */
  readonly maxConnectionAge: number;
  /** Port of every gateway, seen from outside. */
  readonly port: number;
  readonly gateways: readonly IngressGateway[];
}

/** Every name that leads to a host. */
export const namesOf = ({ name, aliases = [] }: Pick<IngressHost, "name" | "aliases">): readonly string[] => [
  name,
  ...aliases,
];

/** Weights of the sites in the pools, by the pool's host name and the site's name. */
export type Weights = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** The weights that a model has, for people and for whoever changes them step by step. */
export function weightsOf({ hosts }: Pick<MultiClusterIngress, "hosts">): Weights {
  const pools = hosts.filter(({ kind }) => kind === "pool");
  return Object.fromEntries(
    pools.map(({ name, backends }) => [name, Object.fromEntries(backends.map(({ site, weight }) => [site, weight]))]),
  );
}

/** The same ingress with other weights; a site that is not named in a pool that is, gets nothing. */
export function withWeights(ingress: MultiClusterIngress, weights: Weights): MultiClusterIngress {
  const hosts = ingress.hosts.map((host) => {
    const own = weights[host.name];
    if (host.kind === "pinned" || own === undefined) return host;
    return { ...host, backends: host.backends.map((backend) => ({ ...backend, weight: own[backend.site] ?? 0 })) };
  });
  return { ...ingress, hosts };
}

/** Backends in the order in which they are asked when those before are lost, and the share of each while all are well. */
export function sharesOf(host: IngressHost): { readonly backend: IngressBackend; readonly share: number }[] {
  const first = Math.min(...host.backends.map(({ priority }) => priority));
  const shareOf = ({ priority, weight }: IngressBackend) => (priority === first ? weight : 0);
  return host.backends
    .map((backend) => ({ backend, share: shareOf(backend) }))
    .sort(
      (a, b) => a.backend.priority - b.backend.priority || b.share - a.share || b.backend.weight - a.backend.weight,
    );
}
