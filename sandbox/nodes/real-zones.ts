/** Zones of real nodes as the cluster sees them: their state, and waiting for it to change. */
import { CoreV1Api, type KubeConfig, type V1Node, type V1Pod, type V1Taint } from "@kubernetes/client-node";
import { until } from "../controlplane/readiness";
import { zoneLabel } from "../simulation/labels";
import { isNodeReady } from "../simulation/nodes";
import { isPodReady, type ZoneStatus } from "../simulation/zones";
import type { SandboxRecord } from "../state";
import { breakZone, healZone } from "./break";

const limit = { seconds: 120, everyMilliseconds: 250 };

/** Every zone of the sandbox, in the order in which they were asked for. */
export async function realZoneStatus(record: SandboxRecord, config: KubeConfig): Promise<ZoneStatus[]> {
  const { items } = await config.makeApiClient(CoreV1Api).listNode();
  return record.zones.map(({ name }) => {
    const fault = record.faults[name];
    return {
      name,
      lost: fault !== undefined,
      ...(fault ? { fault } : {}),
      nodes: items
        .filter((node) => node.metadata?.labels?.[zoneLabel] === name)
        .map((node) => ({ name: node.metadata?.name ?? "", ready: isNodeReady(node) })),
    };
  });
}

/** Cuts a zone and waits until its node is NotReady and its pods not ready, 9 to 15 seconds. */
export async function loseZone(root: string, config: KubeConfig, zone: string): Promise<void> {
  await breakZone(root, zone, "cut");
  await until(
    `${zone} is lost`,
    async () => {
      const { nodes, pods } = await inZone(config, zone);
      return !nodes.some(isNodeReady) && !pods.some(isPodReady);
    },
    limit,
  );
}

/** Heals a zone and waits until its node is Ready and takes pods, and its own pods, those of DNS, answer. */
export async function restoreZone(root: string, config: KubeConfig, zone: string): Promise<void> {
  await healZone(root, zone);
  await until(
    `${zone} is restored`,
    async () => {
      const { nodes, pods } = await inZone(config, zone);
      return (
        nodes.every((node) => isNodeReady(node) && !node.spec?.taints?.some(saysLost)) &&
        pods.filter((pod) => pod.metadata?.namespace === "kube-system").every(isPodReady)
      );
    },
    limit,
  );
}

/** A taint of a node that was not heard of; that of a node that a person has cordoned is none. */
const saysLost = ({ key }: V1Taint): boolean =>
  key === "node.kubernetes.io/not-ready" || key === "node.kubernetes.io/unreachable";

async function inZone(config: KubeConfig, zone: string): Promise<{ nodes: V1Node[]; pods: V1Pod[] }> {
  const core = config.makeApiClient(CoreV1Api);
  const { items: nodes } = await core.listNode({ labelSelector: `${zoneLabel}=${zone}` });
  const names = new Set(nodes.map((node) => node.metadata?.name));
  const { items: pods } = await core.listPodForAllNamespaces();
  return { nodes, pods: pods.filter((pod) => names.has(pod.spec?.nodeName)) };
}
