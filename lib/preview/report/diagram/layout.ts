import type { ElkExtendedEdge, ElkNode } from "elkjs/lib/elk-api";
import { textWidth } from "../../../explain/svg";
import { markSigns } from "./marks";
import { zonesOf, type Box, type DiagramModel, type Flow } from "./model";

/** All measures in pixels. */
export const measures = { title: 14, line: 12, step: 18, inset: 12, head: 27, mark: 11, zoneInset: 20 } as const;

export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Where boxes stand and flows run, from the upper left corner of the first. */
export interface LaidOut {
  readonly width: number;
  readonly height: number;
  readonly rect: (id: string) => Rect | undefined;
  readonly routes: readonly { readonly flow: Flow; readonly points: readonly Point[] }[];
}

/** Rows that run straight through all zones are what the eye follows. */
const straightness = { gossip: 20, raft: 4, deliver: 1 } as const satisfies Record<Flow["kind"], number>;

const options = {
  "elk.algorithm": "layered",
  "elk.direction": "RIGHT",
  "elk.edgeRouting": "ORTHOGONAL",
  "elk.partitioning.activate": "true",
  "elk.layered.considerModelOrder.strategy": "NODES_AND_EDGES",
  "elk.layered.crossingMinimization.forceNodeModelOrder": "true",
  "elk.layered.nodePlacement.strategy": "NETWORK_SIMPLEX",
  "elk.padding": "[top=0,left=0,bottom=0,right=0]",
  "elk.spacing.nodeNode": "16",
  "elk.spacing.edgeEdge": "9",
  "elk.spacing.edgeNode": "14",
  "elk.layered.spacing.nodeNodeBetweenLayers": "70",
  "elk.layered.spacing.edgeNodeBetweenLayers": "20",
  "elk.layered.spacing.edgeEdgeBetweenLayers": "9",
} as const;

/** Lays the boxes out, each zone's to the right of those of the zone before. The same model gives the same picture. */
export async function layOut(model: DiagramModel): Promise<LaidOut> {
  // A megabyte and a half of JavaScript: nobody but a report needs it.
  const { default: Elk } = await import("elkjs/lib/elk.bundled.js");
  const laid = await new Elk().layout(graphOf(model));
  const rects = new Map(
    (laid.children ?? []).map(({ id, x = 0, y = 0, width = 0, height = 0 }) => [id, { x, y, width, height }]),
  );
  return {
    width: laid.width ?? 0,
    height: laid.height ?? 0,
    rect: (id) => rects.get(id),
    routes: (laid.edges ?? []).flatMap(({ id, sections = [] }) => {
      const flow = model.flows[Number(id)];
      if (flow === undefined) return [];
      return sections.map(({ startPoint, bendPoints = [], endPoint }) => ({
        flow,
        points: [startPoint, ...bendPoints, endPoint],
      }));
    }),
  };
}

function graphOf({ sites, boxes, flows }: DiagramModel): ElkNode {
  const ports = new Map<string, Set<string>>();
  // Flows of a kind leave and enter a box at one place, and so are drawn as one line; Raft is told link by link.
  const port = (box: string, kind: Flow["kind"], side: "EAST" | "WEST", index: number): string => {
    const id = [box, kind === "raft" ? `raft ${index}` : kind, side].join("\n");
    ports.set(box, (ports.get(box) ?? new Set()).add(id));
    return id;
  };
  const edges = flows.map(({ from, to, kind }, index): ElkExtendedEdge => ({
    id: String(index),
    sources: [port(from, kind, "EAST", index)],
    targets: [port(to, kind, "WEST", index)],
    layoutOptions: { "elk.layered.priority.straightness": String(straightness[kind]) },
  }));
  const zones = zonesOf(sites);
  const width = Math.max(130, ...boxes.map(boxWidth));
  const children = boxes.map((box): ElkNode => ({
    id: box.id,
    width,
    height: boxHeight(box),
    ports: [...(ports.get(box.id) ?? [])].map((id) => ({
      id,
      layoutOptions: { "elk.port.side": id.slice(id.lastIndexOf("\n") + 1) },
    })),
    layoutOptions: {
      "elk.portConstraints": "FIXED_SIDE",
      "elk.partitioning.partition": String(zones.findIndex(({ site, zone }) => site === box.site && zone === box.zone)),
    },
  }));
  return { id: "root", layoutOptions: options, children, edges };
}

function boxHeight({ lines }: Box): number {
  return measures.head + lines.length * measures.step + measures.inset - 4;
}

function boxWidth({ title, lines }: Box): number {
  const widths = lines.map(
    ({ text, face, mark }) =>
      textWidth(text, measures.line, face) +
      (mark === undefined ? 0 : 12 + textWidth(markSigns[mark], measures.mark, "sans")),
  );
  return Math.ceil(Math.min(320, Math.max(textWidth(title, measures.title, "sans"), ...widths) + 2 * measures.inset));
}
