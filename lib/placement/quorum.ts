/** Consenters that must agree before Raft commits: floor(n/2) + 1 (Fabric docs, ordering service). */
export function raftQuorum(consenters: number): number {
  return Math.floor(consenters / 2) + 1;
}

/** Consenters that may be down at once while Raft still commits. */
export function raftTolerance(consenters: number): number {
  return consenters - raftQuorum(consenters);
}
