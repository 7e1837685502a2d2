import { appliedId, type Applied, type Federation } from "../applied";
import { commonLabels, joined } from "../join";
import { systemNamespace } from "./types";

interface Registered {
  readonly applied: readonly Applied[];
  /** What must stand before anything is sent to a member. */
  readonly ready: (member: string) => readonly string[];
}

/** Members as KubeFed knows them, with the accounts by which it reaches them: what `kubefedctl join` makes. */
export function kubefedMembers({ host, members }: Federation): Registered {
  const clusters = new Map<string, string>();
  const applied = members.flatMap(({ name, endpoint, authority, provider, region }) => {
    const { objects, token, rights } = joined("kubefed", host, name);
    const metadata = { namespace: systemNamespace, labels: commonLabels };
    const secret: Applied = {
      cluster: host,
      object: {
        apiVersion: "v1",
        kind: "Secret",
        metadata: { ...metadata, name: `member-${name}` },
        type: "Opaque",
      },
      brings: [],
      after: [],
      common: true,
      takes: [{ path: ["data", "token"], from: token, at: ["data", "token"] }],
    };
    const cluster: Applied = {
      cluster: host,
      object: {
        apiVersion: "core.kubefed.io/v1beta1",
        kind: "KubeFedCluster",
        metadata: {
          ...metadata,
          name,
          labels: {
            ...commonLabels,
            ...(provider === undefined ? {} : { "fabric-topologies.dev/provider": provider }),
            ...(region === undefined ? {} : { "topology.kubernetes.io/region": region }),
          },
          annotations: { "pulumi.com/waitFor": "condition=Ready" },
        },
        spec: { apiEndpoint: endpoint, caBundle: authority, secretRef: { name: `member-${name}` } },
      },
      brings: [],
      // One member that may not list a kind stops all propagation: its rights come before it does.
      after: [appliedId(secret), rights],
      common: true,
    };
    clusters.set(name, appliedId(cluster));
    return [...objects, secret, cluster];
  });
  return {
    applied,
    ready: (member) => {
      const cluster = clusters.get(member);
      return cluster === undefined ? [] : [cluster];
    },
  };
}
