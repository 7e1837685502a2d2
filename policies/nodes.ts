import { at, keyOf, replicasOf, roleOf, textsOf } from "./manifest";
import type { Manifest, Stack } from "./rule";

/** A pod that keeps its place, read off the objects alone: its StatefulSet, and the zone of its claim. */
export interface StackNode {
  readonly site: string;
  readonly role: string;
  readonly namespace: string;
  readonly pod: string;
  readonly set: Manifest;
  /** Absent where no claim of this pod says one. */
  readonly zone?: string;
}

const zoneLabel = "topology.kubernetes.io/zone";

/** The pods of all StatefulSets that have this role. */
export function nodesOf(stack: Stack, role: string): readonly StackNode[] {
  return stack.sites.flatMap(({ site, objects }) => {
    const sets = objects.filter((object) => object.kind === "StatefulSet" && roleOf(object) === role);
    if (sets.length === 0) return [];
    const claims = new Map(
      objects.flatMap((object) => (object.kind === "PersistentVolumeClaim" ? [[keyOf(object), object] as const] : [])),
    );
    return sets.flatMap((set) =>
      Array.from({ length: replicasOf(set) }, (_, ordinal): StackNode => {
        const namespace = set.metadata.namespace ?? "";
        const pod = `${set.metadata.name}-${ordinal}`;
        const zone = textsOf(at(claims.get(`PersistentVolumeClaim/${namespace}/data-${pod}`), "metadata", "labels"))[
          zoneLabel
        ];
        return { site, role, namespace, pod, set, ...(zone === undefined ? {} : { zone }) };
      }),
    );
  });
}
