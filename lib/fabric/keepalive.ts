/**
 * How fast a dead connection is noticed. A zone that is cut off closes nothing: its connections stay open until a ping
 * goes unanswered, and Fabric's own values (60 s + 20 s) would leave a peer without blocks for that long.
 *
 * A server ends connections whose client pings more often than it permits, so both sides are written here together.
 */
export const keepalive = {
  /** A peer that waits for blocks pings its ordering node. gRPC does not go below 10 s; {@link peerSysctls} does. */
  blockDelivery: { interval: "10s", timeout: "2s" },
  /** Gateways hold connections to the endorsing peers of all organisations; a silent one is left within 12 s. */
  betweenPeers: { interval: "10s", timeout: "2s" },
  /** What our servers permit, and how they ping silent clients. `minimum` must stay below every client's interval. */
  server: { minimum: "5s", interval: "7200s", timeout: "20s" },
} as const;

/**
 * What a peer's kernel asks of idle connections that the peer has opened, as Kubernetes' sysctls (allowed in `restricted`
 * pods since Kubernetes 1.29). gRPC leaves the times of TCP keepalive to the system, and its own pings have a floor of
 * 10 s: a peer whose ordering node falls silent would get no blocks for 12 s. So the kernel asks after 2 s without a
 * word, and a second later the connection is given up (gRPC's timeout above is also TCP's): 3 s in all. A kernel answers,
 * however busy its processes are, so only a machine or a network that is gone stays silent.
 */
export const peerSysctls = {
  "net.ipv4.tcp_keepalive_time": 2,
  "net.ipv4.tcp_keepalive_intvl": 1,
  "net.ipv4.tcp_keepalive_probes": 3,
} as const;

/** Seconds after which a peer leaves a silent ordering node for another one. */
export const secondsUntilSilenceShows =
  peerSysctls["net.ipv4.tcp_keepalive_time"] + peerSysctls["net.ipv4.tcp_keepalive_intvl"];
