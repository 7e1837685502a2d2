import {
  IntOrString,
  KubeNetworkPolicy,
  type NetworkPolicyEgressRule,
  type NetworkPolicyPeer,
  type NetworkPolicyPort,
} from "cdk8s-plus-28/lib/imports/k8s";
import { Construct } from "constructs";
import { flows, type Flow, type Outside, type Party } from "../fabric/flows";
import { namespaceName } from "../spec/names";
import type { Network, Organisation } from "../spec/network";
import type { Site } from "../spec/settings";
import { labelKeys, organisationLabels, roleSelector, type WorkloadRole } from "./labels";

/**
 * Default deny in both directions, then exactly the flows of `lib/fabric/flows.ts` and the cluster's DNS: one policy per
 * role, read off the same list on both ends, so that what one side may send the other may receive.
 */
export class NetworkPolicies extends Construct {
  constructor(scope: Construct, id: string, { network, organisation, site }: NetworkPoliciesProps) {
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
          ingress: flows
            .filter(({ to }) => to === role)
            .flatMap((flow) => rule("from", flow, parties(network, organisation, flow, flow.from))),
          egress: flows
            .filter(({ from }) => from === role)
            .flatMap((flow) => {
              if (flow.to === "API server") return [apiServer(site)];
              if (flow.to === "database") return registry(organisation);
              return rule("to", flow, parties(network, organisation, flow, flow.to));
            }),
        },
      });
    }
  }
}

export interface NetworkPoliciesProps {
  readonly network: Network;
  readonly organisation: Organisation;
  readonly site: Site;
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

/**
 * The API server: no pod, so it is named by address. A Service's port is translated before policies see it, so its own
 * port is allowed beside the 443 of clusters that show the Service itself.
 */
function apiServer({ apiServer: { cidr, port: own } }: Site): NetworkPolicyEgressRule {
  return { to: [{ ipBlock: { cidr } }], ports: [...new Set([443, own])].map((number) => port(number)) };
}

/** The database that an organisation's authorities share, if any; by address, as it may be anywhere. */
function registry({ ca }: Organisation): NetworkPolicyEgressRule[] {
  const { postgresql } = ca.registry;
  return postgresql === undefined
    ? []
    : [{ to: [{ ipBlock: { cidr: postgresql.cidr } }], ports: [port(postgresql.port)] }];
}

function rule<Direction extends "from" | "to">(direction: Direction, flow: Flow, others: NetworkPolicyPeer[]) {
  return others.length === 0 ? [] : [{ [direction]: others, ports: flow.ports.map((number) => port(number)) }];
}

/** The pods on the other end of a flow, organisation by organisation. */
function parties(
  network: Network,
  organisation: Organisation,
  { between }: Flow,
  party: Exclude<Party, Outside>,
): NetworkPolicyPeer[] {
  if (party === "application") return [labelledNamespaces(labelKeys.clientsOf, network)];
  if (party === "monitor") return [labelledNamespaces(labelKeys.monitorsOf, network)];
  const own = between === "own organisation" ? [organisation] : network.organisations;
  const mates = between === "channel mates" ? channelMatesOf(network, organisation) : undefined;
  return own
    .filter((other) => mates?.has(other.name) ?? true)
    .filter((other) => rolesOf(other).includes(party))
    .map((other) => podsOf(network, other, party));
}

/** The pods of whichever namespaces bear a label with the network's name. */
function labelledNamespaces(label: string, network: Network): NetworkPolicyPeer {
  return { namespaceSelector: { matchLabels: { [label]: network.name } } };
}

/** The kinds of pods that an organisation has. Those that call chaincode and gateways belong to its peers. */
function rolesOf({ peers, orderers }: Organisation): WorkloadRole[] {
  return [
    "ca-init",
    "ca",
    "register",
    ...(orderers === undefined ? [] : (["orderer"] as const)),
    ...(peers.length === 0 ? [] : (["peer", "chaincode", "client"] as const)),
    "agent",
  ];
}

function podsOf(network: Network, organisation: Pick<Organisation, "name">, role: WorkloadRole): NetworkPolicyPeer {
  return {
    namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespaceName(network, organisation) } },
    podSelector: { matchLabels: roleSelector(role) },
  };
}

/** The organisations whose peers ever need those of one: itself, and the members of its channels. */
function channelMatesOf(network: Network, { name }: Organisation): ReadonlySet<string> {
  return new Set([name, ...network.channels.flatMap(({ members }) => (members.includes(name) ? members : []))]);
}
