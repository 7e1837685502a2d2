import { ports } from "../../fabric/ports";
import type { GatewayPlace } from "../gateway";
import { gatewayKeepalive } from "../keepalive";
import { namesOf, sharesOf, type IngressHost, type MultiClusterIngress } from "../model";
import { clusterName } from "./clusters";
import { duration, extension, type Message, socketAddress } from "./message";

/** The listeners of a site's gateway: for the world, for other gateways, and for who asks after its health. */
export function listeners(ingress: MultiClusterIngress, site: string, place: GatewayPlace): Message[] {
  const here = ingress.hosts.filter(({ backends }) => backends.some((backend) => backend.site === site));
  return [
    byName("world", place, ports.gateway.world, [
      ...ingress.hosts.flatMap((host) => {
        const target = worldTarget(ingress, host, site);
        return target === undefined ? [] : [chain(host, target)];
      }),
    ]),
    byName(
      "relay",
      place,
      ports.gateway.relay,
      here.map((host) => chain(host, { cluster: clusterName.local(host.name) })),
    ),
    health(here, place),
  ];
}

/** A pool by its weights, all else where it is. Nothing where the host has nothing behind it. */
function worldTarget(ingress: MultiClusterIngress, host: IngressHost, site: string): Message | undefined {
  if (host.kind === "pool") {
    const shares = sharesOf(host).filter(({ share }) => share > 0);
    const [only, ...others] = shares.map(({ backend, share }) => ({
      name: clusterName.pool(host.name, backend.site),
      weight: share,
    }));
    if (only === undefined) return undefined;
    return {
      ...(others.length === 0 ? { cluster: only.name } : { weighted_clusters: { clusters: [only, ...others] } }),
      // What has been decided once holds as long as the connection does; this is what makes weights matter to streams.
      max_downstream_connection_duration: duration(ingress.maxConnectionAge),
    };
  }
  const [home] = host.backends;
  if (home === undefined) return undefined;
  return { cluster: home.site === site ? clusterName.local(host.name) : clusterName.gateway(home.site) };
}

/**
 * A listener that looks at the name in the first message of TLS and at nothing else. There is no chain for other names, so
 * their connections end without an answer, and no certificate that could be shown.
 */
function byName(name: string, place: GatewayPlace, port: number, chains: readonly Message[]): Message {
  return {
    "@type": "type.googleapis.com/envoy.config.listener.v3.Listener",
    name,
    address: socketAddress(place.listen, port),
    listener_filters: [
      extension("filters.listener.tls_inspector", "extensions.filters.listener.tls_inspector.v3.TlsInspector"),
    ],
    // Who says nothing, or not TLS, is not waited for.
    listener_filters_timeout: "5s",
    per_connection_buffer_limit_bytes: 1_048_576,
    socket_options: keepaliveOptions,
    access_log: [accessLog],
    filter_chains: chains,
  };
}

function chain(host: IngressHost, target: Message): Message {
  const { name } = host;
  return {
    name,
    filter_chain_match: { server_names: [...namesOf(host)] },
    filters: [
      extension("filters.network.tcp_proxy", "extensions.filters.network.tcp_proxy.v3.TcpProxy", {
        stat_prefix: name,
        // Streams of blocks may be silent for hours; keepalive tells the dead from the quiet.
        idle_timeout: "0s",
        max_connect_attempts: 3,
        ...target,
      }),
    ],
  };
}

/** Linux: SOL_SOCKET 1, SO_KEEPALIVE 9; IPPROTO_TCP 6, TCP_KEEPIDLE 4, TCP_KEEPINTVL 5, TCP_KEEPCNT 6. */
const keepaliveOptions = [
  { level: 1, name: 9, int_value: 1, state: "STATE_PREBIND" },
  { level: 6, name: 4, int_value: gatewayKeepalive.time, state: "STATE_PREBIND" },
  { level: 6, name: 5, int_value: gatewayKeepalive.interval, state: "STATE_PREBIND" },
  { level: 6, name: 6, int_value: gatewayKeepalive.probes, state: "STATE_PREBIND" },
];

/** One line for each connection when it ends, refused ones too. What went through it is nobody's business. */
const accessLog = extension("access_loggers.stdout", "extensions.access_loggers.stream.v3.StdoutAccessLog", {
  log_format: {
    json_format: {
      at: "%START_TIME%",
      from: "%DOWNSTREAM_REMOTE_ADDRESS%",
      name: "%REQUESTED_SERVER_NAME%",
      to: "%UPSTREAM_CLUSTER%",
      address: "%UPSTREAM_HOST%",
      received: "%BYTES_RECEIVED%",
      sent: "%BYTES_SENT%",
      milliseconds: "%DURATION%",
      flags: "%RESPONSE_FLAGS%",
      end: "%CONNECTION_TERMINATION_DETAILS%",
    },
  },
});

/**
 * `GET /healthz` with a pool's name as Host: 200 while an endpoint of it on this site is well. `/ready`: the gateway itself
 * has read its files. Monitors of DNS providers ask here as other gateways do.
 */
function health(here: readonly IngressHost[], place: GatewayPlace): Message {
  const pools = here.filter(({ kind }) => kind === "pool");
  return {
    "@type": "type.googleapis.com/envoy.config.listener.v3.Listener",
    name: "health",
    address: socketAddress(place.listen, ports.gateway.health),
    filter_chains: [
      {
        filters: [
          extension(
            "filters.network.http_connection_manager",
            "extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
            {
              stat_prefix: "health",
              // Route 53 adds the port to the name.
              strip_any_host_port: true,
              request_headers_timeout: "5s",
              stream_idle_timeout: "5s",
              common_http_protocol_options: { idle_timeout: "60s" },
              route_config: { virtual_hosts: [nothingElse] },
              http_filters: [
                healthFilter([path("/ready")]),
                ...pools.map(({ name }) =>
                  healthFilter([path("/healthz"), header(":authority", name)], {
                    cluster_min_healthy_percentages: { [clusterName.local(name)]: { value: 1 } },
                  }),
                ),
                extension("filters.http.router", "extensions.filters.http.router.v3.Router"),
              ],
            },
          ),
        ],
      },
    ],
  };
}

const nothingElse: Message = {
  name: "nothing",
  domains: ["*"],
  routes: [{ match: { prefix: "/" }, direct_response: { status: 404 } }],
};

const healthFilter = (headers: readonly Message[], more: Message = {}) =>
  extension("filters.http.health_check", "extensions.filters.http.health_check.v3.HealthCheck", {
    pass_through_mode: false,
    headers,
    ...more,
  });

const header = (name: string, exact: string): Message => ({ name, string_match: { exact, ignore_case: true } });
const path = (exact: string) => header(":path", exact);
