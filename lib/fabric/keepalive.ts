/**
 * How fast a dead connection is noticed. A zone that is cut off closes nothing: its connections stay open until a ping
 * goes unanswered, and Fabric's own values (60 s + 20 s) would leave a peer without blocks for that long.
 *
 * A server ends connections whose client pings more often than it permits, so both sides are written here together.
 */
export const keepalive = {
  /** A peer that waits for blocks pings its ordering node. gRPC does not go below 10 s. */
  blockDelivery: { interval: "10s", timeout: "2s" },
  /** Gateways hold connections to the endorsing peers of all organisations; a silent one is left within 12 s. */
  betweenPeers: { interval: "10s", timeout: "2s" },
  /** What our servers permit, and how they ping silent clients. `minimum` must stay below every client's interval. */
  server: { minimum: "5s", interval: "7200s", timeout: "20s" },
} as const;
