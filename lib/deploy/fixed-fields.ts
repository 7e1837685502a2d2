import type { KubeObject } from "../constructs/manifests";
import { fieldAt, shown, stands, withField } from "./fields";
import type { ObjectFinding } from "./findings";
import type { LiveObject } from "./live";

interface Fixed {
  readonly path: string;
  /** Whether pods of the object as it was would not be taken over by the object as it becomes, so that none may be kept. */
  readonly breaksPods?: true;
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
    { path: "spec.selector", breaksPods: true },
    { path: "spec.podManagementPolicy", default: "OrderedReady" },
    { path: "spec.volumeClaimTemplates" },
    { path: "spec.revisionHistoryLimit", default: 10 },
  ],
  // From headless to not, or back: Pulumi would delete the Service, and with it the names of its pods for a while.
  Service: [{ path: "spec.clusterIP" }],
  Deployment: [{ path: "spec.selector", breaksPods: true }],
  DaemonSet: [{ path: "spec.selector", breaksPods: true }],
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

/** The fields of an object that are fixed when it is made, with the values that they would have in a cluster. */
export function fixedFieldsOf({
  kind,
  ...fields
}: Readonly<Record<string, unknown>>): [path: string[], value: unknown][] {
  return (fixed[String(kind)] ?? []).flatMap((field): [string[], unknown][] => {
    const path = field.path.split(".");
    const value = fieldAt(fields, path) ?? field.default;
    return value === undefined ? [] : [[path, value]];
  });
}

/** An object as a cluster has it that was given these fields, as far as fixed ones go. */
export function withDefaults(object: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return fixedFieldsOf(object).reduce((whole, [path, value]) => withField(whole, path, value), { ...object });
}

/** Changes of a live object that cannot be made while it stands, one finding for each field. */
export function fixedFieldChanges(desired: KubeObject, live: LiveObject): ObjectFinding[] {
  return (fixed[desired.kind] ?? []).flatMap((field) => {
    const path = field.path.split(".");
    const have = fieldAt(live, path);
    const want = fieldAt(desired, path) ?? field.default;
    if (want === undefined || stands(want, have)) return [];
    const templates = field.path === "spec.volumeClaimTemplates" ? otherVolumes(want, have) : undefined;
    if (templates !== undefined) return [templates];
    return [
      {
        found: `${field.path} ${shown(have)}, to become ${shown(want)}`,
        allowed: `${shown(have)}: it is fixed when a ${desired.kind} is made`,
        fix:
          field.breaksPods === true
            ? "keep it: the pods that run would not be taken over"
            : `keep it; or ${remake(desired)} and \`pulumi refresh --yes\`, then \`pulumi up\``,
      },
    ];
  });
}

/**
 * Other volumes than before for the pods of a StatefulSet. To make the StatefulSet anew over its pods is no way around:
 * it finds pods whose volumes are not its own, may not change them, and does not replace them either.
 */
function otherVolumes(want: unknown, have: unknown): ObjectFinding | undefined {
  const [from, to] = [templateNames(have), templateNames(want)];
  const text = (names: readonly string[]) => (names.length === 0 ? "none" : `\`${names.join(", ")}\``);
  if (text(from) === text(to)) return undefined;
  const database = from.includes("couchdb") !== to.includes("couchdb");
  return {
    found: `volumes ${text(from)} for each pod, to become ${text(to)}`,
    allowed: `${text(from)}: ${
      database
        ? "a peer's state database cannot change under its ledger"
        : "the volumes of pods are fixed when their StatefulSet is made"
    }`,
    fix: "keep it; or give the group another name (a new group catches up from the others), then remove this one",
  };
}

function templateNames(templates: unknown): string[] {
  return Array.isArray(templates) ? templates.map((one) => String(fieldAt(one, ["metadata", "name"]))) : [];
}

/** The command that lets an object be made anew at the next `up`, over pods that fit it, and what it costs. */
function remake({ kind, metadata: { name, namespace } }: KubeObject): string {
  const where = namespace === undefined ? "" : ` -n ${namespace}`;
  const orphan = kind === "StatefulSet" || kind === "Deployment" || kind === "DaemonSet";
  const command = `\`kubectl delete ${kind.toLowerCase()} ${name}${where}${orphan ? " --cascade=orphan" : ""}\``;
  return orphan ? `${command} (pods and volumes stay)` : `${command} (it holds no ledger)`;
}
