import {
  AdmissionregistrationV1Api,
  AppsV1Api,
  BatchV1Api,
  CoreV1Api,
  type KubeConfig,
  StorageV1Api,
} from "@kubernetes/client-node";
import { networkLabel } from "../../../lib/constructs/manifests";
import { eventually } from "./cluster";

/** Removes everything of a network from the cluster, also what no tool of ours ever removes: namespaces, claims, volumes. */
export async function removeNetwork(config: KubeConfig, network: string): Promise<void> {
  const core = config.makeApiClient(CoreV1Api);
  const apps = config.makeApiClient(AppsV1Api);
  const batch = config.makeApiClient(BatchV1Api);
  const storage = config.makeApiClient(StorageV1Api);
  const labelSelector = `${networkLabel}=${network}`;
  const admission = config.makeApiClient(AdmissionregistrationV1Api);
  await admission.deleteCollectionValidatingAdmissionPolicyBinding({ labelSelector });
  await admission.deleteCollectionValidatingAdmissionPolicy({ labelSelector });
  const { items } = await core.listNamespace({ labelSelector });
  const namespaces = new Set(items.flatMap(({ metadata }) => metadata?.name ?? []));
  // Emptied first: a namespace waits for seconds before it looks again whether its pods and claims have gone.
  await Promise.all(
    [...namespaces].map(async (namespace) => {
      // Whoever makes pods goes first; of a Job the API would keep the pods, were it not told otherwise.
      await apps.deleteCollectionNamespacedStatefulSet({ namespace });
      await apps.deleteCollectionNamespacedDeployment({ namespace, propagationPolicy: "Background" });
      await apps.deleteCollectionNamespacedReplicaSet({ namespace });
      await batch.deleteCollectionNamespacedJob({ namespace, propagationPolicy: "Background" });
      await core.deleteCollectionNamespacedPod({ namespace, gracePeriodSeconds: 0 });
      await core.deleteCollectionNamespacedPersistentVolumeClaim({ namespace });
      await eventually(`${namespace} is empty`, async () => {
        const claims = await core.listNamespacedPersistentVolumeClaim({ namespace });
        return claims.items.length === 0 && (await core.listNamespacedPod({ namespace })).items.length === 0;
      });
      await core.deleteNamespace({ name: namespace });
    }),
  );
  await eventually(`the namespaces of ${network} are gone`, async () => {
    return (await core.listNamespace({ labelSelector })).items.length === 0;
  });
  const ours = async () => {
    const { items: volumes } = await core.listPersistentVolume();
    return volumes.filter(({ spec }) => namespaces.has(spec?.claimRef?.namespace ?? ""));
  };
  await Promise.all((await ours()).map(({ metadata }) => core.deletePersistentVolume({ name: metadata?.name ?? "" })));
  await eventually(`the volumes of ${network} are gone`, async () => (await ours()).length === 0);
  await storage.deleteCollectionStorageClass({ labelSelector });
}
