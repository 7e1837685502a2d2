import { nodesHere } from "../../lib/fabric/border";
import type { Consortium, ConsortiumNode } from "../../lib/fabric/consortium";
import { Connections, type TlsAuthorities } from "./connection";
import type { AdminIdentity } from "./identity";
import { channelsOfOrderer, participationOf } from "./participation";
import { chainEnd, channelsOfPeer } from "./peer";
import { inWords } from "./problem";
import type { Reach } from "./reach";

/** How far a node is in one channel. */
export interface ChannelHeight {
  readonly channel: string;
  /** Number of blocks. */
  readonly height: number;
  /** Of a peer: hash of the newest block's header, hexadecimal. Peers at the same height must show the same. */
  readonly hash?: string;
  /** Of an orderer: active, onboarding, inactive or failed. */
  readonly status?: string;
  /** Of an orderer: consenter, follower, config-tracker or other. */
  readonly relation?: string;
}

/** How far a node is in its channels, or why it does not say. */
export interface NodeHeights {
  readonly node: ConsortiumNode;
  readonly role: "peer" | "orderer";
  readonly channels: readonly ChannelHeight[];
  readonly unreachable?: string;
}

/** Whose nodes are asked, and how they are reached. */
export interface StatusOptions {
  readonly consortium: Consortium;
  /** Name of the own organisation: only its nodes answer its administrator. */
  readonly organisation: string;
  /** The site whose nodes are asked; undefined in a network of one cluster. */
  readonly site?: string | undefined;
  readonly identity: AdminIdentity;
  readonly reach: Reach;
}

/** The heights of all own nodes, orderers first. A node that does not answer is told of, too; nothing is thrown. */
export async function heightsOf(options: StatusOptions): Promise<readonly NodeHeights[]> {
  const { consortium, organisation, identity, reach } = options;
  const found = consortium.organisations.find(({ name }) => name === organisation);
  const own = found && nodesHere(found, options.site);
  const authorities = [identity.tls.authorities];
  const connections = new Connections(identity, reach);
  const told = async (
    node: ConsortiumNode,
    role: NodeHeights["role"],
    channels: Promise<readonly ChannelHeight[]>,
  ): Promise<NodeHeights> =>
    channels.then(
      (found) => ({ node, role, channels: found }),
      (error: unknown) => ({ node, role, channels: [], unreachable: inWords(error) }),
    );
  try {
    return await Promise.all([
      ...(own?.orderers ?? []).map((node) => told(node, "orderer", ordererHeights(node, options, authorities))),
      ...(own?.peers ?? []).map((node) => told(node, "peer", peerHeights(node, options, authorities, connections))),
    ]);
  } finally {
    connections.close();
  }
}

async function ordererHeights(
  node: ConsortiumNode,
  { identity, reach }: StatusOptions,
  authorities: TlsAuthorities,
): Promise<readonly ChannelHeight[]> {
  const access = { identity, reach, authorities };
  const heights = (await channelsOfOrderer(node, access)).map(async (channel): Promise<ChannelHeight[]> => {
    const found = await participationOf(node, channel, access);
    if (found === undefined) return [];
    return [{ channel, height: found.height, status: found.status, relation: found.consensusRelation }];
  });
  return (await Promise.all(heights)).flat();
}

async function peerHeights(
  node: ConsortiumNode,
  { identity }: StatusOptions,
  authorities: TlsAuthorities,
  connections: Connections,
): Promise<readonly ChannelHeight[]> {
  const connection = await connections.to(node, authorities);
  const channels = await channelsOfPeer(connection, identity);
  return Promise.all(
    channels.map(async (channel) => ({ channel, ...(await chainEnd(connection, identity, channel)) })),
  );
}
