import type { Placement } from "../placement/node";
import { failureMatrix } from "../placement/matrix";
import { claimsOf, stopsText } from "./text";
import { roleNames, tellMatrix } from "./rows";

/** Rows under a head, as a Markdown table. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

/** Which pod lives where, as a Markdown table. */
export function placementMarkdown(placement: Placement): string {
  return markdownTable(
    ["Pod", "Role", "Organisation", "Zone", "Volume"],
    placement.nodes.map((node) => [
      `\`${node.pod}\``,
      roleNames[node.role],
      node.organisation.name,
      node.zone,
      claimsOf(node)
        .map((claim) => `\`${claim}\``)
        .join(", "),
    ]),
  );
}

/** The failure matrix as a Markdown table, and below it every reason: of what stops, and of what goes on. */
export function matrixMarkdown(placement: Placement): string {
  const { columns, rows, reasons } = tellMatrix(failureMatrix(placement));
  const list = (survives: boolean) =>
    reasons.filter((reason) => reason.survives === survives).map(({ text }) => `- ${text}`);
  const [stop, goOn] = [list(false), list(true)];
  return [
    markdownTable(
      ["Lost", ...columns],
      rows.map(({ label, stops }) => [label, ...stops.map(stopsText)]),
    ),
    ...(stop.length === 0 ? [] : ["", "Stops because", "", ...stop]),
    ...(goOn.length === 0 ? [] : ["", "Goes on because", "", ...goOn]),
  ].join("\n");
}
