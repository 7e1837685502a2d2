import type { Findings } from "../../agent/run/observe";
import type { KnownNode } from "../../agent/run/known-nodes";
import type { ChannelStatus, NodeStatus } from "../../agent/status/document";
import { Progress } from "../../agent/watch/progress";

/** A node of this name, of the own organisation unless said otherwise. */
export const knownNode = (pod: string, role: KnownNode["role"], own = true): KnownNode => ({
  node: { pod, site: "s", zone: "zone-a", host: `${pod}.example`, port: 7051 },
  role,
  own,
  organisation: own ? "amber" : "clearing",
});

/** A channel as an ordering node tells of it that votes in it. */
export const voting = (height: number, change: Partial<ChannelStatus> = {}): ChannelStatus => ({
  channel: "trade",
  height,
  status: "active",
  relation: "consenter",
  ...change,
});

/** What one look found: every pod runs and is ready, every node answers, and tells of these channels. */
export function findingsOf(
  told: readonly (readonly [KnownNode, readonly ChannelStatus[] | undefined])[],
  change: Partial<Findings> = {},
): Findings {
  const own = told.filter(([{ own: isOwn }]) => isOwn);
  const pods = own.map(
    ([{ node, role }]) =>
      [
        node.pod,
        {
          apiVersion: "v1",
          kind: "Pod",
          metadata: { name: node.pod, uid: node.pod, labels: { "fabric-topologies.dev/role": role } },
          status: { phase: "Running", conditions: [{ type: "Ready", status: "True" as const }] },
        },
      ] as const,
  );
  const statuses = told.flatMap(([{ node, role, own: isOwn }, channels]) => {
    const status: NodeStatus = {
      pod: node.pod,
      role,
      zone: node.zone,
      ready: true,
      channels: channels ?? [],
      ...(channels === undefined ? { unreachable: "no answer" } : {}),
    };
    return isOwn ? [] : [[node.host, status] as const];
  });
  return {
    nodes: told.map(([known]) => known),
    lookout: { pods: new Map(pods), sight: () => ({ there: true }), dates: () => undefined },
    heights: own.map(([{ node, role }, channels]) => ({
      node,
      role,
      channels: channels ?? [],
      ...(channels === undefined ? { unreachable: "no answer" } : {}),
    })),
    raft: new Map(),
    foreign: new Map(statuses),
    toldAt: new Map(),
    wasIn: new Map(),
    channels: ["trade"],
    progress: new Progress(),
    renewBefore: 1000,
    ...change,
  };
}
