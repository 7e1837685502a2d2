import type { DrbdTarget } from "../../../lib/replication/drbd/objects";
import type { LinstorTarget } from "../../../lib/replication/linstor/objects";

const target = (site: string) => ({ network: "trade", namespace: "trade-storage", site });

export const drbdTarget = (site: string): DrbdTarget => ({
  ...target(site),
  image: "registry.example.com/drbd-utils:9.22",
});

export const linstorTarget = (site: string): LinstorTarget => ({
  ...target(site),
  controller: "http://linstor.example.com:3370",
  pool: { name: "thin", volumeGroup: "vg0", thinPool: "thin" },
  regionLabel: "topology.kubernetes.io/region",
  nodes: { "fabric-topologies.dev/replicates": "true" },
});
