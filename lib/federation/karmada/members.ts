import type { KubeObject } from "../../constructs/manifests";
import { appliedId, type Applied, type Federation, type Member } from "../applied";
import { commonLabels, joined } from "../join";

/** Namespace of members' credentials on the control plane (as with karmadactl). */
const credentialsNamespace = "karmada-cluster";

/** A namespace with it goes only where a policy says. */
export const hubNamespaceLabel = { "namespace.karmada.io/skip-auto-propagation": "true" };

interface Registered {
  readonly applied: readonly Applied[];
  /** What must stand before anything is sent to a member. */
  readonly ready: (member: string) => readonly string[];
}

/** Members as Karmada knows them, with the accounts by which it reaches them. */
export function karmadaMembers({ host, members }: Federation): Registered {
  const space: Applied = {
    cluster: host,
    object: {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: credentialsNamespace, labels: { ...commonLabels, ...hubNamespaceLabel } },
    },
    brings: [],
    after: [],
    common: true,
  };
  const clusters = new Map<string, string>();
  const applied = members.flatMap((member) => {
    const { objects, token, rights } = joined("karmada", host, member.name);
    const secret: Applied = {
      cluster: host,
      object: {
        apiVersion: "v1",
        kind: "Secret",
        metadata: { name: member.name, namespace: credentialsNamespace, labels: commonLabels },
        type: "Opaque",
        data: { caBundle: member.authority },
      },
      brings: [],
      after: [appliedId(space)],
      common: true,
      takes: [{ path: ["data", "token"], from: token, at: ["data", "token"] }],
    };
    const cluster: Applied = {
      cluster: host,
      object: clusterOf(member),
      brings: [],
      after: [appliedId(secret), rights],
      common: true,
    };
    clusters.set(member.name, appliedId(cluster));
    return [...objects, secret, cluster];
  });
  return {
    applied: [space, ...applied],
    ready: (member) => {
      const cluster = clusters.get(member);
      return cluster === undefined ? [] : [cluster];
    },
  };
}

function clusterOf({ name, endpoint, provider, region, zones }: Member): KubeObject {
  return {
    apiVersion: "cluster.karmada.io/v1alpha1",
    kind: "Cluster",
    metadata: { name, labels: commonLabels, annotations: { "pulumi.com/waitFor": "condition=Ready" } },
    spec: {
      syncMode: "Push",
      apiEndpoint: endpoint,
      secretRef: { namespace: credentialsNamespace, name },
      ...(provider === undefined ? {} : { provider }),
      ...(region === undefined ? {} : { region }),
      ...(zones === undefined || zones.length === 0 ? {} : { zones }),
    },
  };
}
