/** Zones of real nodes as the cluster sees them: their state, and waiting for it to change. */
import {
  CoordinationV1Api,
  CoreV1Api,
  type KubeConfig,
  type V1Node,
  type V1Pod,
  type V1Taint,
} from "@kubernetes/client-node";
import { until } from "../controlplane/readiness";
import { isNodeReady } from "../simulation/nodes";
import { isPodReady, type ZoneStatus } from "../simulation/zones";
import type { ZoneSpec } from "../state";
import type { Faults } from "./faults";

const limit = { seconds: 120, everyMilliseconds: 250 };

/** Every zone of a cluster, in the order in which they were asked for. */
export async function realZoneStatus(
  zones: readonly ZoneSpec[],
  faults: Faults,
  config: KubeConfig,
): Promise<ZoneStatus[]> {
  const { items } = await config.makeApiClient(CoreV1Api).listNode();
  return zones.map(({ name, label }) => {
    const fault = faults[name];
    return {
      name: label ?? name,
      lost: fault !== undefined,
      ...(fault && fault !== "stopped" ? { fault } : {}),
      nodes: items
        .filter((node) => node.metadata?.name === name)
        .map((node) => ({ name: node.metadata?.name ?? "", ready: isNodeReady(node) })),
    };
  });
}

/** Waits until a zone's node is NotReady and its pods not ready: 9 to 15 seconds after its loss. */
export async function zoneLost(config: KubeConfig, zone: string): Promise<void> {
  await until(
    `${zone} is lost`,
    async () => {
      const { nodes, pods } = await inZone(config, zone);
      return !nodes.some(isNodeReady) && !pods.some(isPodReady);
    },
    limit,
  );
}

/** A zone that was healed. */
export interface Healed {
  /** When that began, in milliseconds: what the API server knows from before says nothing. */
  readonly begun: number;
  /** Whether its machine was started again. */
  readonly restarted: boolean;
}

/** Waits until a healed zone's node is Ready and takes pods, and its own pods, those of DNS, answer. */
export async function zoneBack(config: KubeConfig, zone: string, { begun, restarted }: Healed): Promise<void> {
  const isUp = (pod: V1Pod): boolean => isPodReady(pod) && (!restarted || startOf(pod) >= begun);
  await until(
    `${zone} is restored`,
    async () => {
      if ((await heardOf(config, zone)) < begun) return false;
      const { nodes, pods } = await inZone(config, zone);
      return (
        nodes.every((node) => isNodeReady(node) && !node.spec?.taints?.some(saysLost)) &&
        pods.filter((pod) => pod.metadata?.namespace === "kube-system").every(isUp)
      );
    },
    limit,
  );
}

/** When a node's kubelet last said that it is there. It reports more only when there is more to say. */
async function heardOf(config: KubeConfig, node: string): Promise<number> {
  const leases = config.makeApiClient(CoordinationV1Api);
  const { spec } = await leases.readNamespacedLease({ namespace: "kube-node-lease", name: node });
  // The client gives the text that it should have made a Date of.
  return spec?.renewTime ? new Date(spec.renewTime).getTime() : 0;
}

/** When the last of a pod's containers was started, to the second, rounded up. */
const startOf = (pod: V1Pod): number =>
  1_000 +
  Math.max(0, ...(pod.status?.containerStatuses ?? []).map(({ state }) => state?.running?.startedAt?.getTime() ?? 0));

/** A taint of a node that was not heard of; that of a node that a person has cordoned is none. */
const saysLost = ({ key }: V1Taint): boolean =>
  key === "node.kubernetes.io/not-ready" || key === "node.kubernetes.io/unreachable";

/** A zone has one node, of its own name. */
async function inZone(config: KubeConfig, zone: string): Promise<{ nodes: V1Node[]; pods: V1Pod[] }> {
  const core = config.makeApiClient(CoreV1Api);
  const { items: nodes } = await core.listNode({ fieldSelector: `metadata.name=${zone}` });
  const names = new Set(nodes.map((node) => node.metadata?.name));
  const { items: pods } = await core.listPodForAllNamespaces();
  return { nodes, pods: pods.filter((pod) => names.has(pod.spec?.nodeName)) };
}
