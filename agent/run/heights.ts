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
