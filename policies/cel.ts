import { roleLabel } from "./manifest";
import type { AdmissionGroup, AdmissionMatch } from "./rule";

/**
 * What the API server is asked, by what the expressions of a group are about. Kubernetes' own controllers update what
 * they have made without meaning what stands in it (owners, finalizers, replicas), so what a controller makes is judged
 * when it is made, and what people write also when it changes.
 */
const asked = (
  operations: AdmissionMatch["operations"],
  group: string,
  version: string,
  ...resources: readonly string[]
): AdmissionMatch => ({ apiGroups: [group], apiVersions: [version], operations, resources });

const changed = ["CREATE", "UPDATE"] as const;

/** A group of one kind. */
function ofKind(
  group: string,
  version: string,
  resource: string,
  unchanged: string,
  rest: Partial<AdmissionGroup> = {},
): AdmissionGroup {
  const match = [asked(changed, group, version, resource)];
  return { name: resource, match, clusterWide: false, unchanged, variables: {}, ...rest };
}

const sameSpec = "object.spec == oldObject.spec";

const podTemplate =
  "object.kind == 'CronJob' ? object.spec.jobTemplate.spec.template : object.kind == 'Pod' ? object : object.spec.template";
const allContainers =
  "variables.pod.containers + variables.pod.?initContainers.orValue([]) + variables.pod.?ephemeralContainers.orValue([])";
const role = `variables.template.?metadata.?labels[?'${roleLabel}'].orValue(object.metadata.?labels[?'${roleLabel}'].orValue(''))`;

/** Everything that runs pods, and pods themselves: a Deployment is refused, and not only the pods that it would make. */
export const pods: AdmissionGroup = {
  name: "pods",
  match: [
    asked(["CREATE"], "", "v1", "pods"),
    asked(["CREATE"], "apps", "v1", "replicasets"),
    asked(["CREATE"], "batch", "v1", "jobs"),
    asked(changed, "apps", "v1", "deployments", "statefulsets", "daemonsets"),
    asked(changed, "batch", "v1", "cronjobs"),
  ],
  clusterWide: false,
  unchanged: sameSpec,
  // In this order: each may mention those before it.
  variables: { template: podTemplate, pod: "variables.template.spec", containers: allContainers, role },
};

export const statefulSets = ofKind("apps", "v1", "statefulsets", sameSpec, {
  variables: { template: "object.spec.template", role },
});
export const services = ofKind("", "v1", "services", sameSpec);
export const claims = ofKind("", "v1", "persistentvolumeclaims", sameSpec);
export const configMaps = ofKind(
  "",
  "v1",
  "configmaps",
  "object.?data == oldObject.?data && object.?binaryData == oldObject.?binaryData",
);
export const networkPolicies = ofKind("networking.k8s.io", "v1", "networkpolicies", sameSpec);
export const budgets = ofKind("policy", "v1", "poddisruptionbudgets", sameSpec);
export const roles = ofKind("rbac.authorization.k8s.io", "v1", "roles", "object.rules == oldObject.rules");
export const roleBindings = ofKind(
  "rbac.authorization.k8s.io",
  "v1",
  "rolebindings",
  "object.?subjects.orValue([]) == oldObject.?subjects.orValue([])",
);
/** Told by their own label, as Kubernetes does with namespaces anyway. */
export const namespaces = ofKind("", "v1", "namespaces", "object.metadata.?labels == oldObject.metadata.?labels", {
  clusterWide: true,
});
export const storageClasses = ofKind("storage.k8s.io", "v1", "storageclasses", "false", { clusterWide: true });
/** What people write by hand and name: never made by a controller, which makes up names. */
export const named: AdmissionGroup = {
  ...ofKind("", "v1", "named", "true"),
  match: [
    asked(["CREATE"], "", "v1", "persistentvolumeclaims", "services", "configmaps"),
    asked(["CREATE"], "apps", "v1", "statefulsets", "deployments"),
    asked(["CREATE"], "batch", "v1", "jobs"),
  ],
};
export const workloads: AdmissionGroup = {
  ...ofKind("", "v1", "workloads", sameSpec),
  match: [asked(changed, "apps", "v1", "statefulsets", "deployments")],
};
