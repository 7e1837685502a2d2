import type { Diff, ResourceChange } from "../../diff/document";

/** What a change does to a node. */
export type NodeMark = "new" | "moves" | "restarts" | "changes";

/** How a mark is written: a sign beside a word, never a colour alone. */
export const markSigns: Readonly<Record<NodeMark, string>> = {
  new: "+ new",
  moves: "! made anew",
  restarts: "↻ restarts",
  changes: "~ volume",
};

export interface NodeMarks {
  /** None where the node stays as it is. */
  of(namespace: string, pod: string): NodeMark | undefined;
}

const marksOfClaims: Readonly<Partial<Record<ResourceChange["action"], NodeMark>>> = {
  create: "new",
  replace: "moves",
  update: "changes",
};

/** What a diff does to every node: told by its claim, which lives as long as it does, and by the restarts. */
export function marksOf(diff: Diff | undefined): NodeMarks {
  const claims = new Map<string, NodeMark>();
  const restarting = new Set<string>();
  for (const { action, kind, name, namespace = "" } of diff?.changes ?? []) {
    const mark = marksOfClaims[action];
    if (kind !== "PersistentVolumeClaim" || !name.startsWith("data-") || mark === undefined) continue;
    claims.set(`${namespace}/${name.slice("data-".length)}`, mark);
  }
  for (const { namespace, pods } of diff?.restarts ?? []) for (const pod of pods) restarting.add(`${namespace}/${pod}`);
  return {
    of: (namespace, pod) => {
      const claim = claims.get(`${namespace}/${pod}`);
      return restarting.has(`${namespace}/${pod}`) && claim !== "new" && claim !== "moves" ? "restarts" : claim;
    },
  };
}

/** Nodes that a diff takes away, by namespace and pod: told by their claims, which leave the program with them. */
export function goneNodes(diff: Diff | undefined): string[] {
  return (diff?.changes ?? []).flatMap(({ action, kind, name, namespace = "" }) =>
    kind === "PersistentVolumeClaim" && name.startsWith("data-") && (action === "remove" || action === "release")
      ? [`${namespace}/${name.slice("data-".length)}`]
      : [],
  );
}
