import { raftTolerance } from "./quorum";

/**
 * Ordering nodes of one organisation that voluntary evictions (drains, upgrades) must leave standing: all but one, so that
 * a fault during maintenance still finds a majority. Where the network tolerates no loss at all, every one.
 *
 * @param own The organisation's ordering nodes.
 * @param consenters Those of the whole network.
 */
export function votersToKeep(own: number, consenters: number): number {
  return own - Math.min(1, raftTolerance(consenters));
}

/** Peers of an organisation that voluntary evictions must leave standing: all but one, and never none. */
export function peersToKeep(peers: number): number {
  return Math.max(1, peers - 1);
}

/**
 * Certificate authorities of an organisation that voluntary evictions must leave standing: all but one. A single one may be
 * evicted: nodes that have their certificates go on without it.
 */
export function authoritiesToKeep(authorities: number): number {
  return authorities - 1;
}
