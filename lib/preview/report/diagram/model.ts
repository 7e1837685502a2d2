import { counted, listed } from "../../../spec/words";
import type { Preview } from "../../document";
import { chaincodeServers } from "./chaincode-servers";
import { groupsOf, type Group } from "./groups";
import type { NodeMark, NodeMarks } from "./marks";

type Node = Preview["nodes"][number];

/** A zone of a site. */
interface Place {
  readonly site: string;
  readonly zone: string;
}

/** All zones, site by site: the order of the diagram's columns. */
export function zonesOf(sites: Preview["sites"]): (Place & { readonly witness: boolean })[] {
  return sites.flatMap(({ name: site, zones }) => zones.map(({ name: zone, witness }) => ({ site, zone, witness })));
}

/** A box of the diagram: what an organisation, or several alike, or the ordering service has in one zone. */
export interface Box extends Place {
  readonly id: string;
  readonly kind: "members" | "ordering" | "nothing";
  readonly title: string;
  readonly lines: readonly Line[];
}

export interface Line {
  readonly text: string;
  /** Names that people type are set in a face of their own. */
  readonly face: "mono" | "sans";
  readonly mark?: NodeMark;
}

/** Who talks to whom, by the ids of their boxes. Raft and gossip go both ways. */
export interface Flow {
  readonly kind: "gossip" | "deliver" | "raft";
  readonly from: string;
  readonly to: string;
}

export interface DiagramModel {
  readonly sites: Preview["sites"];
  readonly boxes: readonly Box[];
  readonly flows: readonly Flow[];
  /** Zones with peers, which applications call. */
  readonly gateways: readonly Place[];
  /** How organisations were put together; undefined where each has boxes of its own. */
  readonly together?: string;
}

/** A box names its nodes while there are so few of a role. */
const mostNamed = 3;
/** As many ordering boxes are joined each with each; more of them in a row. */
const mostPaired = 4;

/** What the topology diagram shows: few enough boxes to be read, however large the network. */
export function diagramModel(preview: Preview, marks: NodeMarks): DiagramModel {
  const servers = chaincodeServers(preview);
  const groups = groupsOf(preview, servers, marks);
  const places = zonesOf(preview.sites).map(({ site, zone }) => ({ site, zone }));

  const ordering = places.flatMap((place): Box[] => {
    const nodes = at(preview.nodes, place).filter(({ role }) => role === "orderer");
    if (nodes.length === 0) return [];
    const lines = orderingLines(nodes, marks);
    return [{ id: idOf("ordering", place), ...place, kind: "ordering", title: "Ordering service", lines }];
  });
  const members = groups.map((group) => ({
    group,
    boxes: places.flatMap((place) => {
      const of = <T extends Place & { readonly organisation: string }>(all: readonly T[]) =>
        at(all, place).filter(({ organisation }) => group.organisations.has(organisation));
      const nodes = of(preview.nodes).filter(({ role }) => role !== "orderer");
      const lines = memberLines(nodes, of(servers).length, group, marks);
      if (lines.length === 0) return [];
      const box: Box = { id: idOf(group.id, place), ...place, kind: "members", title: group.title, lines };
      return [{ box, peers: nodes.some(({ role }) => role === "peer") }];
    }),
  }));
  const boxes = [...members.flatMap((one) => one.boxes.map(({ box }) => box)), ...ordering];
  const empty = places.filter((place) => at(boxes, place).length === 0);
  return {
    sites: preview.sites,
    boxes: [
      ...boxes,
      ...empty.map((place): Box => ({ id: idOf("", place), ...place, kind: "nothing", title: "nothing", lines: [] })),
    ],
    gateways: places.filter((place) =>
      members.some((one) => one.boxes.some(({ box, peers }) => peers && at([box], place).length > 0)),
    ),
    flows: [
      ...members.flatMap(({ boxes }) =>
        peerFlows(
          boxes.filter(({ peers }) => peers).map(({ box }) => box),
          ordering,
        ),
      ),
      ...(ordering.length > mostPaired ? chained(ordering) : paired(ordering)).map(joined("raft")),
    ],
    ...(groups.every(({ organisations }) => organisations.size === 1)
      ? {}
      : {
          together: `${preview.organisations.length} organisations in ${counted(groups.length, "group")}: those with the same nodes in the same zones stand together.`,
        }),
  };
}

const idOf = (what: string, { site, zone }: Place): string => [what, site, zone].join("\n");

const at = <T extends Place>(all: readonly T[], place: Place): T[] =>
  all.filter(({ site, zone }) => site === place.site && zone === place.zone);

/** What the peers of a group take part in: any ordering node serves them, drawn is the way to those beside them. */
function peerFlows(boxes: readonly Box[], ordering: readonly Box[]): Flow[] {
  return [
    ...chained(boxes).map(joined("gossip")),
    ...boxes.flatMap((box): Flow[] => {
      const nearest = at(ordering, box)[0] ?? ordering.find(({ site }) => site === box.site) ?? ordering[0];
      return nearest === undefined ? [] : [{ kind: "deliver", from: box.id, to: nearest.id }];
    }),
  ];
}

type Pair = readonly [Box, Box];

const chained = (boxes: readonly Box[]): Pair[] =>
  boxes.flatMap((box, index): Pair[] => {
    const next = boxes[index + 1];
    return next === undefined ? [] : [[box, next]];
  });

const paired = (boxes: readonly Box[]): Pair[] =>
  boxes.flatMap((box, index) => boxes.slice(index + 1).map((other): Pair => [box, other]));

const joined =
  (kind: Flow["kind"]) =>
  ([from, to]: Pair): Flow => ({ kind, from: from.id, to: to.id });

function orderingLines(nodes: readonly Node[], marks: NodeMarks): Line[] {
  const owners = [...new Set(nodes.map(({ organisation }) => organisation))];
  if (nodes.length > 2 * mostNamed) return countedLines(nodes, "ordering node", marks);
  return [
    ...nodes.map((node) => namedLine(node, marks, owners.length > 1)),
    ...(owners.length > 1 ? [] : [{ text: `of ${owners.join("")}`, face: "sans" } as const]),
  ];
}

function memberLines(nodes: readonly Node[], servers: number, group: Group, marks: NodeMarks): Line[] {
  const alone = group.organisations.size === 1;
  const of = (role: Node["role"], noun: string): Line[] => {
    const its = nodes.filter((node) => node.role === role);
    if (its.length === 0) return [];
    return alone && its.length <= mostNamed
      ? its.map((node) => namedLine(node, marks, false))
      : countedLines(its, noun, marks);
  };
  const lines = [
    ...of("peer", "peer"),
    ...of("ca", "CA"),
    ...(servers > 0 ? [{ text: counted(servers, "chaincode server"), face: "sans" } as const] : []),
  ];
  return alone || lines.length === 0 ? lines : [{ text: members([...group.organisations]), face: "sans" }, ...lines];
}

/** The first names, and how far they go. */
function members(names: readonly string[]): string {
  return names.length <= 3 ? listed(names, "and") : `${names[0] ?? ""}, ${names[1] ?? ""} … ${names.at(-1) ?? ""}`;
}

function namedLine(node: Node, marks: NodeMarks, withOrganisation: boolean): Line {
  const mark = marks.of(node.namespace, node.pod);
  const text = withOrganisation ? `${node.pod} · ${node.organisation}` : node.pod;
  return { text, face: "mono", ...(mark === undefined ? {} : { mark }) };
}

function countedLines(nodes: readonly Node[], noun: string, marks: NodeMarks): Line[] {
  const counts = new Map<NodeMark, number>();
  for (const { namespace, pod } of nodes) {
    const mark = marks.of(namespace, pod);
    if (mark !== undefined) counts.set(mark, (counts.get(mark) ?? 0) + 1);
  }
  return [
    { text: counted(nodes.length, noun), face: "sans" },
    ...[...counts].map(([mark, count]): Line => ({ text: `${count} of them`, face: "sans", mark })),
  ];
}
