/**
 * Nodes of one role and organisation that voluntary evictions (drains, upgrades, renewal) must leave standing: all but one,
 * so that a fault during maintenance still finds an endorser, a majority, an authority.
 *
 * A single node may be evicted, and so may one of the only two consenters, although its service stops until it is back: a
 * budget that leaves nothing would let no machine be drained, and no certificate be renewed before it ends. An organisation
 * that must not stop has two peers, and a network that must not stop has three consenters.
 *
 * @param nodes All that the organisation has of this role.
 */
export function nodesToKeep(nodes: number): number {
  return Math.max(0, nodes - 1);
}
