/** Gives claims of the sandbox's StorageClasses a volume in their zone, lets volumes grow, and removes them. */
import { mkdir, rm } from "node:fs/promises";
import * as path from "node:path";
import {
  ApiException,
  CoreV1Api,
  type KubeConfig,
  type KubernetesObject,
  PatchStrategy,
  setHeaderOptions,
  StorageV1Api,
  type V1Node,
  type V1PersistentVolume,
  type V1PersistentVolumeClaim,
  type V1StorageClass,
} from "@kubernetes/client-node";
import { reasonOf } from "../errors";
import type { NodeKind } from "../state";
import { growth, isToBeDeleted, provisioning, selectedNodeAnnotation, volumeName, zonalVolume } from "./zonal-volume";
import { watched, type Watched } from "./watched";

const retryMilliseconds = 1_000;
const mergePatch = setHeaderOptions("Content-Type", PatchStrategy.MergePatch);

/** Runs inside the daemon for as long as the sandbox does. */
export interface Provisioner {
  stop(): Promise<void>;
}

interface Caches {
  readonly claims: Watched<V1PersistentVolumeClaim>;
  readonly volumes: Watched<V1PersistentVolume>;
  readonly classes: Watched<V1StorageClass>;
  readonly nodes: Watched<V1Node>;
}

/**
 * Starts the provisioner. It looks at everything whenever anything changes: a sandbox has hundreds of volumes at most,
 * and looking at all of them cannot miss one.
 * @param folder where the volumes' own folders are made
 */
export async function startProvisioner(
  config: KubeConfig,
  nodes: NodeKind,
  folder: string,
  log: (line: string) => void,
): Promise<Provisioner> {
  const core = config.makeApiClient(CoreV1Api);
  const storage = config.makeApiClient(StorageV1Api);
  let stopped = false;
  let changed = false;
  let running: Promise<void> | undefined;
  let retry: NodeJS.Timeout | undefined;

  const pass = async (): Promise<void> => {
    // Never in the caller's own turn, so that `running` is set before it is cleared.
    await Promise.resolve();
    while (changed && !stopped) {
      changed = false;
      try {
        await reconcile(core, await caches, { nodes, folder }, log);
      } catch (thrown) {
        log(`volumes: ${reasonOf(thrown)}; trying again`);
        clearTimeout(retry);
        retry = setTimeout(look, retryMilliseconds);
      }
    }
    running = undefined;
  };
  const look = (): void => {
    changed = true;
    if (!stopped) running ??= pass();
  };

  const caches = watchAll(config, core, storage, look);
  const watches = Object.values(await caches);
  return {
    stop: async () => {
      stopped = true;
      clearTimeout(retry);
      await Promise.all(watches.map((cache: Watched<KubernetesObject>) => cache.stop()));
      await running;
    },
  };
}

async function watchAll(config: KubeConfig, core: CoreV1Api, storage: StorageV1Api, look: () => void): Promise<Caches> {
  const [claims, volumes, classes, nodes] = await Promise.all([
    watched(config, "/api/v1/persistentvolumeclaims", () => core.listPersistentVolumeClaimForAllNamespaces(), look),
    watched(config, "/api/v1/persistentvolumes", () => core.listPersistentVolume(), look),
    watched(config, "/apis/storage.k8s.io/v1/storageclasses", () => storage.listStorageClass(), look),
    watched(config, "/api/v1/nodes", () => core.listNode(), look),
  ]);
  return { claims, volumes, classes, nodes };
}

/** Where volumes are, and for whom. */
interface Place {
  readonly nodes: NodeKind;
  readonly folder: string;
}

async function reconcile(core: CoreV1Api, caches: Caches, place: Place, log: (line: string) => void): Promise<void> {
  const classes = new Map(caches.classes.list().map((item) => [item.metadata?.name, item]));
  const volumes = new Map(caches.volumes.list().map((item) => [item.metadata?.name, item]));
  const failures: unknown[] = [];
  const attempt = async (action: () => Promise<void>): Promise<void> => {
    await action().catch((thrown: unknown) => failures.push(thrown));
  };

  for (const claim of caches.claims.list()) {
    const storageClass = classes.get(claim.spec?.storageClassName);
    if (!storageClass) continue;
    const decision = provisioning(claim, storageClass, caches.nodes.list());
    if (decision.do === "provision" && !volumes.has(volumeName(claim))) {
      await attempt(() => provision(core, claim, storageClass, decision.zone, place, log));
    } else if (decision.do === "reschedule") {
      await attempt(() => letReschedule(core, claim, decision.why, log));
    }
    const volume = volumes.get(claim.spec?.volumeName);
    const size = growth(claim, volume, storageClass);
    if (size !== undefined && volume) await attempt(() => grow(core, claim, volume, size, log));
  }
  for (const volume of volumes.values()) {
    if (isToBeDeleted(volume)) await attempt(() => remove(core, volume, place.folder, log));
  }
  if (failures.length > 0) throw new Error(failures.map(reasonOf).join("; "));
}

const nameOf = (claim: V1PersistentVolumeClaim): { name: string; namespace: string } => ({
  name: claim.metadata?.name ?? "",
  namespace: claim.metadata?.namespace ?? "",
});

const isStatus = (thrown: unknown, code: number): boolean => thrown instanceof ApiException && thrown.code === code;

async function provision(
  core: CoreV1Api,
  claim: V1PersistentVolumeClaim,
  storageClass: V1StorageClass,
  zone: string,
  { nodes, folder }: Place,
  log: (line: string) => void,
): Promise<void> {
  const data = path.join(folder, volumeName(claim));
  await mkdir(data, { recursive: true, mode: 0o700 });
  try {
    await core.createPersistentVolume({ body: zonalVolume(claim, storageClass, zone, data, nodes) });
  } catch (thrown) {
    // Made in an earlier pass; the watch has not told us yet.
    if (!isStatus(thrown, 409)) throw thrown;
    return;
  }
  const { namespace, name } = nameOf(claim);
  log(`volumes: ${volumeName(claim)} in ${zone} for claim ${namespace}/${name}`);
}

async function letReschedule(
  core: CoreV1Api,
  claim: V1PersistentVolumeClaim,
  why: string,
  log: (line: string) => void,
): Promise<void> {
  const { namespace, name } = nameOf(claim);
  const body = { metadata: { annotations: { [selectedNodeAnnotation]: null } } };
  await core.patchNamespacedPersistentVolumeClaim({ namespace, name, body }, mergePatch);
  log(`volumes: claim ${namespace}/${name} must be scheduled again: ${why}`);
}

/** The volume first: a claim must never state a size that its volume does not have. */
async function grow(
  core: CoreV1Api,
  claim: V1PersistentVolumeClaim,
  volume: V1PersistentVolume,
  size: string,
  log: (line: string) => void,
): Promise<void> {
  const capacity = { capacity: { storage: size } };
  await core.patchPersistentVolume({ name: volume.metadata?.name ?? "", body: { spec: capacity } }, mergePatch);
  const { namespace, name } = nameOf(claim);
  const body = { status: { ...capacity, conditions: null, allocatedResources: null, allocatedResourceStatuses: null } };
  await core.patchNamespacedPersistentVolumeClaimStatus({ namespace, name, body }, mergePatch);
  log(`volumes: claim ${namespace}/${name} grew to ${size}`);
}

async function remove(
  core: CoreV1Api,
  volume: V1PersistentVolume,
  folder: string,
  log: (line: string) => void,
): Promise<void> {
  const name = volume.metadata?.name ?? "";
  try {
    await core.deletePersistentVolume({ name });
  } catch (thrown) {
    if (!isStatus(thrown, 404)) throw thrown;
    return;
  }
  await rm(path.join(folder, path.basename(name)), { recursive: true, force: true });
  log(`volumes: ${name} removed with its claim`);
}
