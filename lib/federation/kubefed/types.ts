import type { Json, KubeObject } from "../../constructs/manifests";
import { commonLabels } from "../join";
import { hasStatus, resourceName, type KindName } from "../kinds";

/** Namespace of KubeFed's controllers, types and members, on the host and (for their account) on the members. */
export const systemNamespace = "kube-federation-system";

/** API version of the types that carry objects to members. */
export const federatedVersion = "types.kubefed.io/v1beta1";

/** `FederatedConfigMap`. */
export const federatedKind = (kind: string): string => `Federated${kind}`;

/** Kinds of which KubeFed may leave the number of pods to the member. */
const scalable: ReadonlySet<string> = new Set(["Deployment", "ReplicaSet", "StatefulSet"]);

/** Whether the carrying type has a namespace: a namespace's does, and stands in the host's namespace of that name. */
const carriedInNamespace = ({ kind, namespaced }: KindName): boolean => namespaced || kind === "Namespace";

/** What tells KubeFed to carry a kind (`kubefedctl enable`): the definition of its carrying type comes before. */
export function typeConfig(target: KindName): KubeObject {
  const scope = (namespaced: boolean) => (namespaced ? "Namespaced" : "Cluster");
  const { group, version, kind, plural, namespaced } = target;
  return {
    apiVersion: "core.kubefed.io/v1beta1",
    kind: "FederatedTypeConfig",
    metadata: { name: resourceName(target), namespace: systemNamespace, labels: commonLabels },
    spec: {
      propagation: "Enabled",
      // For a kind without status, KubeFed waits for one and never calls its object propagated.
      statusCollection: hasStatus(kind) ? "Enabled" : "Disabled",
      targetType: { ...(group === "" ? {} : { group }), version, kind, pluralName: plural, scope: scope(namespaced) },
      federatedType: {
        group: "types.kubefed.io",
        version: "v1beta1",
        kind: federatedKind(kind),
        pluralName: `federated${plural}`,
        scope: scope(carriedInNamespace(target)),
      },
    },
  };
}

/** Key of a carrying type's definition. */
const definitionName = ({ plural }: Pick<KindName, "plural">): string => `federated${plural}.types.kubefed.io`;

/** The definition of the type that carries a kind, with the schema that `kubefedctl enable` writes. */
export function typeDefinition(target: KindName): KubeObject {
  const { kind, plural } = target;
  const text: Json = { type: "string" };
  const open: Json = { "x-kubernetes-preserve-unknown-fields": true };
  const list = (properties: Json): Json => ({ type: "array", items: { type: "object", properties } });
  const spec: Json = {
    type: "object",
    properties: {
      template: { type: "object", ...open },
      placement: {
        type: "object",
        properties: {
          clusters: { type: "array", items: { type: "object", required: ["name"], properties: { name: text } } },
          clusterSelector: {
            type: "object",
            properties: {
              matchExpressions: list({ key: text, operator: text, values: { type: "array", items: text } }),
              matchLabels: { type: "object", additionalProperties: text },
            },
          },
        },
      },
      overrides: list({
        clusterName: text,
        clusterOverrides: {
          type: "array",
          items: {
            type: "object",
            required: ["path"],
            properties: { op: { type: "string", pattern: "^(add|remove|replace)?$" }, path: text, value: open },
          },
        },
      }),
      ...(scalable.has(kind) ? { retainReplicas: { type: "boolean" } } : {}),
    },
  };
  const status: Json = {
    type: "object",
    properties: {
      conditions: list({ type: text, status: text, reason: text, lastUpdateTime: text, lastTransitionTime: text }),
      clusters: list({ name: text, status: text, remoteStatus: open }),
      observedGeneration: { type: "integer", format: "int64" },
    },
  };
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: definitionName(target), labels: commonLabels },
    spec: {
      group: "types.kubefed.io",
      scope: carriedInNamespace(target) ? "Namespaced" : "Cluster",
      names: {
        kind: federatedKind(kind),
        listKind: `${federatedKind(kind)}List`,
        plural: `federated${plural}`,
        singular: `federated${kind.toLowerCase()}`,
        shortNames: [`f${plural}`],
      },
      versions: [
        {
          name: "v1beta1",
          served: true,
          storage: true,
          subresources: { status: {} },
          schema: {
            openAPIV3Schema: {
              type: "object",
              required: ["spec"],
              properties: { apiVersion: text, kind: text, metadata: { type: "object" }, spec, status },
            },
          },
        },
      ],
    },
  };
}
