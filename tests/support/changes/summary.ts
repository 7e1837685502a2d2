import type { Diff, ResourceChange } from "../../../lib/preview/diff/document";
import type { Expected } from "./change";

/** Above this many, changes are counted. */
const readable = 16;

/** A diff in the words of {@link Expected}. */
export function summaryOf({ verdict, statements, restarts, changes, to }: Diff): Expected {
  const organisation = (namespace: string) => namespace.replace(new RegExp(`^${to.network}-`), "");
  return {
    verdict,
    statements: statements.map(({ topic, care, says }) => `${topic}${care ? "!" : ""}: ${says}`),
    restarts: restarts.map(({ namespace, workload }) => `${organisation(namespace)}/${workload}`).sort(),
    changes: changes.length > readable ? counted(changes) : changes.map(told).sort(),
  };

  function told({ action, kind, namespace, name }: ResourceChange): string {
    const place = namespace === undefined ? "" : `${organisation(namespace)}/`;
    return `${action} ${kind}/${place}${kind === "Job" ? name.replace(/-[0-9a-f]{8}$/, "-*") : name}`;
  }
}

function counted(changes: readonly ResourceChange[]): Partial<Record<ResourceChange["action"], number>> {
  const counts: Partial<Record<ResourceChange["action"], number>> = {};
  for (const { action } of changes) counts[action] = (counts[action] ?? 0) + 1;
  return counts;
}
