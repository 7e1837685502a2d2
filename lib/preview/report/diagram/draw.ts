import { element, escapeXml, textWidth, wrap } from "../../../explain/svg";
import { listed } from "../../../spec/words";
import { measures, type LaidOut, type Point, type Rect } from "./layout";
import { markSigns } from "./marks";
import { zonesOf, type Box, type DiagramModel, type Flow, type Line } from "./model";

/** Pixels between the frames, and what stands in them. */
const frame = { top: 78, head: 50, site: 34, inset: measures.zoneInset, foot: 22 } as const;

/** The drawn diagram; its colours come from the page. */
export function drawDiagram(model: DiagramModel, laid: LaidOut, title: string): string {
  const margin = 2 * frame.inset;
  const zones = framesOf(model, laid);
  const right = Math.max(laid.width, ...zones.map(({ x, width }) => x + width));
  const width = Math.ceil(right + 2 * margin);
  const height = Math.ceil(frame.top + frame.site + frame.head + laid.height + frame.foot + frame.inset + 4);
  const body = [
    ...model.sites.flatMap(({ name }) => drawSite(name, zones, laid.height)),
    ...zones.map((zone) => drawZone(zone, laid.height)).flat(),
    ...drawApplications(model, zones),
    ...laid.routes.map(({ flow, points }) => drawRoute(flow, points)),
    ...model.boxes.flatMap((box) => drawBox(box, laid.rect(box.id))),
  ];
  return [
    `<svg class="diagram" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="diagram-title diagram-description">`,
    element("title", { id: "diagram-title" }, escapeXml(title)),
    element("desc", { id: "diagram-description" }, escapeXml(describe(model))),
    `<defs>${(["gateway", "deliver"] as const).map(arrow).join("")}</defs>`,
    element(
      "g",
      { transform: `translate(${margin} ${frame.top + frame.site + frame.head})` },
      `\n${body.join("\n")}\n`,
    ),
    "</svg>",
  ].join("\n");
}

interface ZoneFrame {
  readonly site: string;
  readonly zone: string;
  readonly witness: boolean;
  readonly x: number;
  readonly width: number;
}

/** Every zone reaches around its boxes. */
function framesOf({ sites, boxes }: DiagramModel, laid: LaidOut): ZoneFrame[] {
  return zonesOf(sites).map((zone) => {
    const rects = boxes
      .filter((box) => box.site === zone.site && box.zone === zone.zone)
      .flatMap(({ id }) => laid.rect(id) ?? []);
    const x = Math.min(...rects.map((rect) => rect.x)) - frame.inset;
    return { ...zone, x, width: Math.max(...rects.map((rect) => rect.x + rect.width)) + frame.inset - x };
  });
}

function arrow(kind: "gateway" | "deliver"): string {
  const tip = element("path", { class: `tip ${kind}`, d: "M0 0 8 4 0 8z" });
  const size = { markerWidth: 8, markerHeight: 8, refX: 7.5, refY: 4 };
  return element("marker", { id: `tip-${kind}`, ...size, orient: "auto", markerUnits: "userSpaceOnUse" }, tip);
}

function drawSite(name: string, zones: readonly ZoneFrame[], height: number): string[] {
  const its = zones.filter(({ site }) => site === name);
  const x = Math.min(...its.map((zone) => zone.x)) - frame.inset / 2;
  const right = Math.max(...its.map((zone) => zone.x + zone.width)) + frame.inset / 2;
  const y = -frame.head - frame.site;
  const size = { width: right - x, height: height + frame.head + frame.site + frame.foot + frame.inset / 2 };
  return [
    element("rect", { class: "site", x, y, ...size, rx: 12 }),
    label(`Site ${name}`, x + frame.inset, y + 23, "site-name"),
  ];
}

function drawZone({ zone, witness, x, width }: ZoneFrame, height: number): string[] {
  const y = -frame.head;
  return [
    element("rect", {
      class: witness ? "zone witness" : "zone",
      ...{ x, y, width, height: height + frame.head + frame.foot, rx: 8 },
    }),
    label(zone, x + frame.inset, y + 21, "zone-name"),
    label(witness ? "witness zone" : "full zone", x + frame.inset, y + 37, "faint"),
  ];
}

/** Outside of every site: an application calls any peer of its organisation, wherever that is. */
function drawApplications({ gateways }: DiagramModel, zones: readonly ZoneFrame[]): string[] {
  const called = zones.filter(({ site, zone }) => gateways.some((place) => place.site === site && place.zone === zone));
  const [first, last] = [called[0], called.at(-1)];
  if (first === undefined || last === undefined) return [];
  const y = -frame.head - frame.site - frame.top + 8;
  const right = last.x + last.width;
  return [
    element("rect", { class: "outside", x: first.x, y, width: right - first.x, height: 40, rx: 20 }),
    `<text x="${round(first.x + 24)}" y="${y + 25}"><tspan class="box-name">Applications</tspan> <tspan class="faint" dx="6">call the gateways of their organisation’s peers</tspan></text>`,
    ...called.map(({ x, width }) => {
      const middle = x + width / 2;
      const d = `M${round(middle)} ${y + 40}L${round(middle)} ${-frame.head}`;
      return element("path", { class: "flow gateway", d, "marker-end": "url(#tip-gateway)" });
    }),
  ];
}

function drawBox(box: Box, rect: Rect | undefined): string[] {
  if (rect === undefined) return [];
  const changed = box.lines.some(({ mark }) => mark !== undefined);
  const [title = ""] = wrap(box.title, rect.width - 2 * measures.inset, measures.title, "sans", 1);
  const left = rect.x + measures.inset;
  return [
    element("rect", { class: `box ${box.kind}${changed ? " changed" : ""}`, ...rect, rx: 6 }),
    label(title, left, rect.y + 19, "box-name"),
    ...box.lines.flatMap((line, index) =>
      drawLine(line, left, rect.y + measures.head + 12 + index * measures.step, rect),
    ),
  ];
}

function drawLine({ text, face, mark }: Line, x: number, y: number, rect: Rect): string[] {
  const sign = mark === undefined ? undefined : markSigns[mark];
  const taken = sign === undefined ? 0 : 12 + textWidth(sign, measures.mark, "sans");
  const [shown = ""] = wrap(text, rect.width - 2 * measures.inset - taken, measures.line, face, 1);
  const right = rect.x + rect.width - measures.inset;
  return [
    label(shown, x, y, face === "mono" ? "pod" : "said"),
    ...(sign === undefined
      ? []
      : [element("text", { class: `mark ${mark ?? ""}`, x: right, y, "text-anchor": "end" }, escapeXml(sign))]),
  ];
}

function label(text: string, x: number, y: number, style: string): string {
  return element("text", { class: style, x, y }, escapeXml(text));
}

/** A line with rounded corners. */
function drawRoute({ kind }: Flow, points: readonly Point[]): string {
  const [first, ...rest] = points;
  if (first === undefined) return "";
  const steps = rest.map((point, index) => {
    const next = rest[index + 1];
    if (next === undefined) return `L${round(point.x)} ${round(point.y)}`;
    const before = towards(point, points[index] ?? first);
    const after = towards(point, next);
    return `L${round(before.x)} ${round(before.y)}Q${round(point.x)} ${round(point.y)} ${round(after.x)} ${round(after.y)}`;
  });
  const tip = kind === "deliver" ? { "marker-end": "url(#tip-deliver)" } : {};
  return element("path", { class: `flow ${kind}`, d: `M${round(first.x)} ${round(first.y)}${steps.join("")}`, ...tip });
}

/** The point where a corner begins to be round. */
function towards(corner: Point, other: Point): Point {
  const length = Math.hypot(other.x - corner.x, other.y - corner.y);
  const part = length === 0 ? 0 : Math.min(6, length / 2) / length;
  return { x: corner.x + (other.x - corner.x) * part, y: corner.y + (other.y - corner.y) * part };
}

const round = (value: number): number => Math.round(value * 10) / 10;

/** The diagram for those who do not see it. */
function describe({ sites, boxes }: DiagramModel): string {
  return sites
    .flatMap((site) =>
      site.zones.map((zone) => {
        const held = boxes
          .filter((box) => box.site === site.name && box.zone === zone.name)
          .map(({ title, lines }) => `${title}: ${lines.map(lineInWords).join(", ")}`);
        const kind = zone.witness ? "witness zone" : "full zone";
        return `${zone.name}, ${kind} of ${site.name}: ${held.length === 0 ? "nothing" : listed(held, "and")}.`;
      }),
    )
    .join(" ");
}

const lineInWords = ({ text, mark }: Line): string =>
  mark === undefined ? text : `${text} (${markSigns[mark].slice(2)})`;
