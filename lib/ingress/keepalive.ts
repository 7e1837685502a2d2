import { peerSysctls } from "../fabric/keepalive";

/**
 * What a gateway's kernel asks of idle connections, on both sides. A gateway answers for whoever is behind it, so it has to
 * notice a node or a client that fell silent as fast as a peer would itself.
 */
export const gatewayKeepalive = {
  time: peerSysctls["net.ipv4.tcp_keepalive_time"],
  interval: peerSysctls["net.ipv4.tcp_keepalive_intvl"],
  probes: peerSysctls["net.ipv4.tcp_keepalive_probes"],
} as const;
