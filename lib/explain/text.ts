import { describeService, type Service, type Verdict } from "../placement/service";
import { failureMatrix } from "../placement/matrix";
import type { PlacedNode, Placement } from "../placement/node";
import { claimName } from "../spec/names";
import { roleNames, tellRows } from "./rows";
import { plain, table, type Palette } from "./table";
import { tellWhy } from "./why";

/** The claims of a node's pod. A certificate authority has none yet. */
export function claimsOf(node: PlacedNode): string[] {
  switch (node.role) {
    case "peer":
      return ["data", ...(node.group.stateDatabase === "couchdb" ? ["couchdb"] : [])].map((volume) =>
        claimName(volume, node.pod),
      );
    case "orderer":
      return [claimName("data", node.pod)];
    case "ca":
      return [];
  }
}

/** Which pod lives where: the table that `make up` compares with the cluster. */
export function placementTable(placement: Placement, palette: Palette = plain): string {
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

/** The failure matrix: a row per failure, a column per service, and the arithmetic of everything that is lost. */
export function matrixTable(placement: Placement, palette: Palette = plain, everyReason = false): string {
  const matrix = failureMatrix(placement);
  const rows = tellRows(matrix);
  const columns = groupColumns(matrix.services);
  const cell = (verdicts: readonly Verdict[], column: Column) => {
    const lost = column.indices.filter((index) => verdicts[index]?.survives === false);
    if (lost.length === 0) return palette.good("goes on");
    return palette.bad(
      column.indices.length === 1
        ? "stops"
        : `stops: ${lost.map((index) => column.names[column.indices.indexOf(index)]).join(", ")}`,
    );
  };
  const text = table(
    ["lost", ...columns.map(({ title }) => title)],
    rows.map(({ label, row }) => [label, ...columns.map((column) => cell(row.verdicts, column))]),
    palette,
  );
  const reasons = rows.flatMap(({ label, row }) =>
    row.verdicts.flatMap((verdict, index) => {
      const service = matrix.services[index];
      if (service === undefined || (verdict.survives && !everyReason)) return [];
      return [`  ${label}, ${describeService(service)}: ${verdict.because}`];
    }),
  );
  return [text, ...(reasons.length === 0 ? [] : ["", palette.faint("Because:"), ...reasons])].join("\n");
}

/** Everything `explain` says, as text. */
export function explainText(
  title: string,
  placement: Placement,
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
    ...tellWhy(placement).map((sentence) => `- ${sentence}`),
    "",
    palette.strong("What a failure costs"),
    matrixTable(placement, palette, options.everyReason),
  ].join("\n");
}

interface Column {
  readonly title: string;
  /** Indices into the matrix's services. */
  readonly indices: readonly number[];
  readonly names: readonly string[];
}

/** One column per kind of service: ten organisations would make twenty columns that nobody can read. */
function groupColumns(services: readonly Service[]): Column[] {
  const kinds = [...new Set(services.map(({ kind }) => kind))];
  return kinds.map((kind) => {
    const indices = services.flatMap((service, index) => (service.kind === kind ? [index] : []));
    const names = indices.map((index) => nameOf(services[index]));
    return { title: kind, indices, names };
  });
}

function nameOf(service: Service | undefined): string {
  if (service === undefined || service.kind === "ordering") return "ordering";
  return service.kind === "endorsement" ? service.channel : service.organisation;
}
