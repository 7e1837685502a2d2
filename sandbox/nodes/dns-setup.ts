/** Brings CoreDNS into the cluster, and waits for it. */
import { CoreV1Api, type KubeConfig, KubernetesObjectApi } from "@kubernetes/client-node";
import { until } from "../controlplane/readiness";
import { corednsReference } from "../images/infrastructure";
import { dnsObjects, dnsSelector } from "./dns";

/** Makes the objects of CoreDNS, which asks `world` for names outside the cluster. */
export async function createDns(config: KubeConfig, world?: string): Promise<void> {
  const client = KubernetesObjectApi.makeApiClient(config);
  await Promise.all(dnsObjects(corednsReference, world).map((object) => client.create(object)));
}

/** Waits until names are answered in as many zones. */
export async function dnsReady(config: KubeConfig, zones: number, alive: () => Promise<void>): Promise<void> {
  const core = config.makeApiClient(CoreV1Api);
  await until(
    "names of the cluster answered in every zone",
    async () => {
      const { items } = await core.listNamespacedPod({ namespace: "kube-system", labelSelector: dnsSelector });
      const ready = items.filter(({ status }) =>
        status?.conditions?.some((condition) => condition.type === "Ready" && condition.status === "True"),
      );
      return ready.length === zones;
    },
    { seconds: 60, alive },
  );
}
