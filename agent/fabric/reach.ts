import type { ConsortiumNode } from "../../lib/fabric/consortium";

/**
 * Where a node is to be dialled: an IP address or a name. What its certificate must carry is `node.host` in any case,
 * since the DNS names of pods that are not ready yet do not resolve.
 * Rejects with an Error that says why the node cannot be reached, such as that its pod has no address yet.
 */
export type Reach = (node: ConsortiumNode) => Promise<string>;

/** The port of a node's main listener at the address where it is reached: its pod may have another one than its name. */
export const portAt = ({ host, port, podPort }: ConsortiumNode, address: string): number =>
  address === host ? port : (podPort ?? port);
