import type { Diff } from "../../diff/document";

/** What a change does to a node. */
export type NodeMark = "new" | "moves" | "restarts" | "changes";

/** How a mark is written: a sign beside a word, never a colour alone. */
export const markSigns: Readonly<Record<NodeMark, string>> = {
  new: "+ new",
  moves: "! made anew",
  restarts: "↻ restarts",
  changes: "~ changes",
};

export interface NodeMarks {
  /** None where the node stays as it is. */
  of(namespace: string, pod: string): NodeMark | undefined;
}

/** What a diff does to every node: told by its claim, which lives as long as it does, its set, and the restarts. */
export function marksOf(diff: Diff | undefined): NodeMarks {
  if (diff === undefined) return { of: () => undefined };
  const claims = new Map<string, NodeMark>();
  const sets = new Map<string, NodeMark>();
  const restarting = new Set<string>();
  for (const { action, kind, name, namespace = "" } of diff.changes) {
    if (kind === "PersistentVolumeClaim" && name.startsWith("data-")) {
      if (action === "create") claims.set(`${namespace}/${name.slice("data-".length)}`, "new");
      if (action === "replace") claims.set(`${namespace}/${name.slice("data-".length)}`, "moves");
    }
    if (kind === "StatefulSet" && (action === "update" || action === "replace"))
      sets.set(`${namespace}/${name}`, "changes");
  }
  for (const { namespace, pods } of diff.restarts) for (const pod of pods) restarting.add(`${namespace}/${pod}`);
  return {
    of: (namespace, pod) =>
      claims.get(`${namespace}/${pod}`) ??
      (restarting.has(`${namespace}/${pod}`) ? "restarts" : sets.get(`${namespace}/${pod.replace(/-\d+$/, "")}`)),
  };
}
