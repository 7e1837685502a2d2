import {
  IntOrString,
  KubeNetworkPolicy,
  type NetworkPolicyEgressRule,
  type NetworkPolicyIngressRule,
  type NetworkPolicyPeer,
  type NetworkPolicyPort,
  type NetworkPolicySpec,
} from "cdk8s-plus-28/lib/imports/k8s";
import { Construct } from "constructs";
import { type BorderFlow, borderFlows, flows, type Flow, type Outside, type Party } from "../fabric/flows";
import { isIP } from "node:net";
import { ports } from "../fabric/ports";
import { gatewayNamespaceName, namespaceName } from "../spec/names";
import type { Network, Organisation } from "../spec/network";
import type { Settings, Site } from "../spec/settings";
import { labelKeys, organisationLabels, roleSelector, type WorkloadRole } from "./labels";

/**
 * Default deny in both directions, then exactly the flows of `lib/fabric/flows.ts` and the cluster's DNS: one policy per
 * role, read off the same list on both ends, so that what one side may send the other may receive.
 */
export class NetworkPolicies extends Construct {
  constructor(scope: Construct, id: string, { network, organisation, site, border }: NetworkPoliciesProps) {
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
          ingress: [
            ...flows
              .filter(({ to }) => to === role)
              .flatMap((flow) => rule("from", flow, parties(network, organisation, flow, flow.from))),
            ...(border === undefined ? [] : fromGateway(network, role)),
          ],
          egress: [
            ...flows
              .filter(({ from }) => from === role)
              .flatMap((flow) => {
                if (flow.to === "API server") return [apiServer(site)];
                if (flow.to === "database") return registry(organisation);
                return rule("to", flow, parties(network, organisation, flow, flow.to));
              }),
            ...(border === undefined ? [] : overBorder(network, role, border)),
          ],
        },
      });
    }
  }
}

export interface NetworkPoliciesProps {
  readonly network: Network;
  readonly organisation: Organisation;
  readonly site: Site;
  /** Undefined in a network of one cluster. */
  readonly border?: BorderAddresses | undefined;
}

/** Where the gateways of a network's sites are. */
export interface BorderAddresses {
  /** Addresses of all gateways as CIDR; everywhere, where they are not known. */
  readonly cidrs: readonly string[];
  readonly port: number;
}

/** Where the settings say that the gateways are; where one has a name only, or none yet, it may be anywhere. */
export function borderAddresses({ sites, ingress }: Pick<Settings, "sites" | "ingress">): BorderAddresses {
  const known = sites.flatMap(({ gateway: { addresses } }) => addresses);
  const allKnown = sites.every(({ gateway: { addresses } }) => addresses.length > 0);
  const cidrs =
    allKnown && known.every((address) => isIP(address) !== 0) ? [...new Set(known)].map(cidrOf) : ["0.0.0.0/0"];
  return { cidrs, port: ingress.port };
}

const cidrOf = (address: string): string => `${address}/${isIP(address) === 6 ? 128 : 32}`;

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

/**
 * The gateways of all sites: those of others by their addresses, the own one also by its pods, as a cluster sees through the
 * address of its own load balancer.
 */
function overBorder(
  network: Network,
  role: WorkloadRole,
  { cidrs, port: worldPort }: BorderAddresses,
): NetworkPolicyEgressRule[] {
  if (!borderFlows.some(({ of, calls }) => of === role && calls)) return [];
  return [
    { to: cidrs.map((cidr) => ({ ipBlock: { cidr } })), ports: [port(worldPort)] },
    { to: [gatewayPods(network)], ports: [port(ports.gateway.world)] },
  ];
}

/** What comes from elsewhere, and from here by a name of the gateways. */
function fromGateway(network: Network, role: WorkloadRole): NetworkPolicyIngressRule[] {
  return borderFlows.flatMap((flow) =>
    flow.of === role && flow.port !== undefined
      ? [{ from: [gatewayPods(network)], ports: passedOn(flow).map((number) => port(number)) }]
      : [],
  );
}

/** The ports of a kind of pod that a gateway calls. */
const passedOn = ({ port: own, health }: BorderFlow): number[] => [own, health].flatMap((number) => number ?? []);

/** The pods of the site's gateway, which has a namespace to itself. */
function gatewayPods(network: Network): NetworkPolicyPeer {
  return {
    namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": gatewayNamespaceName(network) } },
    podSelector: {},
  };
}

/**
 * The gateway's own: anybody may come in, which is what it is for; out of it leads nothing but the ports of nodes that take
 * connections from elsewhere, the other gateways, and DNS.
 */
export function gatewayPolicies(
  network: Network,
  { cidrs }: BorderAddresses,
): { readonly name: string; readonly spec: NetworkPolicySpec }[] {
  const { world, relay, health } = ports.gateway;
  const toNodes = network.organisations.flatMap((organisation) =>
    borderFlows
      .filter((flow) => flow.port !== undefined && rolesOf(organisation).includes(flow.of))
      .map((flow) => ({
        to: [podsOf(network, organisation, flow.of)],
        ports: passedOn(flow).map((number) => port(number)),
      })),
  );
  const others = { to: cidrs.map((cidr) => ({ ipBlock: { cidr } })), ports: [relay, health].map((each) => port(each)) };
  return [
    { name: "default-deny", spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] } },
    { name: "dns", spec: { podSelector: {}, policyTypes: ["Egress"], egress: [clusterDns] } },
    {
      name: "gateway",
      spec: {
        podSelector: { matchLabels: roleSelector("gateway") },
        policyTypes: ["Ingress", "Egress"],
        ingress: [{ ports: [world, relay, health].map((each) => port(each)) }],
        egress: [...toNodes, others],
      },
    },
  ];
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
