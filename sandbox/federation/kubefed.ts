/** KubeFed on a federation's host: its kinds, its configuration and its controllers. */
import * as path from "node:path";
import { CoreV1Api, type KubeConfig } from "@kubernetes/client-node";
import { loadConfig } from "../controlplane/client";
import type { Cluster } from "../controlplane/cluster";
import { flags } from "../controlplane/commands";
import { readAccess } from "../controlplane/kubeconfig";
import { freePorts } from "../controlplane/ports";
import { until } from "../controlplane/readiness";
import type { EngineOptions } from "./karmada";
import { createAll, define, objectsOf } from "./objects";

/** KubeFed's own namespace. */
const kubefedNamespace = "kube-federation-system";

/** Starts KubeFed and waits until it takes members. Errors: a program ends by itself, or takes too long. */
export async function startKubeFed(host: Cluster, { module, fast }: Omit<EngineOptions, "failover">): Promise<void> {
  const config = loadConfig(host.plan.folder.kubeconfig);
  const access = readAccess(host.plan.folder.kubeconfig);
  await define(
    config,
    access,
    await objectsOf(path.join(module, "charts/kubefed/charts/controllermanager/crds/crds.yaml")),
    host.alive,
  );
  await createAll(access, [{ apiVersion: "v1", kind: "Namespace", metadata: { name: kubefedNamespace } }]);
  await createAll(access, [kubefedConfig(fast)]);
  const [health = 0, metrics = 0] = await freePorts(2);
  await host.run({
    program: "kubefed-controller-manager",
    arguments: [
      ...flags({
        kubeconfig: host.credentials.engine.kubeconfig,
        "kubefed-namespace": kubefedNamespace,
        "healthz-addr": `127.0.0.1:${health}`,
        "metrics-addr": `127.0.0.1:${metrics}`,
        "rest-config-qps": 200,
        "rest-config-burst": 400,
      }),
      "-v=2",
    ],
    // It ends when it loses its lease, or cannot list a member's objects, and counts on being started again.
    restart: true,
  });
  await until("KubeFed's controllers lead", () => leads(config), { seconds: 60, alive: host.alive });
}

/**
 * Its configuration, with every field: without KubeFed's webhook nothing fills them in. Usual is what its chart has.
 * (charts/kubefed/charts/controllermanager/templates/kubefedconfig.yaml)
 */
const kubefedConfig = (fast: boolean) => ({
  apiVersion: "core.kubefed.io/v1beta1",
  kind: "KubeFedConfig",
  metadata: { name: "kubefed", namespace: kubefedNamespace },
  spec: {
    scope: "Cluster",
    controllerDuration: fast
      ? { availableDelay: "2s", unavailableDelay: "5s", cacheSyncTimeout: "30s" }
      : { availableDelay: "20s", unavailableDelay: "60s", cacheSyncTimeout: "5m" },
    leaderElect: { leaseDuration: "15s", renewDeadline: "10s", retryPeriod: "2s", resourceLock: "configmaps" },
    clusterHealthCheck: fast
      ? { period: "2s", timeout: "1s", failureThreshold: 2, successThreshold: 1 }
      : { period: "10s", timeout: "3s", failureThreshold: 3, successThreshold: 1 },
    syncController: { maxConcurrentReconciles: 1, adoptResources: "Enabled" },
    statusController: { maxConcurrentReconciles: 1 },
    featureGates: [
      { name: "PushReconciler", configuration: "Enabled" },
      { name: "RawResourceStatusCollection", configuration: "Enabled" },
      { name: "SchedulerPreferences", configuration: "Disabled" },
    ],
  },
});

/** Leader election writes who leads into an annotation of a ConfigMap. (client-go, resourcelock) */
async function leads(config: KubeConfig): Promise<boolean> {
  const { items } = await config.makeApiClient(CoreV1Api).listNamespacedConfigMap({ namespace: kubefedNamespace });
  const leader = "control-plane.alpha.kubernetes.io/leader";
  return items.some(({ metadata }) => metadata?.annotations?.[leader]?.includes('"holderIdentity":"'));
}
