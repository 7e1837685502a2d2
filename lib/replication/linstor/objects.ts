import type { KubeObject } from "../../constructs/manifests";
import { activityExtents, sendBuffer, type Link, type Overload, type Replica, type ReplicatedVolume } from "../model";
import { replicationObject, type Target } from "../objects";
import { tuningOf } from "../tuning";

/** What LINSTOR has to know beside the volumes. */
export interface LinstorTarget extends Target {
  /** Where a LINSTOR controller outside of the cluster answers, shared by all centers; without it Piraeus starts one here. */
  readonly controller?: string;
  /** The thin pool that volumes are made in, on every machine. */
  readonly pool: { readonly name: string; readonly volumeGroup: string; readonly thinPool: string };
  /** Label of nodes by which cities differ. */
  readonly regionLabel: string;
  /** Label of nodes that hold copies, and its value. */
  readonly nodes: Readonly<Record<string, string>>;
}

/** The class of a volume, by which claims of it are made. */
const linstorStorageClass = (network: string, volume: string): string => `${network}-${volume}`;

/**
 * What a cluster gets for volumes that Piraeus replicates (requirement R8): the cluster, its satellites with the thin pool,
 * the connections' protocols, and a class for each volume. Fields as piraeus-operator 2.6 has them, keys of classes as
 * linstor-csi 1.12 does. Volumes that lie in different clusters need one controller outside that all reach.
 */
export function linstorObjects(volumes: readonly ReplicatedVolume[], target: LinstorTarget): KubeObject[] {
  const here = volumes.filter(({ replicas }) => replicas.some(({ site }) => site === target.site));
  const [first] = here;
  if (first === undefined) return [];
  return [
    cluster(target),
    satellites(target),
    connection(target, "city", "Same", first.city, { mode: "block" }),
    connection(target, "remote", "NotSame", first.remote, first.overload),
    ...here.map((volume) => storageClass(volume, target)),
  ];
}

function cluster({ network, controller, nodes }: LinstorTarget): KubeObject {
  const external = controller === undefined ? {} : { externalController: { url: controller } };
  const spec = { nodeSelector: nodes, ...external };
  return replicationObject(network, "piraeus.io/v1", "LinstorCluster", { name: "linstorcluster" }, { spec });
}

function satellites({ network, nodes, pool }: LinstorTarget): KubeObject {
  return replicationObject(
    network,
    "piraeus.io/v1",
    "LinstorSatelliteConfiguration",
    { name: `${network}-satellites` },
    {
      spec: {
        nodeSelector: nodes,
        storagePools: [{ name: pool.name, lvmThinPool: { volumeGroup: pool.volumeGroup, thinPool: pool.thinPool } }],
        // In the pod's own network a restart of the satellite would cut replication, and nobody outside would reach it.
        podTemplate: { spec: { hostNetwork: true, dnsPolicy: "ClusterFirstWithHostNet" } },
      },
    },
  );
}

function connection(
  { network, regionLabel }: LinstorTarget,
  name: "city" | "remote",
  op: "Same" | "NotSame",
  link: Link,
  overload: Overload,
): KubeObject {
  return replicationObject(
    network,
    "piraeus.io/v1",
    "LinstorNodeConnection",
    { name: `${network}-${name}` },
    {
      spec: {
        selector: [{ matchLabels: [{ key: regionLabel, op }] }],
        properties: Object.entries(properties(link, overload)).map(([key, value]) => ({ name: key, value })),
      },
    },
  );
}

/** LINSTOR's names of DRBD's options, in its units: KiB/s for rates, KiB for the fill target, bytes for the buffer. */
function properties(link: Link, overload: Overload): Readonly<Record<string, string>> {
  const { planAhead, fillTarget, maxRate, minRate, pingTimeout } = tuningOf(link);
  return {
    "DrbdOptions/Net/protocol": link.protocol,
    ...(link.protocol === "A"
      ? { "DrbdOptions/Net/sndbuf-size": String(sendBuffer), "DrbdOptions/Net/ping-timeout": String(pingTimeout) }
      : {}),
    ...(overload.mode === "block"
      ? {}
      : {
          "DrbdOptions/Net/on-congestion": "pull-ahead",
          "DrbdOptions/Net/congestion-fill": String(overload.fill / 512),
          "DrbdOptions/Net/congestion-extents": String(overload.extents),
        }),
    "DrbdOptions/PeerDevice/c-plan-ahead": String(planAhead),
    "DrbdOptions/PeerDevice/c-fill-target": String(Math.ceil(fillTarget / 512)),
    "DrbdOptions/PeerDevice/c-max-rate": String(maxRate),
    "DrbdOptions/PeerDevice/c-min-rate": String(minRate),
  };
}

function storageClass({ name, replicas }: ReplicatedVolume, { network, pool, regionLabel }: LinstorTarget): KubeObject {
  const count = (center: Replica["center"]) => replicas.filter((one) => one.center === center).length;
  return replicationObject(
    network,
    "storage.k8s.io/v1",
    "StorageClass",
    { name: linstorStorageClass(network, name) },
    {
      provisioner: "linstor.csi.linbit.com",
      volumeBindingMode: "WaitForFirstConsumer",
      reclaimPolicy: "Retain",
      allowVolumeExpansion: true,
      parameters: {
        "linstor.csi.linbit.com/storagePool": pool.name,
        "linstor.csi.linbit.com/placementCount": String(replicas.length),
        // A map in YAML: so many copies in one region, the rest in another.
        "linstor.csi.linbit.com/xReplicasOnDifferent": `${regionLabel}: ${count("city")}\n`,
        "linstor.csi.linbit.com/allowRemoteVolumeAccess": "false",
        "csi.storage.k8s.io/fstype": "ext4",
        "property.linstor.csi.linbit.com/DrbdOptions/Resource/quorum": "majority",
        "property.linstor.csi.linbit.com/DrbdOptions/Resource/on-no-quorum": "suspend-io",
        "property.linstor.csi.linbit.com/DrbdOptions/Disk/al-extents": String(activityExtents),
        // What no connection says otherwise: never synchronous over the border by oversight.
        "property.linstor.csi.linbit.com/DrbdOptions/Net/protocol": "A",
      },
    },
  );
}
