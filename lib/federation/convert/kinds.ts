import { z } from "zod";
import { text } from "../../spec/scalars";
import { isMapping, type Manifest } from "./manifest";
import type { Notebook } from "./notebook";

/** What a federated kind makes on the members. */
export interface Target {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespaced: boolean;
  /** Whether its FederatedTypeConfig says that it is propagated; true where there is none among the files. */
  readonly propagated: boolean;
}

export const federatedGroup = "types.kubefed.io";
export const coreGroup = "core.kubefed.io";

const well = (apiVersion: string, namespaced: boolean, ...kinds: string[]): [string, Target][] =>
  kinds.map((kind) => [`Federated${kind}`, { apiVersion, kind, namespaced, propagated: true }]);

/** Kubernetes' own kinds: KubeFed's chart enables some, people the others, all under these names. */
const wellKnown: ReadonlyMap<string, Target> = new Map([
  ...well("v1", false, "Namespace", "PersistentVolume"),
  ...well("v1", true, "ConfigMap", "Secret", "Service", "ServiceAccount", "PersistentVolumeClaim"),
  ...well("v1", true, "LimitRange", "ResourceQuota"),
  ...well("apps/v1", true, "Deployment", "ReplicaSet", "StatefulSet", "DaemonSet"),
  ...well("batch/v1", true, "Job", "CronJob"),
  ...well("networking.k8s.io/v1", true, "Ingress", "NetworkPolicy"),
  ...well("policy/v1", true, "PodDisruptionBudget"),
  ...well("autoscaling/v2", true, "HorizontalPodAutoscaler"),
  ...well("rbac.authorization.k8s.io/v1", true, "Role", "RoleBinding"),
  ...well("rbac.authorization.k8s.io/v1", false, "ClusterRole", "ClusterRoleBinding"),
  ...well("scheduling.k8s.io/v1", false, "PriorityClass"),
  ...well("storage.k8s.io/v1", false, "StorageClass"),
  ...well("apiextensions.k8s.io/v1", false, "CustomResourceDefinition"),
]);

const resource = z.looseObject({
  group: z.string("a group").optional(),
  version: text("a version, such as v1"),
  kind: text("a kind, such as Deployment"),
  scope: z.enum(["Namespaced", "Cluster"]),
});

const typeConfigSpec = z.looseObject({
  propagation: z.enum(["Enabled", "Disabled"]),
  targetType: resource,
  federatedType: resource,
});

/** Whether an object is a FederatedTypeConfig, which says what a federated kind makes. */
export const isTypeConfig = ({ value: { apiVersion, kind } }: Manifest): boolean =>
  apiVersion.startsWith(`${coreGroup}/`) && kind === "FederatedTypeConfig";

/** By federated kind, what it makes: Kubernetes' own kinds, and whatever the FederatedTypeConfigs among the files say. */
export function targetsOf(manifests: readonly Manifest[], notebook: Notebook): ReadonlyMap<string, Target> {
  const targets = new Map(wellKnown);
  for (const manifest of manifests.filter(isTypeConfig)) {
    const spec = notebook.read(manifest, ["spec"], manifest.value["spec"], typeConfigSpec);
    if (spec === undefined) continue;
    const { group, version, kind, scope } = spec.targetType;
    const known = wellKnown.get(spec.federatedType.kind);
    targets.set(spec.federatedType.kind, {
      apiVersion: group === undefined || group === "" ? version : `${group}/${version}`,
      kind,
      namespaced: scope === "Namespaced",
      propagated: spec.propagation === "Enabled",
    });
    const custom = known === undefined && !isKubernetes(group ?? "");
    notebook.tell(manifest, ["spec"], {
      subject: "types",
      weight: custom ? "todo" : "same",
      kubefed: `${kind} is carried by ${spec.federatedType.kind}, once this FederatedTypeConfig and a CRD say so`,
      karmada: "any kind is carried as it is, so nothing is written for this",
      ...(custom
        ? { remedy: `make the CRD of ${kind} on Karmada's API server and on the members first, then apply the objects` }
        : {}),
    });
  }
  return targets;
}

const isKubernetes = (group: string): boolean => group === "" || !group.includes(".") || group.endsWith(".k8s.io");

/** CRDs that Karmada's API server needs for the targets, and those of KubeFed that nobody needs any more. */
export function definitionOf({ value }: Manifest): { readonly group: string; readonly kind: string } | undefined {
  const spec = value["spec"];
  if (value.kind !== "CustomResourceDefinition" || !isMapping(spec) || !isMapping(spec["names"])) return undefined;
  const { group } = spec;
  const { kind } = spec["names"];
  return typeof group === "string" && typeof kind === "string" ? { group, kind } : undefined;
}
