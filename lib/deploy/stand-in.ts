import type { KubeObject } from "../constructs/manifests";
import { fieldAt, stands } from "./fields";
import type { ObjectFinding } from "./findings";
import { emptyNode, lookForVolumes } from "./gone";
import type { LiveObject } from "./live";

/** Who makes claims from a StatefulSet's templates. */
const controller = "kube-controller-manager";

/**
 * A claim that a StatefulSet has made from its template, since somebody deleted ours or scaled by hand. The template's
 * class makes no volumes, so the claim holds nothing and its pod waits, in no wrong zone. The class of a claim is fixed:
 * it has to go, and as long as the StatefulSet stands, it makes the same one again.
 */
export function standIn(desired: KubeObject, live: LiveObject): ObjectFinding[] {
  if (desired.kind !== "PersistentVolumeClaim") return [];
  const byController = (live.metadata.managedFields ?? []).some(({ manager }) => manager === controller);
  const empty = fieldAt(live, ["status", "phase"]) === "Pending" && fieldAt(live, ["spec", "volumeName"]) === undefined;
  const className = ["spec", "storageClassName"];
  if (!byController || !empty || stands(fieldAt(desired, className), fieldAt(live, className))) return [];
  const { name, namespace = "default", labels } = desired.metadata;
  const set = labels["app.kubernetes.io/instance"] ?? "<its StatefulSet>";
  return [
    {
      found: `an empty claim that StatefulSet ${set} made itself, in place of one that was deleted or for a pod that was added by hand; its pod waits`,
      allowed: "none of this name, or the network's own",
      fix:
        `\`kubectl delete statefulset ${set} -n ${namespace} --cascade=orphan\` (pods and volumes stay), ` +
        `\`kubectl delete persistentvolumeclaim ${name} -n ${namespace}\` (it holds nothing); ${lookForVolumes}; then \`pulumi refresh --yes\`, then \`pulumi up\`; ` +
        `where the volume is gone, ${emptyNode}`,
    },
  ];
}
