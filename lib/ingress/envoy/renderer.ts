import { ports } from "../../fabric/ports";
import type { GatewayPlace, GatewayRenderer } from "../gateway";
import { clusters } from "./clusters";
import { listeners } from "./listeners";
import { discovery, extension, type Message, socketAddress } from "./message";

/** More than one gateway has to carry, and fewer than would take its memory. */
const mostConnections = 20_000;

const clusterFile = (site: string) => `${site}.clusters.json`;
const listenerFile = (site: string) => `${site}.listeners.json`;

/** File of how Envoy starts. */
const bootstrapFile = "bootstrap.json";

/**
 * Envoy: the start says only where the rest is. Clusters and listeners are files that it watches, so that who is where and
 * the weights change while it runs. A listener of which only chains changed keeps the connections of all other chains.
 */
export const envoy: GatewayRenderer = {
  command: ({ maxConnectionAge }, _site, { start }) => [
    "envoy",
    ...["--config-path", `${start}/${bootstrapFile}`],
    // Connections of a changed chain: none ends sooner than it would have, none later than was promised.
    ...["--drain-time-s", String(Math.ceil(maxConnectionAge)), "--drain-strategy", "immediate"],
    // As many threads as the container is given CPU, not as many as the machine has.
    ...["--concurrency", "2"],
    // Pods are replaced as a whole.
    "--disable-hot-restart",
  ],
  start: (_ingress, site, place) => ({ [bootstrapFile]: `${JSON.stringify(bootstrap(site, place), undefined, 1)}\n` }),
  base: (ingress, site) => ({ [clusterFile(site)]: discovery(clusters(ingress, site)) }),
  weights: (ingress, site, place) => ({ [listenerFile(site)]: discovery(listeners(ingress, site, place)) }),
};

function bootstrap(site: string, { base, weights, admin }: GatewayPlace): Message {
  return {
    node: { id: "gateway", cluster: site },
    admin: { address: socketAddress(admin, ports.gateway.admin) },
    dynamic_resources: {
      cds_config: watched(base, clusterFile(site)),
      lds_config: watched(weights, listenerFile(site)),
    },
    overload_manager: {
      resource_monitors: [
        extension(
          "resource_monitors.global_downstream_max_connections",
          "extensions.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig",
          { max_active_downstream_connections: mostConnections },
        ),
      ],
    },
  };
}

/** A file that is replaced by moving a symbolic link beside it, as the kubelet does with a ConfigMap's. */
function watched(folder: string, file: string): Message {
  return {
    resource_api_version: "V3",
    path_config_source: { path: `${folder}/${file}`, watched_directory: { path: folder } },
  };
}
