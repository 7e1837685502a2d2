/** The Node objects of a sandbox. */
import type { V1Node } from "@kubernetes/client-node";
import type { ZoneSpec } from "../state";
import { hostnameLabel, simulatedLabel, zoneLabel } from "./labels";

/** Two full zones and a witness, which is big enough for the odd ordering node and nothing else. */
export const defaultZones: readonly ZoneSpec[] = [
  { name: "zone-a", nodes: 2 },
  { name: "zone-b", nodes: 2 },
  { name: "zone-c", nodes: 1 },
];

/** The most zones a sandbox can have, and nodes a zone: each node has a /24 of 10.244.0.0/16 for its pods. */
export const maximumNodes = 254;

/** The name of the n-th node (from 1) of a zone. */
const nodeName = (zone: string, n: number): string => `${zone}-node-${n}`;

/**
 * The Node objects of these zones, as their kubelets would register them: labelled with zone and host name, with
 * addresses of their own, big enough that nothing is ever refused for want of room.
 * @param cluster which of several clusters this is: nobody's address is that of another's node
 * Source of labels: kubernetes.io, "Well-Known Labels, Annotations and Taints".
 */
export function simulatedNodes(zones: readonly ZoneSpec[], cluster = 0): V1Node[] {
  const names = zones.flatMap((zone) =>
    Array.from({ length: zone.nodes }, (_, index) => ({
      zone: zone.label ?? zone.name,
      name: nodeName(zone.name, index + 1),
    })),
  );
  const resources = { cpu: "64", memory: "256Gi", "ephemeral-storage": "1Ti", pods: "1000" };
  return names.map(({ zone, name }, index) => ({
    apiVersion: "v1",
    kind: "Node",
    metadata: {
      name,
      labels: {
        [hostnameLabel]: name,
        [zoneLabel]: zone,
        [simulatedLabel]: "true",
        "topology.kubernetes.io/region": "sandbox",
        "kubernetes.io/os": "linux",
        "kubernetes.io/arch": "amd64",
      },
      // Other tools know a simulated node by KWOK's own mark.
      annotations: { "kwok.x-k8s.io/node": "fake" },
    },
    spec: { podCIDR: `10.244.${index + 1}.0/24`, podCIDRs: [`10.244.${index + 1}.0/24`] },
    status: {
      addresses: [
        { type: "InternalIP", address: `10.245.${cluster}.${index + 1}` },
        { type: "Hostname", address: name },
      ],
      capacity: resources,
      allocatable: resources,
      nodeInfo: {
        architecture: "amd64",
        operatingSystem: "linux",
        osImage: "simulated",
        kernelVersion: "simulated",
        kubeletVersion: "v1.36.3",
        kubeProxyVersion: "",
        containerRuntimeVersion: "simulated://0",
        bootID: name,
        machineID: name,
        systemUUID: name,
      },
    },
  }));
}

/** Whether a node's kubelet is heard of and says that all is well. */
export const isNodeReady = (node: V1Node): boolean =>
  node.status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false;
