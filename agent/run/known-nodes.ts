import type { Consortium, ConsortiumNode } from "../../lib/fabric/consortium";

/** A node that an agent looks at. */
export interface KnownNode {
  readonly node: ConsortiumNode;
  readonly role: "peer" | "orderer";
  readonly own: boolean;
  readonly organisation: string;
}

/** The nodes that an organisation's agent may dial: its own, and the ordering nodes of all. */
export function knownNodes({ organisations }: Consortium, own: string): readonly KnownNode[] {
  return organisations.flatMap(({ name, peers, orderers }) => {
    const as = (role: KnownNode["role"]) => (node: ConsortiumNode) => ({
      node,
      role,
      own: name === own,
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
