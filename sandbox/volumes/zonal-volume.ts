/**
 * What the provisioner decides, as pure functions: which claims want a volume, in which zone, and what it looks like.
 * Contract with the scheduler and the volume controller: kubernetes.io, "Storage Classes", and the external
 * provisioner's protocol (annotations below).
 */
import type { V1Node, V1PersistentVolume, V1PersistentVolumeClaim, V1StorageClass } from "@kubernetes/client-node";
import type { NodeKind } from "../state";
import { zonalProvisioner, zoneLabel } from "../simulation/labels";
import { bytes } from "./quantity";

/** The node that the scheduler has chosen for the claim's first consumer. */
export const selectedNodeAnnotation = "volume.kubernetes.io/selected-node";
const provisionerAnnotation = "volume.kubernetes.io/storage-provisioner";
const provisionedBy = "pv.kubernetes.io/provisioned-by";

/** What to do for an unbound claim. */
export type Provisioning =
  | { readonly do: "nothing" }
  | { readonly do: "provision"; readonly zone: string }
  /** The chosen node is gone or in a zone that the class does not allow: the scheduler must choose again. */
  | { readonly do: "reschedule"; readonly why: string };

/** The zones that a class allows; undefined where it allows all. */
function allowedZones(storageClass: V1StorageClass): ReadonlySet<string> | undefined {
  const terms = storageClass.allowedTopologies ?? [];
  if (terms.length === 0) return undefined;
  return new Set(
    terms.flatMap((term) =>
      (term.matchLabelExpressions ?? [])
        .filter((expression) => expression.key === zoneLabel)
        .flatMap((expression) => expression.values),
    ),
  );
}

/** Whether a claim gets a volume now, and where. */
export function provisioning(
  claim: V1PersistentVolumeClaim,
  storageClass: V1StorageClass | undefined,
  nodes: readonly V1Node[],
): Provisioning {
  const annotations = claim.metadata?.annotations ?? {};
  if (
    storageClass?.provisioner !== zonalProvisioner ||
    annotations[provisionerAnnotation] !== zonalProvisioner ||
    claim.spec?.volumeName !== undefined ||
    claim.metadata?.deletionTimestamp !== undefined
  ) {
    return { do: "nothing" };
  }
  const allowed = allowedZones(storageClass);
  if (storageClass.volumeBindingMode !== "WaitForFirstConsumer") {
    const zones = [...new Set(nodes.flatMap((node) => node.metadata?.labels?.[zoneLabel] ?? []))].sort();
    const zone = zones.find((name) => allowed?.has(name) ?? true);
    return zone === undefined ? { do: "nothing" } : { do: "provision", zone };
  }
  const selected = annotations[selectedNodeAnnotation];
  if (selected === undefined) return { do: "nothing" };
  const zone = nodes.find((node) => node.metadata?.name === selected)?.metadata?.labels?.[zoneLabel];
  if (zone === undefined) return { do: "reschedule", why: `node ${selected} is gone or in no zone` };
  if (allowed && !allowed.has(zone)) return { do: "reschedule", why: `the class does not allow ${zone}` };
  return { do: "provision", zone };
}

/** Named by the claim's uid, so that provisioning twice finds the volume made the first time. */
export const volumeName = (claim: V1PersistentVolumeClaim): string => `pvc-${claim.metadata?.uid}`;

/** The volume for a claim: it can be used from every node of its zone, and from no other. */
export function zonalVolume(
  claim: V1PersistentVolumeClaim,
  storageClass: V1StorageClass,
  zone: string,
  folder: string,
  nodes: NodeKind = "simulated",
): V1PersistentVolume {
  return {
    apiVersion: "v1",
    kind: "PersistentVolume",
    metadata: {
      name: volumeName(claim),
      labels: { [zoneLabel]: zone },
      annotations: { [provisionedBy]: zonalProvisioner },
    },
    spec: {
      accessModes: claim.spec?.accessModes ?? ["ReadWriteOnce"],
      capacity: { storage: claim.spec?.resources?.requests?.["storage"] ?? "0" },
      volumeMode: claim.spec?.volumeMode ?? "Filesystem",
      storageClassName: storageClass.metadata?.name ?? "",
      persistentVolumeReclaimPolicy: storageClass.reclaimPolicy ?? "Delete",
      ...(storageClass.mountOptions ? { mountOptions: storageClass.mountOptions } : {}),
      // A kubelet gives a local volume to the pod's fsGroup, and a hostPath to nobody.
      ...(nodes === "real" ? { local: { path: folder } } : { hostPath: { path: folder, type: "DirectoryOrCreate" } }),
      claimRef: {
        apiVersion: "v1",
        kind: "PersistentVolumeClaim",
        name: claim.metadata?.name ?? "",
        namespace: claim.metadata?.namespace ?? "",
        uid: claim.metadata?.uid ?? "",
      },
      nodeAffinity: {
        required: {
          nodeSelectorTerms: [{ matchExpressions: [{ key: zoneLabel, operator: "In", values: [zone] }] }],
        },
      },
    },
  };
}

/** Whether a volume is ours and has lost its claim under the policy that removes it. */
export function isToBeDeleted(volume: V1PersistentVolume): boolean {
  return (
    volume.metadata?.annotations?.[provisionedBy] === zonalProvisioner &&
    volume.metadata.deletionTimestamp === undefined &&
    volume.spec?.persistentVolumeReclaimPolicy === "Delete" &&
    volume.status?.phase === "Released"
  );
}

/** The size that a bound claim asks for beyond what it has; undefined where it has what it asks for. */
export function growth(
  claim: V1PersistentVolumeClaim,
  volume: V1PersistentVolume | undefined,
  storageClass: V1StorageClass | undefined,
): string | undefined {
  if (storageClass?.provisioner !== zonalProvisioner || storageClass.allowVolumeExpansion !== true) return undefined;
  if (volume?.metadata?.annotations?.[provisionedBy] !== zonalProvisioner || claim.status?.phase !== "Bound") {
    return undefined;
  }
  const asked = claim.spec?.resources?.requests?.["storage"];
  if (asked === undefined) return undefined;
  const has = [claim.status.capacity?.["storage"], volume.spec?.capacity?.["storage"]];
  return has.every((size) => size !== undefined && bytes(size) >= bytes(asked)) ? undefined : asked;
}
