import type { ClusterFinding } from "./findings";

/** Kinds whose objects end by themselves. */
const passing: ReadonlySet<string> = new Set(["Job", "Pod"]);

/** Objects that the last run made and that the cluster no longer has; the engine would not make them again. */
export function gone(
  recorded: ReadonlySet<string>,
  absent: readonly string[],
): readonly Omit<ClusterFinding, "site">[] {
  const lost = absent.filter((key) => recorded.has(key) && !passing.has(key.slice(0, key.indexOf("/")))).sort();
  if (lost.length === 0) return [];
  const claims = lost.filter((key) => key.startsWith("PersistentVolumeClaim/"));
  const named = [...claims, ...lost.filter((key) => !claims.includes(key))];
  const shown = named.slice(0, 3).join(", ") + (named.length > 3 ? ` and ${named.length - 3} more` : "");
  const all = lost.length === recorded.size;
  return [
    {
      found: `${all ? "none" : `only ${recorded.size - lost.length}`} of the ${recorded.size} objects that the last run left here; gone: ${shown}`,
      allowed: "the cluster as the last run left it",
      fix:
        (all ? "make sure that this is the right cluster; then " : "") +
        "`pulumi refresh --yes` forgets what is gone, and `pulumi up` makes it anew" +
        (claims.length === 0 ? "" : " (a node whose claim is gone begins empty and copies the ledger from its peers)"),
    },
  ];
}
