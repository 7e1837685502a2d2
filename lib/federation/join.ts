import type { KubeObject } from "../constructs/manifests";
import { appliedId, type Applied } from "./applied";

/** Objects about the federation itself: of no network. */
export const commonLabels = { "app.kubernetes.io/managed-by": "fabric-topologies" };

/** Where an engine's account is on a member, and its name. */
export function joinedAccount(
  engine: "karmada" | "kubefed",
  host: string,
  member: string,
): { readonly namespace: string; readonly name: string } {
  return engine === "karmada"
    ? { namespace: "karmada-cluster", name: `karmada-${host}` }
    : { namespace: "kube-federation-system", name: `${member}-${host}` };
}

/** What a member is told so that an engine may act there. */
export interface Joined {
  readonly objects: readonly Applied[];
  /** {@link appliedId} of the Secret in which the member puts the token. */
  readonly token: string;
  /** What must stand before the member is registered. */
  readonly rights: string;
}

/**
 * An account for an engine on a member, with a token that does not end, and every right, as `kubefedctl join` and `karmadactl
 * join` give it: who may run Deployments with any account of a cluster has all its rights anyway, and an engine that may not
 * list one kind stops taking any (KubeFed).
 */
export function joined(engine: "karmada" | "kubefed", host: string, member: string): Joined {
  const { namespace, name: account } = joinedAccount(engine, host, member);
  const metadata = { name: account, labels: commonLabels };
  const name = `fabric-topologies:${account}`;
  const cluster = (apiVersion: string, kind: string, called: string, rest: object = {}): KubeObject => ({
    apiVersion,
    kind,
    metadata: { name: called, labels: commonLabels },
    ...rest,
  });
  const applied = (object: KubeObject, ...after: readonly Applied[]): Applied => ({
    cluster: member,
    object,
    brings: [],
    after: after.map(appliedId),
    common: true,
  });
  const space = applied(cluster("v1", "Namespace", namespace));
  const user = applied(
    {
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: { ...metadata, namespace },
      automountServiceAccountToken: false,
    },
    space,
  );
  const token = applied(
    {
      apiVersion: "v1",
      kind: "Secret",
      metadata: {
        ...metadata,
        namespace,
        annotations: { "kubernetes.io/service-account.name": account },
      },
      type: "kubernetes.io/service-account-token",
    },
    user,
  );
  const role = applied(
    cluster("rbac.authorization.k8s.io/v1", "ClusterRole", name, {
      rules: [
        { apiGroups: ["*"], resources: ["*"], verbs: ["*"] },
        { nonResourceURLs: ["*"], verbs: ["get"] },
      ],
    }),
  );
  const binding = applied(
    cluster("rbac.authorization.k8s.io/v1", "ClusterRoleBinding", name, {
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name },
      subjects: [{ kind: "ServiceAccount", name: account, namespace }],
    }),
    role,
    user,
  );
  return {
    objects: [space, user, token, role, binding],
    token: appliedId(token),
    rights: appliedId(binding),
  };
}
