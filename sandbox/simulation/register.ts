/** Fills an empty control plane with what a sandbox offers: nodes in zones, and a StorageClass. */
import { ApiException, CoreV1Api, type KubeConfig, StorageV1Api } from "@kubernetes/client-node";
import type { ZoneSpec } from "../state";
import { until } from "../controlplane/readiness";
import { zonalProvisioner } from "./labels";
import { isNodeReady, simulatedNodes } from "./nodes";

/** The default StorageClass: a volume in the zone of the claim's first consumer. */
export const storageClassName = "zonal";

/** Registers the nodes of these zones, as their kubelets would; `cluster` as of {@link simulatedNodes}. */
export async function registerNodes(config: KubeConfig, zones: readonly ZoneSpec[], cluster: number): Promise<void> {
  const core = config.makeApiClient(CoreV1Api);
  await Promise.all(simulatedNodes(zones, cluster).map((body) => core.createNode({ body })));
}

/** Makes the default StorageClass. */
export async function createStorageClass(config: KubeConfig): Promise<void> {
  await config.makeApiClient(StorageV1Api).createStorageClass({
    body: {
      metadata: {
        name: storageClassName,
        annotations: { "storageclass.kubernetes.io/is-default-class": "true" },
      },
      provisioner: zonalProvisioner,
      volumeBindingMode: "WaitForFirstConsumer",
      allowVolumeExpansion: true,
      reclaimPolicy: "Delete",
    },
  });
}

/** Waits until there are this many nodes, all of them Ready and free of the taints that keep pods off a node that is not. */
export async function nodesReady(config: KubeConfig, count: number, alive: () => Promise<void>): Promise<void> {
  const core = config.makeApiClient(CoreV1Api);
  await until(
    "nodes ready",
    async () => {
      const { items } = await core.listNode();
      return items.length === count && items.every((node) => isNodeReady(node) && !node.spec?.taints?.length);
    },
    { seconds: 60, alive },
  );
}

/** Waits until pods can be made in the `default` namespace: each needs its namespace's service account. */
export async function defaultNamespaceUsable(config: KubeConfig, alive: () => Promise<void>): Promise<void> {
  const core = config.makeApiClient(CoreV1Api);
  await until(
    "service account of the default namespace",
    async () => {
      try {
        await core.readNamespacedServiceAccount({ namespace: "default", name: "default" });
        return true;
      } catch (thrown) {
        if (thrown instanceof ApiException && thrown.code === 404) return false;
        throw thrown;
      }
    },
    { seconds: 60, alive },
  );
}
