import type { Conversion } from "./convert";
import { general } from "./engines";
import { subjects, weights, type Change, type Weight } from "./notebook";

/** What each weight means, as a heading. */
export const headings: Readonly<Record<Weight, string>> = {
  todo: "To do",
  lost: "Lost: Karmada cannot say it",
  changed: "Means something else now",
  same: "Said in another way, with the same meaning",
};

/** The changes, the ones that need somebody first. */
export function byWeight(changes: readonly Change[]): [Weight, Change[]][] {
  return weights.map((weight) => [
    weight,
    changes
      .filter((change) => change.weight === weight)
      .sort((a, b) => subjects.indexOf(a.subject) - subjects.indexOf(b.subject)),
  ]);
}

/** How many objects there are on each side. */
export function countsOf({ karmada, host }: Conversion): { readonly karmada: number; readonly host: number } {
  const inNamespaces = [...karmada.namespaced.values()].reduce((sum, objects) => sum + objects.length, 0);
  return { karmada: karmada.members.length + karmada.cluster.length + inNamespaces, host: host.length };
}

/** For machines. */
export function reportJson(conversion: Conversion): object {
  return {
    objects: countsOf(conversion),
    changes: byWeight(conversion.changes).flatMap(([, changes]) => changes),
    general,
  };
}
