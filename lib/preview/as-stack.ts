import { stackAnnotation } from "../deploy/protection";
import type { Preview } from "./document";

/** The same network recorded as another stack: a stack's name is in every URN, and in an annotation of every object. */
export function asStack(preview: Preview, stack: string): Preview {
  const { project, stack: old } = preview.graph;
  if (old === stack) return preview;
  const renamed = (value: unknown, key?: string): unknown => {
    if (typeof value === "string") {
      if (key === stackAnnotation) return `${project}/${stack}`;
      const prefix = `urn:pulumi:${old}::`;
      return value.startsWith(prefix) ? `urn:pulumi:${stack}::${value.slice(prefix.length)}` : value;
    }
    if (Array.isArray(value)) return value.map((item) => renamed(item));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, renamed(inner, name)]));
  };
  const graph = renamed(preview.graph) as Preview["graph"];
  return { ...preview, graph: { ...graph, stack } };
}
