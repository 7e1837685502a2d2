import { ports } from "../../fabric/ports";
import { addressesOf, othersOf } from "../gateway";
import { gatewayKeepalive } from "../keepalive";
import { sharesOf, type IngressBackend, type IngressHost, type MultiClusterIngress } from "../model";
import { duration, extension, type Message, socketAddress, typed } from "./message";

/** Names of Envoy's clusters: who takes a connection. */
export const clusterName = {
  /** A host's endpoints on this site. */
  local: (host: string) => `local/${host}`,
  /** Another site's gateway, for hosts that are pinned there. */
  gateway: (site: string) => `gateway/${site}`,
  /** The same as far as it has a pool's endpoints that are well. */
  remote: (host: string, site: string) => `remote/${site}/${host}`,
  /** A pool beginning with one site, and the others in turn where that is lost. */
  pool: (host: string, site: string) => `pool/${site}/${host}`,
};

/** Every cluster of a site's gateway. */
export function clusters(ingress: MultiClusterIngress, site: string): Message[] {
  return [
    ...othersOf(ingress, site).map((other) => gatewayCluster(ingress, other)),
    ...ingress.hosts.flatMap((host) => hostClusters(ingress, host, site)),
  ];
}

function hostClusters(ingress: MultiClusterIngress, host: IngressHost, site: string): Message[] {
  const local = host.backends.filter((backend) => backend.site === site);
  if (host.kind === "pinned") return local.map((backend) => pinned(host, backend));
  return [
    ...local.map((backend) => localPool(ingress, host, backend)),
    ...host.backends.filter((backend) => backend.site !== site).map((backend) => remotePool(ingress, host, backend)),
    ...sharesOf(host).map(({ backend }) => inTurn(host, backend, site)),
  ];
}

const clusterType = "type.googleapis.com/envoy.config.cluster.v3.Cluster";

/** A connection to another site: as long as a border may take, and dropped where the other end falls silent. */
const common = (name: string): Message => ({
  "@type": clusterType,
  name,
  type: "STRICT_DNS",
  dns_lookup_family: "V4_PREFERRED",
  connect_timeout: "5s",
  // A pod that is not ready leaves DNS, whatever its health says.
  ignore_health_on_host_removal: true,
  lb_policy: "LEAST_REQUEST",
  common_lb_config: neverPanic,
  upstream_connection_options: {
    tcp_keepalive: {
      keepalive_probes: gatewayKeepalive.probes,
      keepalive_time: gatewayKeepalive.time,
      keepalive_interval: gatewayKeepalive.interval,
    },
  },
});

/** Envoy's own way is to try everybody once half of them are lost; with other sites there, nobody is better. */
const neverPanic: Message = { healthy_panic_threshold: { value: 0 } };

/** No checks: there is no other place to go to, and a consenter that is unwell must still hear the others. */
function pinned({ name }: IngressHost, { endpoints, port }: IngressBackend): Message {
  return {
    ...common(clusterName.local(name)),
    load_assignment: assignment(
      clusterName.local(name),
      endpoints.map(({ address }) => ({ endpoint: { address: socketAddress(address, port) } })),
    ),
  };
}

/**
 * Another site's gateway. Whoever dials a site that is lost is refused at once, and live streams to it end: left to
 * themselves, ordering nodes notice after 20 s and then wait 20 s for each dial, with Raft standing still meanwhile.
 */
function gatewayCluster(ingress: MultiClusterIngress, site: string): Message {
  const name = clusterName.gateway(site);
  return {
    ...common(name),
    ...failover(ingress),
    health_checks: [healthCheck(ingress, "/ready", site)],
    load_assignment: assignment(name, relays(ingress, site)),
  };
}

/** The doors of another site, and where each says how it is. */
const relays = (ingress: MultiClusterIngress, site: string): Message[] =>
  addressesOf(ingress, site).map((address) => ({
    endpoint: {
      address: socketAddress(address, ports.gateway.relay),
      health_check_config: { port_value: ports.gateway.health },
    },
  }));

/** Peers of this site. They are asked over TLS, while the connections that go to them are passed on as they come. */
function localPool(ingress: MultiClusterIngress, { name }: IngressHost, backend: IngressBackend): Message {
  const { endpoints, port, healthPort } = backend;
  const checks =
    healthPort === undefined
      ? {}
      : {
          health_checks: [
            { ...healthCheck(ingress, "/healthz", name), transport_socket_match_criteria: { use: "health over TLS" } },
          ],
          transport_socket_matches: [
            {
              name: "health over TLS",
              match: { use: "health over TLS" },
              // The certificate is not looked at: the answer opens no door, and whoever takes the connection must show
              // its own certificate to the client.
              transport_socket: extension("transport_sockets.tls", tlsContext, { sni: name }),
            },
            { name: "as it comes", match: {}, transport_socket: rawBuffer },
          ],
        };
  return {
    ...common(clusterName.local(name)),
    ...failover(ingress),
    ...checks,
    load_assignment: assignment(
      clusterName.local(name),
      endpoints.map(({ address }) => ({
        endpoint: {
          address: socketAddress(address, port),
          ...(healthPort === undefined ? {} : { health_check_config: { port_value: healthPort } }),
        },
      })),
    ),
  };
}

const tlsContext = "extensions.transport_sockets.tls.v3.UpstreamTlsContext";
const rawBuffer = extension("transport_sockets.raw_buffer", "extensions.transport_sockets.raw_buffer.v3.RawBuffer");

/** Another site's peers behind its gateway, which tells whether any of them is well. */
function remotePool(ingress: MultiClusterIngress, { name }: IngressHost, { site }: IngressBackend): Message {
  const cluster = clusterName.remote(name, site);
  return {
    ...common(cluster),
    ...failover(ingress),
    health_checks: [healthCheck(ingress, "/healthz", name)],
    load_assignment: assignment(cluster, relays(ingress, site)),
  };
}

/** Envoy asks a cluster that nobody uses once a minute if not told otherwise: it would learn of a loss by losing clients. */
function healthCheck({ health }: MultiClusterIngress, path: "/healthz" | "/ready", host: string): Message {
  const interval = duration(health.interval);
  return {
    timeout: duration(health.timeout),
    interval,
    no_traffic_interval: interval,
    no_traffic_healthy_interval: interval,
    unhealthy_threshold: health.failures,
    healthy_threshold: health.successes,
    http_health_check: { path, host },
  };
}

/** Between two checks, endpoints that refuse connections are left alone for a moment; live streams leave the lost ones. */
function failover({ health }: MultiClusterIngress): Message {
  return {
    close_connections_on_host_health_failure: true,
    outlier_detection: {
      split_external_local_origin_errors: true,
      consecutive_local_origin_failure: health.failures,
      interval: duration(health.interval),
      base_ejection_time: duration(health.interval),
      max_ejection_time: duration(health.interval * health.failures),
      max_ejection_percent: 100,
    },
  };
}

/** A pool beginning with one site. */
function inTurn(host: IngressHost, { site: first }: IngressBackend, here: string): Message {
  const order = sharesOf(host).map(({ backend }) => backend.site);
  const sites = [first, ...order.filter((site) => site !== first)];
  return {
    "@type": clusterType,
    name: clusterName.pool(host.name, first),
    connect_timeout: "5s",
    lb_policy: "CLUSTER_PROVIDED",
    common_lb_config: neverPanic,
    cluster_type: {
      name: "envoy.clusters.aggregate",
      typed_config: typed("extensions.clusters.aggregate.v3.ClusterConfig", {
        clusters: sites.map((site) =>
          site === here ? clusterName.local(host.name) : clusterName.remote(host.name, site),
        ),
      }),
    },
  };
}

/** A site keeps its share of the connections while one of its endpoints is well, so weights mean what they say. */
function assignment(name: string, endpoints: readonly Message[]): Message {
  return {
    cluster_name: name,
    endpoints: [{ lb_endpoints: endpoints }],
    policy: { overprovisioning_factor: 100 * Math.max(1, endpoints.length) },
  };
}
