import { ports } from "../../lib/fabric/ports";
import type { Board } from "../board";
import type { AdminIdentity } from "../fabric/identity";
import type { Reach } from "../fabric/reach";
import { type NodeStatus, readStatus, statusConfigMap, statusKey } from "../status/document";
import { type RaftSight, raftSight } from "../status/orderer-metrics";
import type { KnownNode } from "./known-nodes";

/** Milliseconds for one node's metrics. */
const metricsTimeout = 3000;

/** The Raft metrics of the own ordering nodes, by host; a node that does not answer is absent. */
export async function ownRaft(
  nodes: readonly KnownNode[],
  identity: AdminIdentity,
  reach: Reach,
  port: number = ports.orderer.operations,
): Promise<ReadonlyMap<string, RaftSight>> {
  const asked = nodes.filter(({ own, role }) => own && role === "orderer");
  const answers = await Promise.all(
    asked.map(async ({ node }) => {
      try {
        const door = { host: await reach(node), port, serverName: node.host, tls: identity.tls };
        return [node.host, await raftSight(door, metricsTimeout)] as const;
      } catch {
        return undefined;
      }
    }),
  );
  return new Map(answers.filter((answer) => answer !== undefined));
}

/**
 * What the agents of other organisations last said of their ordering nodes, by host. Of these nodes only they can ask:
 * administration and metrics are open to an organisation's own certificates.
 */
export async function foreignOrderers(
  nodes: readonly KnownNode[],
  board: Board,
): Promise<ReadonlyMap<string, NodeStatus>> {
  const foreign = nodes.filter(({ own, role }) => !own && role === "orderer");
  const organisations = [...new Set(foreign.map(({ organisation }) => organisation))];
  const told = await Promise.all(
    organisations.map(async (organisation) => {
      try {
        const notice = await board.read(organisation, statusConfigMap);
        const status = readStatus(Buffer.from(notice?.[statusKey] ?? []).toString("utf8"));
        return { organisation, nodes: status?.nodes ?? [] };
      } catch {
        return { organisation, nodes: [] };
      }
    }),
  );
  const statuses = foreign.flatMap(({ node, organisation }) => {
    const of = told.find((one) => one.organisation === organisation);
    const status = of?.nodes.find(({ pod, role }) => pod === node.pod && role === "orderer");
    return status === undefined ? [] : [[node.host, status] as const];
  });
  return new Map(statuses);
}

/** How many ordering nodes of others must tell a height before it counts: one alone may err, or lie. */
const witnesses = 2;

/**
 * The heights that ordering nodes of other organisations tell, by channel, as far as they can be relied on: of each the
 * highest that two of them have reached, or the only one where others have only one.
 */
export function reliableHeights({
  nodes,
  foreign,
}: {
  readonly nodes: readonly KnownNode[];
  readonly foreign: ReadonlyMap<string, NodeStatus>;
}): ReadonlyMap<string, number> {
  const needed = Math.min(witnesses, nodes.filter(({ own, role }) => !own && role === "orderer").length);
  const told = new Map<string, number[]>();
  for (const { channels } of foreign.values())
    for (const { channel, height } of channels) told.set(channel, [...(told.get(channel) ?? []), height]);
  const reliable = [...told].map(
    ([channel, all]) => [channel, all.sort((one, other) => other - one)[needed - 1]] as const,
  );
  return new Map(reliable.flatMap(([channel, height]) => (height === undefined ? [] : [[channel, height] as const])));
}
