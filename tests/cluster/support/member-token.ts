import { CoreV1Api, RbacAuthorizationV1Api } from "@kubernetes/client-node";
import { loadConfig } from "../../../sandbox/controlplane/client";
import type { FederatedCluster } from "../../../sandbox/federation/federation";
import { eventually } from "./cluster";

/** A token of a new administrator of a member, in base64 as Secrets have it: what `kubefedctl join` would leave behind. */
export async function adminToken(member: FederatedCluster): Promise<string> {
  const config = loadConfig(member.kubeconfig);
  const core = config.makeApiClient(CoreV1Api);
  const [name, namespace] = ["federation", "kube-system"];
  await core.createNamespacedServiceAccount({ namespace, body: { metadata: { name } } });
  await config.makeApiClient(RbacAuthorizationV1Api).createClusterRoleBinding({
    body: {
      metadata: { name },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "cluster-admin" },
      subjects: [{ kind: "ServiceAccount", name, namespace }],
    },
  });
  const annotations = { "kubernetes.io/service-account.name": name };
  const type = "kubernetes.io/service-account-token";
  await core.createNamespacedSecret({ namespace, body: { metadata: { name, annotations }, type } });
  let token: string | undefined;
  await eventually(`${member.name} gives a token`, async () => {
    token = (await core.readNamespacedSecret({ namespace, name })).data?.["token"];
    return token !== undefined;
  });
  return token ?? "";
}

/** The certificates by which a member's API server is known, in base64. */
export const authorityOf = ({ kubeconfig }: FederatedCluster): string =>
  loadConfig(kubeconfig).getCurrentCluster()?.caData ?? "";
