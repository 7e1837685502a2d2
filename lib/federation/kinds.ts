import type { KubeObject } from "../constructs/manifests";

/** A kind of objects, as an API server names it. */
export interface KindName {
  /** Empty for Kubernetes' core. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** The resource, such as `networkpolicies`. */
  readonly plural: string;
  readonly namespaced: boolean;
}

/** The kind of an object. */
export function kindOf({ apiVersion, kind, metadata }: Pick<KubeObject, "apiVersion" | "kind" | "metadata">): KindName {
  const slash = apiVersion.indexOf("/");
  return {
    group: slash < 0 ? "" : apiVersion.slice(0, slash),
    version: apiVersion.slice(slash + 1),
    kind,
    plural: pluralOf(kind),
    namespaced: metadata.namespace !== undefined,
  };
}

/** `configmaps`, `statefulsets.apps`. */
export function resourceName({ plural, group }: Pick<KindName, "plural" | "group">): string {
  return group === "" ? plural : `${plural}.${group}`;
}

/**
 * The resource's name by Kubernetes' own rule (apimachinery, `UnsafeGuessKindToResource`), which holds for all of its
 * kinds and for custom ones that were made with the usual tools.
 */
function pluralOf(kind: string): string {
  const singular = kind.toLowerCase();
  if (singular.endsWith("endpoints")) return singular;
  if (singular.endsWith("s")) return `${singular}es`;
  if (singular.endsWith("y")) return `${singular.slice(0, -1)}ies`;
  return `${singular}s`;
}

/** Kinds that have a status; to wait for the status of another one never ends (KubeFed's status collection). */
const withStatus: ReadonlySet<string> = new Set([
  "DaemonSet",
  "Deployment",
  "Job",
  "Namespace",
  "PodDisruptionBudget",
  "Service",
  "StatefulSet",
]);

/** Whether objects of a kind have a status that somebody fills in. */
export function hasStatus(kind: string): boolean {
  return withStatus.has(kind);
}
