/** What a cluster has of a network. */
import { AppsV1Api, type KubeConfig, type KubernetesObject } from "@kubernetes/client-node";
import { networkLabel } from "../../../lib/constructs/manifests";
import type { Preview } from "../../../lib/preview/document";
import { eventually, listPods, type PlacedPod } from "./cluster";
import { call, collectionPath } from "./request";

/** A pod, and what it was made by. */
export interface ObservedPod {
  readonly uid: string;
  readonly workload: string;
  /** What stands for its template: the ReplicaSet that made it; another template is another one. */
  readonly revision: string;
}

/** A network's pods and objects at one moment. */
export interface Observed {
  /** By `<namespace>/<name>`; not those of Jobs, which end. */
  readonly pods: ReadonlyMap<string, ObservedPod>;
  /** By URN: what the cluster keeps of what the program asked for. */
  readonly objects: ReadonlyMap<string, { readonly uid: string; readonly content: string }>;
}

/** Looks at everything that one of the previews speaks of. */
export async function observe(config: KubeConfig, network: string, previews: readonly Preview[]): Promise<Observed> {
  const pods = await listPods(config, { labelSelector: `${networkLabel}=${network}` });
  const resources = new Map(
    previews.flatMap(({ graph }) =>
      graph.resources.flatMap(({ urn, type, inputs }) =>
        type.startsWith("kubernetes:") ? [[urn, inputs as KubernetesObject] as const] : [],
      ),
    ),
  );
  const objects = await Promise.all(
    [...resources].map(async ([urn, object]) => {
      const { code, body } = await call(
        config,
        "GET",
        `${await collectionPath(config, object)}/${object.metadata?.name}`,
      );
      return code === 200 ? [[urn, kept(body as KubernetesObject)] as const] : [];
    }),
  );
  return {
    pods: new Map(
      pods.flatMap((pod): [string, ObservedPod][] => {
        const workload = workloadOf(pod);
        return workload.startsWith("Job/")
          ? []
          : [
              [
                `${pod.namespace}/${pod.name}`,
                {
                  uid: pod.pod.metadata?.uid ?? "",
                  workload,
                  revision: pod.pod.metadata?.ownerReferences?.[0]?.uid ?? "",
                },
              ],
            ];
      }),
    ),
    objects: new Map(objects.flat()),
  };
}

/** What somebody asked for, without what the cluster itself writes beside it. */
function kept(object: KubernetesObject): { uid: string; content: string } {
  const { metadata, ...rest } = object as KubernetesObject & { status?: unknown };
  const { uid = "", labels, annotations } = metadata ?? {};
  delete rest.status;
  return { uid, content: JSON.stringify({ ...rest, labels, annotations }) };
}

/** `<namespace>/<Kind>/<name>` of what made a pod; a ReplicaSet stands for its Deployment. */
function workloadOf({ namespace, pod }: PlacedPod): string {
  const [owner] = pod.metadata?.ownerReferences ?? [];
  if (owner === undefined) return `${namespace}/Pod/${pod.metadata?.name}`;
  if (owner.kind !== "ReplicaSet") {
    return owner.kind === "Job" ? `Job/${owner.name}` : `${namespace}/${owner.kind}/${owner.name}`;
  }
  return `${namespace}/Deployment/${owner.name.slice(0, owner.name.lastIndexOf("-"))}`;
}

/** Waits until every workload of the network runs what it is asked to run, and nothing else. */
export async function settled(config: KubeConfig, network: string): Promise<void> {
  const apps = config.makeApiClient(AppsV1Api);
  const labelSelector = `${networkLabel}=${network}`;
  await eventually(`every workload of ${network} has settled`, async () => {
    const [sets, deployments, pods] = await Promise.all([
      apps.listStatefulSetForAllNamespaces({ labelSelector }),
      apps.listDeploymentForAllNamespaces({ labelSelector }),
      listPods(config, { labelSelector }),
    ]);
    return (
      sets.items.every(
        ({ metadata, spec, status }) =>
          status?.observedGeneration === metadata?.generation &&
          status?.updateRevision === status?.currentRevision &&
          status?.readyReplicas === spec?.replicas &&
          status?.replicas === spec?.replicas,
      ) &&
      deployments.items.every(
        ({ metadata, spec, status }) =>
          status?.observedGeneration === metadata?.generation &&
          status?.updatedReplicas === spec?.replicas &&
          status?.availableReplicas === spec?.replicas &&
          status?.replicas === spec?.replicas,
      ) &&
      pods.every(({ pod }) => pod.metadata?.deletionTimestamp === undefined)
    );
  });
}
