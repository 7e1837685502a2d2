import { CoreV1Api, KubeConfig, type V1Pod } from "@kubernetes/client-node";
import { isDeployed, type Placement } from "../lib/placement/node";
import { networkLabel } from "../lib/constructs/manifests";
import { roleNames } from "../lib/explain/rows";
import { claimsOf } from "../lib/explain/text";

/** A pod of the network as it is now, beside what the placement says of it. */
export interface LivePod {
  readonly pod: string;
  readonly role: string;
  readonly organisation: string;
  readonly ready: boolean;
  /** Zone of the node that it runs on; absent while it is not scheduled, or where the node tells none. */
  readonly zone?: string;
  /** Zone that the placement gave it. */
  readonly placed: string;
  readonly volumes: readonly string[];
}

/** What the cluster runs of a placement, pod by pod, in the order of the placement. */
export async function livePods(kubeconfig: KubeConfig, placement: Placement): Promise<LivePod[]> {
  const api = kubeconfig.makeApiClient(CoreV1Api);
  const [pods, nodes] = await Promise.all([
    api.listPodForAllNamespaces({ labelSelector: `${networkLabel}=${placement.network.name}` }),
    api.listNode(),
  ]);
  const zones = new Map(
    nodes.items.map((node) => [node.metadata?.name, node.metadata?.labels?.["topology.kubernetes.io/zone"]]),
  );
  return placement.nodes.filter(isDeployed).map((node) => {
    const live = pods.items.find(
      ({ metadata }) => metadata?.name === node.pod && metadata.namespace === node.namespace,
    );
    const zone = zones.get(live?.spec?.nodeName);
    return {
      pod: node.pod,
      role: roleNames[node.role],
      organisation: node.organisation.name,
      ready: live !== undefined && isReady(live),
      ...(zone === undefined ? {} : { zone }),
      placed: node.zone,
      volumes: claimsOf(node),
    };
  });
}

/** Whether every pod is ready, and where the placement said. */
export function isAsPlaced(pods: readonly LivePod[]): boolean {
  return pods.every(({ ready, zone, placed }) => ready && zone === placed);
}

function isReady(pod: V1Pod): boolean {
  return pod.status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false;
}
