import type { KubeObject } from "../../constructs/manifests";
import type { FederationFinding } from "../findings";
import { objectFor, type Propagated } from "../propagation";

/**
 * Kinds on which a controller of the member writes annotations of its own, by which one. KubeFed can only write all
 * annotations at once, which takes the controller's away at every synchronisation: both write for ever.
 */
const annotatedByControllers: Readonly<Record<string, string>> = {
  DaemonSet: "deprecated.daemonset.template.generation",
  Deployment: "deployment.kubernetes.io/revision",
  PersistentVolume: "pv.kubernetes.io/provisioned-by",
  PersistentVolumeClaim: "pv.kubernetes.io/bind-completed",
  ReplicaSet: "deployment.kubernetes.io/revision",
};

/** What of an object KubeFed cannot say, for whichever member. */
export function unsayable(objects: readonly Propagated[]): FederationFinding[] {
  return objects.flatMap((object) => {
    const forms = [object.template, ...object.placement.map((member) => objectFor(object, member))];
    return [
      ...forms.flatMap((form) => annotations(object.key, form)).slice(0, 1),
      ...forms.flatMap((form) => owned(object.key, form)).slice(0, 1),
    ];
  });
}

function annotations(object: string, { kind, metadata }: KubeObject): FederationFinding[] {
  const theirs = annotatedByControllers[kind];
  const [first] = Object.keys(metadata.annotations ?? {});
  if (theirs === undefined || first === undefined) return [];
  return [
    {
      object,
      found: `the annotation ${first} on a ${kind} under the engine kubefed`,
      allowed: `no annotations of ours: KubeFed writes all of them or none, and would fight the controller that writes ${theirs}`,
      fix: "put it on the pod template, or make it a label; or take the engine karmada or direct",
      about: "engine",
    },
  ];
}

function owned(object: string, { metadata }: KubeObject): FederationFinding[] {
  const fields = ["finalizers", "ownerReferences"].filter((field) => field in metadata);
  return fields.slice(0, 1).map((field) => ({
    object,
    found: `metadata.${field} under the engine kubefed`,
    allowed: "none: KubeFed leaves them out of what it makes, or points at owners that the member does not have",
    fix: "take the engine karmada or direct, or do without",
    about: "engine",
  }));
}
