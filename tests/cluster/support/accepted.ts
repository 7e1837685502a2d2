import type { KubeConfig, KubernetesObject } from "@kubernetes/client-node";
import { objectKey, type KubeObject, type SiteManifests } from "../../../lib/constructs/manifests";
import { rules } from "../../../policies/all";
import { dryRunCreate } from "./cluster";

/** What StatefulSets, Deployments and Jobs have in common. */
interface WorkloadSpec {
  readonly template: { readonly metadata: object; readonly spec: { readonly volumes?: readonly object[] } };
  readonly volumeClaimTemplates?: readonly { readonly metadata: { readonly name: string } }[];
}

/**
 * What the API server has to say against objects, each as if it were made now, with strict field validation: refusals
 * and warnings, each with the object that it is about. Nothing, where all is well.
 *
 * An object whose pods break Pod Security is accepted with a warning at most, and the pods are refused later: so a
 * pod is tried of each template too. Namespaces must be there.
 */
export async function objections(
  config: KubeConfig,
  { objects }: Pick<SiteManifests, "objects">,
): Promise<readonly string[]> {
  const tried = [...objects.map(underAnotherName), ...objects.filter(makesPods).map(podOf)];
  const replies = await Promise.all(
    tried.map(async (object) => ({ object, reply: await dryRunCreate(config, object as KubernetesObject) })),
  );
  return replies.flatMap(({ object, reply: { code, message, warnings } }) =>
    [...(code === 201 ? [] : [`${code} ${message}`]), ...warnings].map((text) => `${objectKey(object)}: ${text}`),
  );
}

const advisory = new Set(rules.filter(({ severity }) => severity === "advisory").map(({ id }) => id));

/** What is left of objections without the warnings of advisory policies, which an example may break. */
export function withoutAdvice(texts: readonly string[]): readonly string[] {
  return texts.filter((text) => !advisory.has(/\(policy ([a-z-]+)\)/.exec(text)?.[1] ?? ""));
}

/** An object's own name may be taken, by itself. That of a CustomResourceDefinition says what it defines. */
function underAnotherName(object: KubeObject): KubeObject {
  if (object.kind === "CustomResourceDefinition") return object;
  return { ...object, metadata: { ...object.metadata, name: `${object.metadata.name}-2` } };
}

const makesPods = ({ kind }: KubeObject): boolean => ["Deployment", "Job", "StatefulSet"].includes(kind);

/** The pod that an object would make, with a claim for each of its templates. */
function podOf({ metadata: { name, namespace, labels }, ...set }: KubeObject): KubeObject {
  const { template, volumeClaimTemplates = [] } = set["spec"] as WorkloadSpec;
  const claims = volumeClaimTemplates.map(({ metadata }) => ({
    name: metadata.name,
    persistentVolumeClaim: { claimName: `${metadata.name}-${name}-0` },
  }));
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      labels,
      ...template.metadata,
      name: `${name}-tried`,
      ...(namespace === undefined ? {} : { namespace }),
    },
    spec: { ...template.spec, volumes: [...(template.spec.volumes ?? []), ...claims] },
  };
}
