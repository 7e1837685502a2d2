import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { KubeObject } from "../../constructs/manifests";
import type { ReplicatedVolume } from "../model";
import { labelsOf, replicasAt, replicationObject, type Target } from "../objects";
import { createMetadata } from "./metadata";
import { drbdResource } from "./resource";

/** Somebody who installs DRBD 9 on a node says so by this label; the kernel's own DRBD is 8.4 and of no use here. */
export const drbdNodeLabel = "fabric-topologies.dev/drbd9";

export interface DrbdTarget extends Target {
  /** An image with drbd-utils of the nodes' DRBD, a shell and coreutils; nobody publishes one that we could name. */
  readonly image: string;
}

/**
 * What a cluster gets for volumes that DRBD replicates: resource files, a DaemonSet that applies them on nodes that have DRBD
 * 9, and a local volume on `/dev/drbd<minor>` for each set (requirement R8). A cluster without machines of any gets nothing.
 *
 * The DaemonSet is privileged and in the host's network, as DRBD is the kernel's: its namespace cannot be `restricted`.
 */
export function drbdObjects(volumes: readonly ReplicatedVolume[], target: DrbdTarget): KubeObject[] {
  const here = volumes.filter((volume) => replicasAt(volume, target.site).length > 0);
  if (here.length === 0) return [];
  return [
    resourceFiles(here, target),
    daemonSet(here, target),
    storageClass(target),
    ...here.map((volume) => persistentVolume(volume, target)),
  ];
}

/** Where no class is named: volumes that are made beforehand, bound when a pod is. */
const drbdStorageClass = (network: string): string => `${network}-drbd`;

function resourceFiles(volumes: readonly ReplicatedVolume[], { network, namespace }: Target): KubeObject {
  const data = Object.fromEntries(
    volumes.flatMap((volume) => [
      [`${volume.name}.res`, drbdResource(volume)],
      [`${volume.name}.create-md`, `${createMetadata(volume).join(" ")}\n`],
    ]),
  );
  return replicationObject(network, "v1", "ConfigMap", { name: "drbd", namespace }, { data });
}

function daemonSet(volumes: readonly ReplicatedVolume[], { network, namespace, site, image }: DrbdTarget): KubeObject {
  const selected = { ...labelsOf(network), "app.kubernetes.io/name": "drbd" };
  const nodes = [...new Set(volumes.flatMap((volume) => replicasAt(volume, site).map(({ node }) => node)))].sort();
  const names = [{ key: "metadata.name", operator: "In", values: nodes }];
  return replicationObject(
    network,
    "apps/v1",
    "DaemonSet",
    { name: "drbd", namespace },
    {
      spec: {
        selector: { matchLabels: selected },
        // Of two machines at once, both copies of the city might stand still.
        updateStrategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 1 } },
        template: {
          metadata: { labels: selected },
          spec: {
            automountServiceAccountToken: false,
            hostNetwork: true,
            dnsPolicy: "ClusterFirstWithHostNet",
            priorityClassName: "system-node-critical",
            nodeSelector: { [drbdNodeLabel]: "true" },
            affinity: {
              nodeAffinity: {
                requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchFields: names }] },
              },
            },
            // Storage must be there before what needs it, whatever a node is kept from.
            tolerations: [{ operator: "Exists" }],
            containers: [container(image)],
            volumes: [
              { name: "files", configMap: { name: "drbd" } },
              { name: "devices", hostPath: { path: "/dev", type: "Directory" } },
              { name: "configuration", hostPath: { path: "/etc/drbd.d", type: "DirectoryOrCreate" } },
              { name: "state", hostPath: { path: "/var/lib/drbd", type: "DirectoryOrCreate" } },
            ],
          },
        },
      },
    },
  );
}

function container(image: string): object {
  return {
    name: "drbd",
    image,
    command: ["sh", "-c", script()],
    securityContext: { privileged: true },
    resources: { requests: { cpu: "10m", memory: "32Mi" }, limits: { memory: "128Mi" } },
    terminationMessagePolicy: "FallbackToLogsOnError",
    volumeMounts: [
      { name: "files", mountPath: "/etc/fabric-topologies/drbd", readOnly: true },
      { name: "devices", mountPath: "/dev" },
      { name: "configuration", mountPath: "/etc/drbd.d" },
      { name: "state", mountPath: "/var/lib/drbd" },
    ],
  };
}

/** Its comments stay here. */
const script = (): string =>
  readFileSync(join(__dirname, "apply.sh"), "utf8")
    .replaceAll(/^\s*#.*\n/gm, "")
    .trim();

function storageClass({ network }: Target): KubeObject {
  return replicationObject(
    network,
    "storage.k8s.io/v1",
    "StorageClass",
    { name: drbdStorageClass(network) },
    {
      provisioner: "kubernetes.io/no-provisioner",
      volumeBindingMode: "WaitForFirstConsumer",
      reclaimPolicy: "Retain",
    },
  );
}

function persistentVolume(volume: ReplicatedVolume, { network, site }: Target): KubeObject {
  const nodes = replicasAt(volume, site).map(({ node }) => node);
  return replicationObject(
    network,
    "v1",
    "PersistentVolume",
    { name: `${network}-${volume.name}`, annotations: { "fabric-topologies.dev/protects": volume.protects } },
    {
      spec: {
        capacity: { storage: volume.size },
        accessModes: ["ReadWriteOnce"],
        volumeMode: "Filesystem",
        // What is replicated outlives whoever claimed it.
        persistentVolumeReclaimPolicy: "Retain",
        storageClassName: drbdStorageClass(network),
        local: { path: `/dev/drbd${volume.minor}`, fsType: "ext4" },
        nodeAffinity: {
          required: {
            nodeSelectorTerms: [
              { matchExpressions: [{ key: "kubernetes.io/hostname", operator: "In", values: nodes }] },
            ],
          },
        },
      },
    },
  );
}
