/** What an administrator does to the nodes of a zone. */
import { CoreV1Api, type KubeConfig, PatchStrategy, setHeaderOptions, type V1Taint } from "@kubernetes/client-node";
import { zoneLabel } from "../../../sandbox/simulation/labels";

const mergePatch = setHeaderOptions("Content-Type", PatchStrategy.MergePatch);
const maintenance = "example.com/maintenance";

/** `kubectl cordon` for a zone: nothing new is scheduled there. */
export const cordon = (config: KubeConfig, zone: string): Promise<void> =>
  patchNodes(config, zone, () => ({ unschedulable: true }));

/** Taints the nodes of a zone, as for maintenance. */
export const taint = (config: KubeConfig, zone: string, effect: "NoSchedule" | "PreferNoSchedule"): Promise<void> =>
  patchNodes(config, zone, (taints) => ({ taints: [...taints, { key: maintenance, value: "planned", effect }] }));

/** Takes both back, in one zone or in all. */
export const release = (config: KubeConfig, zone?: string): Promise<void> =>
  patchNodes(config, zone, (taints) => ({
    unschedulable: null,
    // Kubernetes takes back its own taint of a cordoned node.
    taints: taints.filter(({ key }) => key !== maintenance),
  }));

async function patchNodes(
  config: KubeConfig,
  zone: string | undefined,
  change: (taints: readonly V1Taint[]) => object,
): Promise<void> {
  const core = config.makeApiClient(CoreV1Api);
  const { items } = await core.listNode(zone === undefined ? {} : { labelSelector: `${zoneLabel}=${zone}` });
  await Promise.all(
    items.map(({ metadata, spec }) =>
      core.patchNode({ name: metadata?.name ?? "", body: { spec: change(spec?.taints ?? []) } }, mergePatch),
    ),
  );
}
