import { orderersOf, severalSites, type PlacedNode, type PlacedZone, type Placement } from "../placement/node";
import { raftQuorum } from "../placement/quorum";
import type { Organisation } from "../spec/network";
import { counted } from "../spec/words";
import { pictureStyle } from "./picture-style";
import { roleNames } from "./rows";
import { element, escapeXml, textLines, textWidth, wrap } from "./svg";

// All measures in pixels.
const margin = 24;
const gap = 10;
const labelWidth = 136;
const boxWidth = 158;
const inset = 12;
const lineStep = 15;
const podSize = 12;

interface Column {
  readonly zone: PlacedZone;
  readonly x: number;
  readonly width: number;
  /** How many boxes stand beside each other. */
  readonly abreast: number;
  readonly boxWidth: number;
}

interface Box {
  readonly node: PlacedNode;
  readonly lines: readonly string[];
  readonly height: number;
}

/**
 * The placement as a picture: one self-contained SVG with zones as columns, organisations as rows, a box per node, and the
 * arithmetic of the majority below. The same placement gives the same bytes. Names never leave their boxes, however long;
 * it reads in light, in dark and on paper, and its text is text.
 *
 * @param title What the topology is, in one line.
 */
export function topologyPicture(title: string, placement: Placement): string {
  const columns = columnsOf(placement);
  const last = columns.at(-1);
  const width = (last === undefined ? margin + labelWidth : last.x + last.width) + margin;
  const inner = width - 2 * margin;

  const { network } = placement;
  const heading = wrap(network.name, inner, 20, "sans");
  const told = wrap(`Fabric ${network.fabric.version}: ${title}`, inner, 12.5, "sans");
  const top = margin + heading.length * 24 + told.length * 17 + 6;
  const parts = [
    ...textLines(heading, margin, margin + 16, 24, "heading"),
    ...textLines(told, margin, margin + heading.length * 24 + 13, 17, "said"),
  ];

  const zoneHeads = columns.map(({ zone, width: room }) => wrap(zone.name, room - 2 * inset, 15, "sans"));
  const headHeight = Math.max(1, ...zoneHeads.map(({ length }) => length)) * 19 + 32;
  const rows = layRows(placement, columns, top + gap + headHeight);
  const bodyEnd = rows.end;
  const footHeight = 48;
  const bottom = bodyEnd + footHeight;

  columns.forEach((column, index) => {
    const { zone, x, width: room } = column;
    const head = zoneHeads[index] ?? [];
    parts.push(
      element("rect", {
        class: zone.witness ? "zone witness" : "zone",
        ...{ x, y: top + gap, width: room, height: bottom - top - gap, rx: 8 },
      }),
      ...textLines(head, x + inset, top + gap + 24, 19, "title"),
      ...textLines([kindOf(zone, placement)], x + inset, top + gap + 24 + head.length * 19 - 2, 14, "faint"),
      ...foot(placement, column, bodyEnd),
    );
  });
  parts.push(
    ...rows.parts,
    ...textLines(["Majority"], margin, bodyEnd + 20, 14, "name"),
    ...textLines([`after a ${columnIs(placement)}'s loss`], margin, bodyEnd + 36, 14, "faint"),
  );

  const caption = captionOf(placement).flatMap((sentence) => wrap(sentence, inner, 12.5, "sans"));
  parts.push(...textLines(caption, margin, bottom + 28, 19, "said"));
  const height = bottom + 28 + (caption.length - 1) * 19 + margin;

  const id = `picture-${network.name}`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${Math.ceil(width)} ${Math.ceil(height)}" width="${Math.ceil(width)}" height="${Math.ceil(height)}" role="img" aria-labelledby="${id}-title ${id}-description">`,
    element("title", { id: `${id}-title` }, escapeXml(`${network.name}: which node lives in which zone`)),
    element("desc", { id: `${id}-description` }, escapeXml(description(placement))),
    element("style", {}, pictureStyle),
    element("rect", {
      class: "page",
      x: 0.5,
      y: 0.5,
      width: Math.ceil(width) - 1,
      height: Math.ceil(height) - 1,
      rx: 10,
    }),
    ...parts,
    "</svg>",
    "",
  ].join("\n");
}

/** Zones beside each other, a witness narrower. Boxes stand in pairs, unless their names need the room. */
function columnsOf(placement: Placement): Column[] {
  const longest = Math.max(0, ...placement.nodes.map(({ pod }) => textWidth(pod, podSize, "mono")));
  const pairs = longest <= boxWidth - 2 * inset;
  let x = margin + labelWidth + gap;
  return placement.zones.map((zone) => {
    const room = zone.witness ? boxWidth : 2 * boxWidth + gap;
    const abreast = zone.witness || !pairs ? 1 : 2;
    const column = { zone, x, width: room + 2 * inset, abreast, boxWidth: abreast === 2 ? boxWidth : room };
    x += column.width + gap;
    return column;
  });
}

/** Every organisation's row: its name at the left, and its nodes in the columns of their zones. */
function layRows(placement: Placement, columns: readonly Column[], begin: number): { parts: string[]; end: number } {
  const parts: string[] = [];
  const right = Math.max(0, ...columns.map(({ x, width }) => x + width));
  let y = begin;
  for (const organisation of placement.network.organisations) {
    const label = wrap(organisation.name, labelWidth - gap, 13.5, "sans");
    const msp = wrap(organisation.mspId, labelWidth - gap, 11, "sans", 2);
    const cells = columns.map((column) => cell(placement, organisation, column, y + inset));
    const height = Math.max(label.length * 18 + msp.length * 14, ...cells.map((one) => one.height)) + 2 * inset;
    parts.push(
      element("line", { class: "rule", x1: margin, y1: y, x2: right, y2: y }),
      ...textLines(label, margin, y + inset + 17, 18, "name"),
      ...textLines(msp, margin, y + inset + 17 + label.length * 18 - 2, 14, "faint"),
      ...cells.flatMap((one) => one.parts),
    );
    y += height;
  }
  parts.push(element("line", { class: "rule", x1: margin, y1: y, x2: right, y2: y }));
  return { parts, end: y };
}

/** An organisation's nodes in one zone, as many beside each other as the column has room for. */
function cell(
  placement: Placement,
  organisation: Organisation,
  column: Column,
  top: number,
): { parts: string[]; height: number } {
  const nodes = placement.nodes.filter(
    (node) =>
      node.organisation.name === organisation.name && node.zone === column.zone.name && node.site === column.zone.site,
  );
  const boxes = nodes.map((node): Box => {
    const lines = wrap(node.pod, column.boxWidth - 2 * inset, podSize, "mono");
    return { node, lines, height: lines.length * lineStep + 28 };
  });
  const parts: string[] = [];
  let y = top;
  for (let index = 0; index < boxes.length; index += column.abreast) {
    const line = boxes.slice(index, index + column.abreast);
    const height = Math.max(...line.map((box) => box.height));
    line.forEach((box, place) => {
      const x = column.x + inset + place * (column.boxWidth + gap);
      parts.push(
        element("rect", { class: box.node.role, x, y, width: column.boxWidth, height, rx: 5 }),
        ...textLines(box.lines, x + inset, y + 19, lineStep, "pod"),
        ...textLines([roleOf(box.node)], x + inset, y + 19 + box.lines.length * lineStep, 14, "faint"),
      );
    });
    y += height + gap;
  }
  return { parts, height: Math.max(0, y - gap - top) };
}

/** What a zone's loss leaves of the ordering service. */
function foot(placement: Placement, { zone, x }: Column, y: number): string[] {
  const { here, total, left, needed } = arithmetic(placement, zone);
  return [
    ...textLines([`${here} of ${counted(total, "consenter")}`], x + inset, y + 20, 14, "sum"),
    ...textLines([`if lost: ${left} left, ${needed} needed`], x + inset, y + 36, 14, left >= needed ? "faint" : "bad"),
  ];
}

function arithmetic(placement: Placement, part: Pick<PlacedZone, "site"> & { readonly name?: string }) {
  const orderers = orderersOf(placement);
  const here = orderers.filter(
    ({ zone, site }) => site === part.site && (part.name === undefined || zone === part.name),
  ).length;
  const total = orderers.length;
  return { here, total, left: total - here, needed: raftQuorum(total) };
}

/** What is lost with a column: its zone, and where each site has one only, the whole site. */
function columnIs(placement: Placement): "site" | "zone" {
  return severalSites(placement) && sitesOf(placement).length === placement.zones.length ? "site" : "zone";
}

const sitesOf = ({ zones }: Placement): string[] => [...new Set(zones.map(({ site }) => site))];

function captionOf(placement: Placement): string[] {
  const part = severalSites(placement) ? "site" : "zone";
  const parts = part === "site" ? sitesOf(placement).map((site) => ({ site })) : placement.zones;
  const sums = parts.map((one) => arithmetic(placement, one));
  const total = orderersOf(placement).length;
  const survives = sums.every(({ left, needed }) => left >= needed);
  return [
    `Ordering: ${sums.map(({ here }) => here).join(" + ")} = ${counted(total, "consenter")}, and Raft goes on while ${raftQuorum(total)} of them are there: ` +
      (survives ? `any one ${part} may be lost.` : `not every ${part} may be lost.`),
    "A pod's volume lives in one zone, and the pod follows its volume: what stands here holds for ever.",
  ];
}

function kindOf(zone: PlacedZone, placement: Placement): string {
  const kind = zone.witness ? "witness zone" : "full zone";
  return severalSites(placement) ? `${kind} of ${zone.site}` : kind;
}

function roleOf(node: PlacedNode): string {
  return node.role === "peer" && node.group.stateDatabase === "couchdb" ? "peer with CouchDB" : roleNames[node.role];
}

/** The picture for those who do not see it. */
function description(placement: Placement): string {
  const zones = placement.zones.map((zone) => {
    const nodes = placement.nodes.filter((node) => node.zone === zone.name && node.site === zone.site);
    const held = nodes.map((node) => `${node.pod} (${roleOf(node)} of ${node.organisation.name})`).join(", ");
    return `${zone.name}, ${kindOf(zone, placement)}: ${held === "" ? "nothing" : held}.`;
  });
  return [...zones, ...captionOf(placement)].join(" ");
}
