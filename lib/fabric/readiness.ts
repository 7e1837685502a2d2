/**
 * The readiness gate of peers: the condition of their pods by which the organisation's agent says that a peer is in its
 * channels and keeps up. A peer can run, answer every probe and never receive a block.
 */
export const receivesBlocks = "fabric-topologies.dev/receives-blocks";
