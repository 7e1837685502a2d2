import type { KubeObject } from "../constructs/manifests";
import { fieldAt, shown, stands } from "./fields";
import type { ObjectFinding } from "./findings";
import type { LiveObject } from "./live";

interface Fixed {
  readonly path: string;
  /** What the API server puts where nothing is said. */
  readonly default?: unknown;
}

/**
 * Fields that are fixed when an object is made. For most the API server refuses a change, in words that name no field;
 * a StatefulSet's `revisionHistoryLimit` it would take, but Pulumi's Kubernetes provider (4.25, `forceNew`) would delete
 * the StatefulSet with its pods and make it anew.
 */
const fixed: Readonly<Record<string, readonly Fixed[]>> = {
  StatefulSet: [
    { path: "spec.serviceName" },
    { path: "spec.selector" },
    { path: "spec.podManagementPolicy", default: "OrderedReady" },
    { path: "spec.volumeClaimTemplates" },
    { path: "spec.revisionHistoryLimit", default: 10 },
  ],
  // From headless to not, or back: Pulumi would delete the Service, and with it the names of its pods for a while.
  Service: [{ path: "spec.clusterIP" }],
  Deployment: [{ path: "spec.selector" }],
  DaemonSet: [{ path: "spec.selector" }],
  Job: [{ path: "spec.selector" }, { path: "spec.template" }, { path: "spec.completionMode", default: "NonIndexed" }],
  RoleBinding: [{ path: "roleRef" }],
  ClusterRoleBinding: [{ path: "roleRef" }],
  StorageClass: [
    { path: "provisioner" },
    { path: "parameters" },
    { path: "reclaimPolicy", default: "Delete" },
    { path: "volumeBindingMode", default: "Immediate" },
    { path: "allowedTopologies" },
  ],
  PriorityClass: [{ path: "value" }],
  Secret: [{ path: "type", default: "Opaque" }],
};

/** Changes of a live object that cannot be made while it stands, one finding for each field. */
export function fixedFieldChanges(desired: KubeObject, live: LiveObject): ObjectFinding[] {
  return (fixed[desired.kind] ?? []).flatMap((field) => {
    const path = field.path.split(".");
    const have = fieldAt(live, path);
    const want = fieldAt(desired, path) ?? field.default;
    if (want === undefined || stands(want, have)) return [];
    return [
      {
        found: `${field.path} ${shown(have)}, to become ${shown(want)}`,
        allowed: `${shown(have)}: it is fixed when a ${desired.kind} is made`,
        fix: `keep it; or ${remake(desired)} and \`pulumi refresh --yes\`, then run again`,
      },
    ];
  });
}

/** The command that lets an object be made anew at the next `up`, and what it costs. */
function remake({ kind, metadata: { name, namespace } }: KubeObject): string {
  const where = namespace === undefined ? "" : ` -n ${namespace}`;
  const orphan = kind === "StatefulSet" || kind === "Deployment" || kind === "DaemonSet";
  const command = `\`kubectl delete ${kind.toLowerCase()} ${name}${where}${orphan ? " --cascade=orphan" : ""}\``;
  return orphan ? `${command} (pods and volumes stay)` : `${command} (it holds no ledger)`;
}
