import { ports } from "../../lib/fabric/ports";
import type { Board } from "../board";
import type { AdminIdentity } from "../fabric/identity";
import type { Reach } from "../fabric/reach";
import { type Condition, type NodeStatus, readForeignStatus, statusConfigMap, statusKey } from "../status/document";
import { agentSilent, isOld } from "../status/heard";
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

/** What the agents of other organisations say, as far as it can be read. */
export interface ForeignSight {
  /** Ordering nodes, by host. */
  readonly orderers: ReadonlyMap<string, NodeStatus>;
  /** About what cannot be read. */
  readonly conditions: readonly Condition[];
}

/**
 * What the agents of other organisations last said of their ordering nodes. Of these nodes only they can ask:
 * administration and metrics are open to an organisation's own certificates. Of what was said long ago nothing is known to
 * hold still.
 * @param now Milliseconds since 1970.
 * @param spread Whether each site of an organisation has an agent of its own.
 */
export async function foreignOrderers(
  nodes: readonly KnownNode[],
  board: Board,
  now: number,
  spread = false,
): Promise<ForeignSight> {
  const foreign = nodes.filter(({ own, role }) => !own && role === "orderer");
  const tellerOf = ({ organisation, node }: KnownNode): Teller => ({
    organisation,
    site: spread ? node.site : undefined,
  });
  const isSame = (one: Teller, other: Teller) => one.organisation === other.organisation && one.site === other.site;
  const tellers = foreign
    .map(tellerOf)
    .filter((teller, index, all) => all.findIndex((other) => isSame(teller, other)) === index);
  const told = await Promise.all(
    tellers.map(async (teller) => ({ ...teller, name: nameOf(teller), ...(await lastSaid(teller, board)) })),
  );
  const statuses = foreign.flatMap((known) => {
    const { node } = known;
    const of = told.find((one) => isSame(one, tellerOf(known)));
    const status =
      of === undefined || isOld(of, now)
        ? undefined
        : of.nodes.find(({ pod, role }) => pod === node.pod && role === "orderer");
    return status === undefined ? [] : [[node.host, status] as const];
  });
  return {
    orderers: new Map(statuses),
    conditions: [...told.flatMap(unreadable), ...told.flatMap((said) => silent(said, now))],
  };
}

/** An agent that tells of its organisation's nodes; on several sites, of those on its own. */
interface Teller {
  readonly organisation: string;
  readonly site: string | undefined;
}

const nameOf = ({ organisation, site }: Teller): string =>
  site === undefined ? organisation : `${organisation} on ${site}`;

interface Said {
  /** RFC 3339; undefined where nothing was said. */
  readonly at?: string;
  readonly nodes: readonly NodeStatus[];
  readonly malformed: readonly string[];
}

/** Nothing where the organisation has said nothing, or cannot be asked. */
async function lastSaid({ organisation, site }: Teller, board: Board): Promise<Said> {
  try {
    const text = (await board.read(organisation, statusConfigMap, site))?.[statusKey];
    if (text === undefined) return { nodes: [], malformed: [] };
    const read = readForeignStatus(Buffer.from(text).toString("utf8"));
    return read === undefined
      ? { nodes: [], malformed: [statusKey] }
      : { at: read.status.at, nodes: read.status.nodes, malformed: read.malformed };
  } catch {
    return { nodes: [], malformed: [] };
  }
}

function silent({ name, ...said }: Said & { readonly name: string }, now: number): readonly Condition[] {
  if (said.at === undefined || !isOld(said, now)) return [];
  const so = "nobody knows how its ordering nodes are, and no restart for new certificates may count on them";
  return [agentSilent(name, said.at, so)];
}

function unreadable({ name, malformed }: Said & { readonly name: string }): readonly Condition[] {
  if (malformed.length === 0) return [];
  const few = malformed.slice(0, 3).join(", ");
  return [
    {
      type: "StatusUnderstood",
      status: "False",
      reason: "Malformed",
      message: `its ConfigMap ${statusConfigMap} holds what no agent writes, and is not gone by there: ${few}${malformed.length > 3 ? " …" : ""}`,
      object: `organisation/${name}`,
      remedy: `${name} sees who changed the ConfigMap, and whether its agent is of the version of the others; deleted, it is written anew`,
    },
  ];
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
