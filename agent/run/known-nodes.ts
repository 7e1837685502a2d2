import type { Consortium, ConsortiumNode } from "../../lib/fabric/consortium";

/** A node that an agent looks at. */
export interface KnownNode {
  readonly node: ConsortiumNode;
  readonly role: "peer" | "orderer";
  /** Whether this agent sees to it: a node of the own organisation, and on the own site. */
  readonly own: boolean;
  readonly organisation: string;
}

/**
 * The nodes that an organisation's agent may dial: its own, and the ordering nodes of all.
 * @param here The site whose nodes it sees to; undefined in a network of one cluster.
 */
export function knownNodes({ organisations }: Consortium, own: string, here?: string): readonly KnownNode[] {
  return organisations.flatMap(({ name, peers, orderers }) => {
    const as = (role: KnownNode["role"]) => (node: ConsortiumNode) => ({
      node,
      role,
      own: name === own && (here === undefined || node.site === here),
      organisation: name,
    });
    return [...orderers.map(as("orderer")), ...(name === own ? peers.map(as("peer")) : [])];
  });
}

/** The organisation that makes channels and keeps the lock of restarts: the first that orders. */
export function founderOf({ organisations }: Consortium): Consortium["organisations"][number] | undefined {
  return organisations.find(({ orderers }) => orderers.length > 0);
}

/** What a condition about a node names. */
export const objectOf = ({ role, node }: KnownNode): string => `${role}/${node.pod}`;
