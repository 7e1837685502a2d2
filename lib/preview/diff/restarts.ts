import { labelKeys } from "../../constructs/labels";
import { fieldAt, textAt } from "../../deploy/fields";
import type { RecordedResource } from "../graph";
import { isWithin } from "./changes";
import { changedPairs, kindOf, type Comparison } from "./comparison";
import type { Restart } from "./document";

const podTemplate = "spec.template";

/**
 * Workloads whose running pods are replaced by others, in the order in which Pulumi comes to them: what one waits for is
 * before it. A StatefulSet that is only changed rolls from its highest ordinal down, one pod at a time (Kubernetes:
 * "StatefulSets", rolling updates), and pods that it loses or gains are no restarts.
 */
export function restartsOf(comparison: Comparison): Restart[] {
  const rank = ranks(comparison.after.graph.resources);
  return changedPairs(comparison)
    .filter(({ after }) => ["StatefulSet", "Deployment", "DaemonSet"].includes(kindOf(after)))
    .flatMap(({ before, after, change }) => {
      const because = change.fields.filter(({ path }) => isWithin(path, podTemplate)).map(({ path }) => path);
      if (because.length === 0 && change.action !== "replace") return [];
      const count = Math.min(replicasOf(before), replicasOf(after));
      if (count === 0) return [];
      const restart: Restart = {
        site: change.site ?? "",
        namespace: change.namespace ?? "",
        workload: `${change.kind}/${change.name}`,
        role: textAt(after.inputs, ["metadata", "labels", labelKeys.role]) ?? "",
        pods:
          change.kind === "StatefulSet"
            ? Array.from({ length: count }, (_, index) => `${change.name}-${count - 1 - index}`)
            : [],
        count,
        because:
          because.length > 0 ? because : change.fields.filter(({ replaces }) => replaces).map(({ path }) => path),
      };
      return [{ restart, rank: rank(after.urn) }];
    })
    .sort((one, other) => one.rank - other.rank)
    .map(({ restart }) => restart);
}

function replicasOf({ inputs }: RecordedResource): number {
  const replicas = fieldAt(inputs, ["spec", "replicas"]);
  return typeof replicas === "number" ? replicas : 1;
}

/** How many steps must come before a resource. */
function ranks(resources: readonly RecordedResource[]): (urn: string) => number {
  const byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
  const known = new Map<string, number>();
  const rank = (urn: string): number => {
    const ready = known.get(urn);
    if (ready !== undefined) return ready;
    const own = 1 + Math.max(-1, ...(byUrn.get(urn)?.dependencies ?? []).map(rank));
    known.set(urn, own);
    return own;
  };
  return rank;
}
