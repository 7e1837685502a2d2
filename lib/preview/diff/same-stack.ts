import { stackAnnotation } from "../../deploy/protection";
import type { Preview } from "../document";

/**
 * The same network recorded as the stack of another preview. The names of stack and project are in every URN, and in an
 * annotation of every object: `staging` and `production` would have nothing in common.
 */
export function sameStack(preview: Preview, { graph: as }: Pick<Preview, "graph">): Preview {
  const { project, stack } = preview.graph;
  if (project === as.project && stack === as.stack) return preview;
  const [from, to] = [`urn:pulumi:${stack}::${project}::`, `urn:pulumi:${as.stack}::${as.project}::`];
  const renamed = (value: unknown, key?: string): unknown => {
    if (typeof value === "string") {
      if (key === stackAnnotation) return `${as.project}/${as.stack}`;
      return value.startsWith(from) ? to + value.slice(from.length) : value;
    }
    if (Array.isArray(value)) return value.map((item) => renamed(item));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, renamed(inner, name)]));
  };
  const graph = renamed(preview.graph) as Preview["graph"];
  return { ...preview, graph: { ...graph, project: as.project, stack: as.stack } };
}
