import type { Consortium } from "../fabric/consortium";
import type { Timing } from "../fabric/timing";
import { failureMatrix } from "../placement/matrix";
import { severalSites, type PlacedNode, type Placement } from "../placement/node";
import { claimName } from "../spec/names";
import { tellChannels } from "./channels";
import { roleNames, tellMatrix } from "./rows";
import { plain, table, type Palette } from "./table";
import { tellTiming } from "./timing";
import { tellWhy } from "./why";

/** The claims of a node's pod. */
export function claimsOf(node: PlacedNode): string[] {
  switch (node.role) {
    case "peer":
      return ["data", ...(node.group.stateDatabase === "couchdb" ? ["couchdb"] : [])].map((volume) =>
        claimName(volume, node.pod),
      );
    case "orderer":
    case "ca":
      return [claimName("data", node.pod)];
  }
}

/** Which pod lives where: the table that `make up` compares with the cluster. */
function placementTable(placement: Placement, palette: Palette = plain): string {
  return table(
    ["pod", "role", "organisation", "zone", "volume"],
    placement.nodes.map((node) => [
      node.pod,
      roleNames[node.role],
      node.organisation.name,
      node.zone,
      claimsOf(node).join(", "),
    ]),
    palette,
  );
}

/** The failure matrix: a row per failure, a column per kind of service, and the arithmetic of everything that stops. */
export function matrixTable(placement: Placement, palette: Palette = plain, everyReason = false): string {
  const { columns, rows, reasons } = tellMatrix(failureMatrix(placement));
  const text = table(
    ["lost", ...columns],
    rows.map(({ label, stops }) => [
      label,
      ...stops.map((names) => (names.length === 0 ? palette.good(stopsText(names)) : palette.bad(stopsText(names)))),
    ]),
    palette,
  );
  const told = reasons.filter(({ survives }) => everyReason || !survives).map((reason) => `- ${reason.text}`);
  return [text, ...(told.length === 0 ? [] : ["", palette.strong("Because"), ...told])].join("\n");
}

/** A cell of the failure matrix, from whose service stops. */
export function stopsText(names: readonly string[]): string {
  if (names.length === 0) return "goes on";
  return names.includes("all") ? "stops" : `stops: ${names.join(", ")}`;
}

/** What `explain` tells about: a network on its sites, before any of it exists. */
export interface Explained {
  readonly placement: Placement;
  readonly consortium: Consortium;
  readonly timing: Timing;
}

/** Everything `explain` says, as text. */
export function explainText(
  title: string,
  { placement, consortium, timing }: Explained,
  options: { readonly palette?: Palette; readonly everyReason?: boolean } = {},
): string {
  const palette = options.palette ?? plain;
  const { network } = placement;
  return [
    palette.strong(`${network.name}: Fabric ${network.fabric.version}, ${title}`),
    "",
    palette.strong("Where everything goes"),
    placementTable(placement, palette),
    "",
    palette.strong("Why"),
    ...tellWhy(placement).map(item),
    "",
    palette.strong("Timing"),
    ...tellTiming(timing, consortium.channels, severalSites(placement)).map(item),
    "",
    ...tellChannels(consortium).flatMap(({ name, sentences }) => [
      palette.strong(`Channel ${name}`),
      ...sentences.map(item),
      "",
    ]),
    palette.strong("What a failure costs"),
    matrixTable(placement, palette, options.everyReason),
  ].join("\n");
}

const item = (sentence: string): string => `- ${sentence}`;
