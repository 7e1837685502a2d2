import {
  IntOrString,
  KubeNetworkPolicy,
  type NetworkPolicyEgressRule,
  type NetworkPolicyIngressRule,
  type NetworkPolicyPeer,
  type NetworkPolicyPort,
} from "cdk8s-plus-28/lib/imports/k8s";
import { Construct } from "constructs";
import { flows, type Flow, type Party } from "../fabric/flows";
import { namespaceName, orderingOrganisations } from "../spec/names";
import type { Network, Organisation } from "../spec/network";
import { labelKeys, organisationLabels, roleSelector, type WorkloadRole } from "./labels";

/**
 * Default deny in both directions, then exactly the flows of `lib/fabric/flows.ts` and the cluster's DNS: one policy per
 * role, read off the same list on both ends, so that what one side may send the other may receive.
 */
export class NetworkPolicies extends Construct {
  constructor(scope: Construct, id: string, network: Network, organisation: Organisation) {
    super(scope, id);
    const metadata = {
      namespace: namespaceName(network, organisation),
      labels: organisationLabels(network, organisation),
    };
    new KubeNetworkPolicy(this, "default-deny", {
      metadata: { ...metadata, name: "default-deny" },
      spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
    });
    new KubeNetworkPolicy(this, "dns", {
      metadata: { ...metadata, name: "dns" },
      spec: { podSelector: {}, policyTypes: ["Egress"], egress: [clusterDns] },
    });
    for (const role of rolesOf(organisation)) {
      new KubeNetworkPolicy(this, role, {
        metadata: { ...metadata, name: role },
        spec: {
          podSelector: { matchLabels: roleSelector(role) },
          policyTypes: ["Ingress", "Egress"],
          ingress: flows.filter(({ to }) => to === role).flatMap((flow) => receive(network, organisation, flow)),
          egress: flows.filter(({ from }) => from === role).flatMap((flow) => send(network, organisation, flow)),
        },
      });
    }
  }
}

const port = (number: number, protocol: "TCP" | "UDP" = "TCP"): NetworkPolicyPort => ({
  protocol,
  port: IntOrString.fromNumber(number),
});

/** The cluster's DNS: its pods, or a cache on the node itself, which answers on a link-local address. */
const clusterDns: NetworkPolicyEgressRule = {
  to: [
    { ipBlock: { cidr: "169.254.0.0/16" } },
    {
      namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } },
      podSelector: { matchLabels: { "k8s-app": "kube-dns" } },
    },
  ],
  ports: [port(53, "UDP"), port(53, "TCP")],
};

function receive(network: Network, organisation: Organisation, flow: Flow): NetworkPolicyIngressRule[] {
  const from = parties(network, organisation, flow, flow.from);
  return from.length === 0 ? [] : [{ from, ports: [port(flow.port)] }];
}

function send(network: Network, organisation: Organisation, flow: Flow): NetworkPolicyEgressRule[] {
  const to = parties(network, organisation, flow, flow.to);
  return to.length === 0 ? [] : [{ to, ports: [port(flow.port)] }];
}

/** The pods on the other end of a flow, organisation by organisation. */
function parties(network: Network, organisation: Organisation, flow: Flow, party: Party): NetworkPolicyPeer[] {
  switch (party) {
    case "client":
      return [{ namespaceSelector: { matchLabels: { [labelKeys.clientsOf]: network.name } } }];
    case "monitor":
      return [{ namespaceSelector: { matchLabels: { [labelKeys.monitorsOf]: network.name } } }];
    case "orderer":
      return orderingOrganisations(network).map((other) => podsOf(network, other, "orderer"));
    case "peer":
      return network.organisations
        .filter(({ peers }) => peers.length > 0)
        .filter((other) => flow.between === "everyone" || areChannelMates(network, organisation, other))
        .map((other) => podsOf(network, other, "peer"));
  }
}

function podsOf(network: Network, organisation: Pick<Organisation, "name">, role: WorkloadRole): NetworkPolicyPeer {
  return {
    namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespaceName(network, organisation) } },
    podSelector: { matchLabels: roleSelector(role) },
  };
}

/** Whether two organisations' peers ever need each other: they are the same, or members of one channel. */
function areChannelMates(network: Network, one: Organisation, other: Organisation): boolean {
  return (
    one.name === other.name ||
    network.channels.some(({ members }) => members.includes(one.name) && members.includes(other.name))
  );
}

function rolesOf(organisation: Organisation): WorkloadRole[] {
  return [
    ...(organisation.peers.length > 0 ? (["peer"] as const) : []),
    ...(organisation.orderers === undefined ? [] : (["orderer"] as const)),
  ];
}
