/** Where the pods of a network and their volumes are, beside where the placement says that they have to be. */
import { CoreV1Api, type KubeConfig, type V1PersistentVolume } from "@kubernetes/client-node";
import { networkLabel, type SiteManifests } from "../../../lib/constructs/manifests";
import type { PlacedNode, Placement } from "../../../lib/placement/node";
import { zoneLabel } from "../../../sandbox/simulation/labels";
import { eventually, listPods, type PlacedPod } from "./cluster";

/** A row of the table: where a pod is, where the volume of each of its claims is, and whether it is ready. */
export interface Row {
  /** Undefined while it is not scheduled. */
  readonly zone: string | undefined;
  readonly ready: boolean;
  /** By claim, the zone outside of which its volume cannot be used; undefined while there is none. */
  readonly volumes: Readonly<Record<string, string | undefined>>;
}

/** Rows by `<namespace>/<pod>`. */
export type Table = Readonly<Record<string, Row>>;

const keyOf = ({ namespace, name }: { readonly namespace: string; readonly name: string }) => `${namespace}/${name}`;
const keyOfNode = ({ namespace, pod }: PlacedNode) => `${namespace}/${pod}`;

/** What there must be: every pod ready in its zone, every volume with it. */
export function placedTable(placement: Placement, { objects }: SiteManifests): Table {
  const claims = objects.filter(({ kind }) => kind === "PersistentVolumeClaim");
  return Object.fromEntries(
    placement.nodes.map((node) => {
      const own = claims.filter(
        ({ metadata }) => metadata.namespace === node.namespace && metadata.name.endsWith(`-${node.pod}`),
      );
      const volumes = Object.fromEntries(own.map(({ metadata }) => [metadata.name, node.zone]));
      return [keyOfNode(node), { zone: node.zone, ready: true, volumes }];
    }),
  );
}

/** Every pod of a network, whoever made it. */
export const allPodsOf = (config: KubeConfig, { network }: Pick<Placement, "network">): Promise<PlacedPod[]> =>
  listPods(config, { labelSelector: `${networkLabel}=${network.name}` });

const madeBy =
  (...kinds: readonly string[]) =>
  ({ pod }: PlacedPod): boolean =>
    (pod.metadata?.ownerReferences ?? []).some(({ kind }) => kinds.includes(kind));

/** The pods of a network's nodes, those that a placement names, as the cluster has them. */
export async function podsOf(config: KubeConfig, placement: Pick<Placement, "network">): Promise<PlacedPod[]> {
  const others = madeBy("Job", "ReplicaSet");
  return (await allPodsOf(config, placement)).filter((pod) => !others(pod));
}

/** The agents and chaincode servers of a network: no volume holds them, and lost ones are made anew elsewhere or wait. */
export async function serversOf(config: KubeConfig, placement: Pick<Placement, "network">): Promise<PlacedPod[]> {
  return (await allPodsOf(config, placement)).filter(madeBy("ReplicaSet"));
}

/** What making authorities and registering nodes takes: pods that end. */
export async function jobPodsOf(config: KubeConfig, placement: Pick<Placement, "network">): Promise<PlacedPod[]> {
  return (await allPodsOf(config, placement)).filter(madeBy("Job"));
}

/** What there is. */
export async function liveTable(config: KubeConfig, placement: Placement): Promise<Table> {
  const core = config.makeApiClient(CoreV1Api);
  const [pods, { items: claims }, { items: volumes }] = await Promise.all([
    podsOf(config, placement),
    core.listPersistentVolumeClaimForAllNamespaces(),
    core.listPersistentVolume(),
  ]);
  const zoneOf = (namespace: string, claim: string): string | undefined => {
    const found = claims.find(({ metadata }) => metadata?.namespace === namespace && metadata.name === claim);
    return zoneOfVolume(volumes.find(({ metadata }) => metadata?.name === found?.spec?.volumeName));
  };
  return Object.fromEntries(
    pods.map((pod) => {
      const used = (pod.pod.spec?.volumes ?? []).flatMap(
        ({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName ?? [],
      );
      const zones = Object.fromEntries(used.map((claim) => [claim, zoneOf(pod.namespace, claim)]));
      return [keyOf(pod), { zone: pod.zone, ready: pod.ready, volumes: zones }];
    }),
  );
}

function zoneOfVolume(volume: V1PersistentVolume | undefined): string | undefined {
  const terms = volume?.spec?.nodeAffinity?.required?.nodeSelectorTerms ?? [];
  const zones = terms.flatMap(({ matchExpressions = [] }) =>
    matchExpressions.filter(({ key }) => key === zoneLabel).flatMap(({ values }) => values ?? []),
  );
  return zones.length === 0 ? undefined : zones.join();
}

/** Waits until as many pods are ready as the placement has. Where they are is for the test to say. */
export async function allReady(config: KubeConfig, placement: Placement): Promise<void> {
  const wanted = placement.nodes.length;
  await eventually(`${wanted} pods are ready`, async () => {
    const pods = await podsOf(config, placement);
    return pods.length === wanted && pods.every(({ ready, pod }) => ready && !pod.metadata?.deletionTimestamp);
  });
}

/** The uid of each pod: another one is another pod. */
export async function uidsOf(config: KubeConfig, placement: Placement): Promise<Readonly<Record<string, string>>> {
  const pods = await podsOf(config, placement);
  return Object.fromEntries(pods.map((pod) => [keyOf(pod), pod.pod.metadata?.uid ?? ""]));
}

/** The pods of the first that are other ones in the second, or gone. */
export function replaced(before: Readonly<Record<string, string>>, after: Readonly<Record<string, string>>): string[] {
  return Object.keys(before).filter((pod) => after[pod] !== before[pod]);
}

/** Deletes every pod at once and gives none the time to end: `kubectl delete pod --all --force --grace-period=0`. */
export async function forceDeleteAll(config: KubeConfig, placement: Placement): Promise<void> {
  const core = config.makeApiClient(CoreV1Api);
  const pods = await allPodsOf(config, placement);
  await Promise.all(
    pods.map(({ name, namespace }) => core.deleteNamespacedPod({ name, namespace, gracePeriodSeconds: 0 })),
  );
  const gone = new Set(pods.map(({ pod }) => pod.metadata?.uid));
  await eventually("no pod is the one that it was", async () =>
    (await allPodsOf(config, placement)).every(({ pod }) => !gone.has(pod.metadata?.uid)),
  );
}
