import { KubeRole, KubeRoleBinding, type PolicyRule } from "cdk8s-plus-28/lib/imports/k8s";
import { Construct } from "constructs";
import { isSpread } from "../fabric/border";
import type { Consortium } from "../fabric/consortium";
import { agentName, identityObjects, namespaceName } from "../spec/names";
import type { Network, Organisation } from "../spec/network";
import { organisationLabels, roleSelector } from "./labels";

/** The ConfigMaps that an organisation's agent publishes. */
export function publishedBy({ channels }: Consortium): string[] {
  return [
    "agent-status",
    identityObjects.msp,
    ...channels.flatMap(({ name }) => [`channel-${name}`, `orderers-${name}`, `signature-${name}`]),
  ];
}

/**
 * Who may read by name what is published in an organisation's namespace: the agents of all organisations. In clusters where
 * the organisation has no nodes, that is the certificates that Pulumi brings there.
 */
export class PublicNotices extends Construct {
  constructor(
    scope: Construct,
    id: string,
    {
      network,
      organisation,
      consortium,
    }: { readonly network: Network; readonly organisation: Organisation; readonly consortium: Consortium },
  ) {
    super(scope, id);
    const name = "agent-public";
    const metadata = {
      namespace: namespaceName(network, organisation),
      name,
      labels: {
        ...organisationLabels(network, organisation),
        ...roleSelector("agent"),
        "app.kubernetes.io/name": "fabric-topologies-agent",
        "app.kubernetes.io/component": "agent",
      },
    };
    const brought = isSpread(consortium) ? [identityObjects.mspAbroad] : [];
    const rule: PolicyRule = {
      apiGroups: [""],
      resources: ["configmaps"],
      verbs: ["get"],
      resourceNames: [...publishedBy(consortium), ...brought],
    };
    new KubeRole(this, "role", { metadata, rules: [rule] });
    new KubeRoleBinding(this, "binding", {
      metadata,
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name },
      subjects: network.organisations.map((each) => ({
        kind: "ServiceAccount",
        name: agentName,
        namespace: namespaceName(network, each),
      })),
    });
  }
}
