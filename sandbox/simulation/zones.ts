/** Losing and restoring a zone. The zone's kubelets go silent; everything else is Kubernetes' own doing. */
import {
  CoreV1Api,
  type KubeConfig,
  PatchStrategy,
  setHeaderOptions,
  type V1Node,
  type V1Pod,
} from "@kubernetes/client-node";
import { until } from "../controlplane/readiness";
import { SandboxError } from "../errors";
import { lostLabel, simulatedLabel, zoneLabel } from "./labels";
import { isNodeReady } from "./nodes";

const mergePatch = setHeaderOptions("Content-Type", PatchStrategy.MergePatch);
const limit = { seconds: 120, everyMilliseconds: 250 };

/** A zone as it is now. */
export interface ZoneStatus {
  readonly name: string;
  /** The member of a federation that it is in. */
  readonly cluster?: string;
  readonly lost: boolean;
  /** How it is lost, where nodes are real. */
  readonly fault?: "cut" | "killed";
  readonly nodes: readonly { readonly name: string; readonly ready: boolean }[];
}

/** Every zone of the sandbox, by name. */
export async function zoneStatus(config: KubeConfig): Promise<ZoneStatus[]> {
  const { items } = await config.makeApiClient(CoreV1Api).listNode({ labelSelector: simulatedLabel });
  const zones = new Map<string, V1Node[]>();
  for (const node of items) {
    const zone = node.metadata?.labels?.[zoneLabel] ?? "";
    zones.set(zone, [...(zones.get(zone) ?? []), node]);
  }
  return [...zones]
    .map(([name, nodes]) => ({
      name,
      lost: nodes.some((node) => node.metadata?.labels?.[lostLabel] !== undefined),
      nodes: nodes.map((node) => ({ name: node.metadata?.name ?? "", ready: isNodeReady(node) })),
    }))
    .sort((one, other) => one.name.localeCompare(other.name));
}

/** Whether a pod says that it is ready to serve. */
export const isPodReady = (pod: V1Pod): boolean =>
  pod.status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false;

/**
 * Silences a zone's nodes and waits until the node lifecycle controller has declared them NotReady and taken Ready from
 * their pods, 10 to 15 seconds. A lost zone stays so until it is restored.
 */
export async function loseZone(config: KubeConfig, zone: string): Promise<void> {
  await setLost(config, zone, "true");
  await until(
    `${zone} is lost`,
    async () => {
      const { nodes, pods } = await inZone(config, zone);
      return !nodes.some(isNodeReady) && !pods.some(isPodReady);
    },
    limit,
  );
}

/** Brings a zone's nodes back and waits until they are Ready, and so is every pod that runs on them. */
export async function restoreZone(config: KubeConfig, zone: string): Promise<void> {
  await setLost(config, zone, null);
  await until(
    `${zone} is restored`,
    async () => {
      const { nodes, pods } = await inZone(config, zone);
      return nodes.every(isNodeReady) && pods.filter(isRunningPod).every(isPodReady);
    },
    limit,
  );
}

const isRunningPod = (pod: V1Pod): boolean =>
  pod.metadata?.deletionTimestamp === undefined && pod.status?.phase === "Running";

async function inZone(config: KubeConfig, zone: string): Promise<{ nodes: V1Node[]; pods: V1Pod[] }> {
  const core = config.makeApiClient(CoreV1Api);
  const { items: nodes } = await core.listNode({ labelSelector: `${simulatedLabel},${zoneLabel}=${zone}` });
  const names = new Set(nodes.map((node) => node.metadata?.name));
  const { items: pods } = await core.listPodForAllNamespaces();
  return { nodes, pods: pods.filter((pod) => names.has(pod.spec?.nodeName)) };
}

async function setLost(config: KubeConfig, zone: string, value: "true" | null): Promise<void> {
  const { nodes } = await inZone(config, zone);
  if (nodes.length === 0) {
    const zones = (await zoneStatus(config)).map(({ name }) => name).join(", ");
    throw new SandboxError(`the sandbox has no zone "${zone}"`, `name one of: ${zones}`);
  }
  const core = config.makeApiClient(CoreV1Api);
  const body = { metadata: { labels: { [lostLabel]: value } } };
  await Promise.all(nodes.map((node) => core.patchNode({ name: node.metadata?.name ?? "", body }, mergePatch)));
}
