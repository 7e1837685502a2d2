import { createHash } from "node:crypto";
import type { Json } from "../../constructs/manifests";
import type { AnnotationChange } from "./annotations";
import type { ManifestObject, Texts } from "./manifest";
import type { MemberOverrides } from "./overrides";
import { affinityOf, type Affinity, type Chosen } from "./placement";

/** How replicas are divided: `placement.replicaScheduling`. */
export interface Division {
  readonly replicaSchedulingType: "Divided";
  readonly replicaDivisionPreference: "Weighted";
  readonly weightPreference: {
    readonly staticWeightList: readonly { readonly targetCluster: Affinity; readonly weight: number }[];
  };
}

/** One object and everything that policies say of it. */
export interface Propagated {
  readonly object: ManifestObject;
  readonly chosen: Chosen;
  readonly overrides: readonly MemberOverrides[];
  readonly division?: Division;
  /** Members keep it when it is deleted. */
  readonly orphaned: boolean;
  /** Labels and annotations of the federated object, by which people find it. */
  readonly labels: Texts;
  readonly annotations: Texts;
}

const apiVersion = "policy.karmada.io/v1alpha1";

/**
 * The policies of one object, those of overrides first: the other waits for them, so that no member ever has the object
 * without its overrides.
 */
export function policiesOf(propagated: Propagated): ManifestObject[] {
  const override = overridePolicy(propagated);
  return [...(override === undefined ? [] : [override]), propagationPolicy(propagated, override)];
}

function propagationPolicy(propagated: Propagated, override: ManifestObject | undefined): ManifestObject {
  const { object, chosen, division, orphaned } = propagated;
  return {
    apiVersion,
    kind: object.metadata.namespace === undefined ? "ClusterPropagationPolicy" : "PropagationPolicy",
    metadata: policyMetadata(propagated),
    spec: {
      resourceSelectors: [selectorOf(object)],
      placement: {
        clusterAffinity: affinityOf(chosen),
        // KubeFed never moves anything by itself, however ill a member is.
        clusterTolerations: [{ operator: "Exists" }],
        ...(division === undefined ? {} : { replicaScheduling: division }),
      },
      // The members have the objects already, from KubeFed.
      conflictResolution: "Overwrite",
      ...(override === undefined ? {} : { dependentOverrides: [override.metadata.name] }),
      ...(orphaned ? { preserveResourcesOnDeletion: true } : {}),
    },
  };
}

function overridePolicy(propagated: Propagated): ManifestObject | undefined {
  const { object, overrides } = propagated;
  const rules = overrides.flatMap(({ cluster, operations, annotations }) =>
    operations.length + annotations.length === 0
      ? []
      : [
          {
            targetCluster: { clusterNames: [cluster] },
            overriders: {
              ...(annotations.length === 0 ? {} : { annotationsOverrider: annotations.map(annotationsOverrider) }),
              ...(operations.length === 0
                ? {}
                : {
                    plaintext: operations.map((operation): Record<string, Json> => ({
                      path: operation.path,
                      operator: operation.op,
                      ...(operation.op === "remove" ? {} : { value: operation.value }),
                    })),
                  }),
            },
          },
        ],
  );
  if (rules.length === 0) return undefined;
  return {
    apiVersion,
    kind: object.metadata.namespace === undefined ? "ClusterOverridePolicy" : "OverridePolicy",
    metadata: policyMetadata(propagated),
    spec: { resourceSelectors: [selectorOf(object)], overrideRules: rules },
  };
}

const annotationsOverrider = ({ operator, value }: AnnotationChange) => ({ operator, value });

function policyMetadata({ object, labels, annotations }: Propagated): ManifestObject["metadata"] {
  const { namespace } = object.metadata;
  return {
    name: policyName(object),
    ...(namespace === undefined ? {} : { namespace }),
    ...(Object.keys(labels).length === 0 ? {} : { labels }),
    ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
  };
}

function selectorOf({ apiVersion: version, kind, metadata: { name, namespace } }: ManifestObject) {
  return { apiVersion: version, kind, ...(namespace === undefined ? {} : { namespace }), name };
}

/** `web-deployment`, told apart by a digest where it is too long, or where kinds of several groups may have one name. */
function policyName({ apiVersion: version, kind, metadata: { name } }: ManifestObject): string {
  const plain = `${name}-${kind.toLowerCase()}`;
  const group = version.includes("/") ? (version.split("/")[0] ?? "") : "";
  if (plain.length <= 253 && (!group.includes(".") || group.endsWith(".k8s.io"))) return plain;
  const digest = createHash("sha256").update(`${group}/${kind}/${name}`).digest("hex").slice(0, 8);
  return `${plain.slice(0, 240)}-${digest}`;
}
