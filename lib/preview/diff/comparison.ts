import type { Preview } from "../document";
import type { RecordedResource } from "../graph";
import type { Pair } from "./changes";
import type { ResourceChange, Statement, Topic } from "./document";

/** Two previews side by side, with what their difference comes to: what every kind of statement is made from. */
export interface Comparison {
  readonly before: Preview;
  readonly after: Preview;
  readonly pairs: readonly Pair[];
  readonly changes: readonly ResourceChange[];
}

/** A statement that anybody may pass over, unless it says otherwise. */
export function statement(
  topic: Topic,
  says: string,
  more: Partial<Pick<Statement, "care" | "details" | "urns">> = {},
): Statement {
  return { topic, care: false, details: [], urns: [], ...more, says };
}

/** `<Kind>/<namespace>/<name>`, or without the namespace where there is none. */
export function keyOf({ kind, namespace, name }: Pick<ResourceChange, "kind" | "namespace" | "name">): string {
  return namespace === undefined ? `${kind}/${name}` : `${kind}/${namespace}/${name}`;
}

/** Resources on both sides that are different, with both of their inputs. */
export function changedPairs({ pairs, changes }: Comparison): (Required<Pair> & { readonly change: ResourceChange })[] {
  const byUrn = new Map(changes.map((change) => [change.urn, change]));
  return pairs.flatMap(({ before, after }) => {
    const change = after === undefined ? undefined : byUrn.get(after.urn);
    return before === undefined || after === undefined || change === undefined ? [] : [{ before, after, change }];
  });
}

/** Kinds and names, the first few of many. */
export function few(items: readonly string[], most = 4): string {
  const more = items.length - most;
  return more > 1 ? `${items.slice(0, most).join(", ")} and ${more} more` : items.join(", ");
}

/** The kind of a Kubernetes object. */
export function kindOf({ inputs }: RecordedResource): string {
  return typeof inputs["kind"] === "string" ? inputs["kind"] : "";
}
