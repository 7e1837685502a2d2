import { ports } from "../fabric/ports";
import { endpointOf } from "../placement/endpoint";
import { peersOf, type PlacedNode, type PlacedPeer, type Placement } from "../placement/node";
import {
  agentBoardName,
  agentHost,
  gatewayServiceName,
  headlessServiceName,
  namespaceName,
  nodeHost,
  poolHost,
} from "../spec/names";
import type { Organisation } from "../spec/network";
import { secondsOf } from "../spec/scalars";
import type { Path } from "../spec/problem";
import type { IngressBackend, IngressHost, MultiClusterIngress } from "./model";

/** The parts of the stack settings that say how traffic comes in. Durations are those of `lib/spec/scalars`. */
export interface IngressSettings {
  readonly ingress: {
    readonly port: number;
    readonly maxConnectionAge: string;
    readonly health: {
      readonly interval: string;
      readonly timeout: string;
      readonly failures: number;
      readonly successes: number;
    };
  };
  /** By pool (`gateway.<organisation>`) and site. */
  readonly traffic: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly sites: readonly {
    readonly name: string;
    readonly clusterDomain: string;
    readonly gateway: { readonly addresses: readonly string[] };
  }[];
}

/** The key of an organisation's pool in the stack settings' `traffic`. */
export const poolKey = ({ name }: Pick<Organisation, "name">): string => `gateway.${name}`;

/** A share for every site that has some, where nobody says more. */
const equalWeight = 1;

/**
 * Every name under which nodes are reached from outside their cluster: each peer and ordering node by its own
 * (`<pod>.<domain>`), any peer of an organisation (`gateway.<domain>`), and each site's agent of an organisation
 * (`agent.<site>.<domain>`).
 */
export function ingressOf(placement: Placement, settings: IngressSettings): MultiClusterIngress {
  const { interval, timeout, failures, successes } = settings.ingress.health;
  return {
    hosts: placement.network.organisations.flatMap((organisation, index) => [
      ...nodeHosts(placement, settings, organisation, index),
      ...poolHosts(placement, settings, organisation),
      ...agentHosts(placement, settings, organisation, index),
    ]),
    health: { interval: secondsOf(interval), timeout: secondsOf(timeout), failures, successes },
    maxConnectionAge: secondsOf(settings.ingress.maxConnectionAge),
    port: settings.ingress.port,
    gateways: settings.sites.map(({ name, gateway }) => ({ site: name, addresses: gateway.addresses })),
  };
}

function nodeHosts(
  placement: Placement,
  settings: IngressSettings,
  organisation: Organisation,
  index: number,
): IngressHost[] {
  return ownNodes(placement, organisation).flatMap((node): IngressHost[] => {
    if (node.role === "ca") return [];
    const { consenter } = endpointOf(node, domainOf(settings, node.site));
    return [
      {
        name: nodeHost(node, organisation),
        ...(consenter === undefined ? {} : { aliases: [consenter.host] }),
        kind: "pinned",
        tls: "passthrough",
        backends: [{ ...backendOf(settings, [node]), service: node.pod, weight: equalWeight }],
        origin: network("organisations", index, "domain"),
      },
    ];
  });
}

function poolHosts(placement: Placement, settings: IngressSettings, organisation: Organisation): IngressHost[] {
  const peers = peersOf(placement, organisation.name);
  if (peers.length === 0) return [];
  const weights = settings.traffic[poolKey(organisation)];
  const backends = sitesOf(peers).map((site) => ({
    ...backendOf(
      settings,
      peers.filter((peer) => peer.site === site),
    ),
    service: gatewayServiceName(organisation),
    weight: weights === undefined ? usualWeight(peers, site) : (weights[site] ?? 0),
  }));
  return [
    {
      name: poolHost(organisation),
      kind: "pool",
      tls: "passthrough",
      backends,
      origin: { document: "settings", path: ["traffic", poolKey(organisation)] },
    },
  ];
}

function agentHosts(
  placement: Placement,
  settings: IngressSettings,
  organisation: Organisation,
  index: number,
): IngressHost[] {
  const namespace = namespaceName(placement.network, organisation);
  return sitesOf(ownNodes(placement, organisation)).map((site) => ({
    name: agentHost(site, organisation),
    kind: "pinned",
    tls: "passthrough",
    backends: [
      {
        site,
        namespace,
        service: agentBoardName,
        port: ports.agent.board,
        endpoints: [{ address: `${agentBoardName}.${namespace}.svc.${domainOf(settings, site)}` }],
        weight: equalWeight,
        priority: 0,
      },
    ],
    origin: network("organisations", index, "domain"),
  }));
}

/** Nodes of one role and site. Pods are named one by one: one that is not ready leaves DNS, and so the gateway. */
function backendOf(
  settings: IngressSettings,
  nodes: readonly PlacedNode[],
): Omit<IngressBackend, "service" | "weight"> {
  const [first] = nodes;
  if (first === undefined || first.role === "ca") throw new RangeError("a backend needs a peer or an ordering node");
  const { site, namespace, role } = first;
  const domain = domainOf(settings, site);
  return {
    site,
    namespace,
    port: role === "peer" ? ports.peer.grpc : ports.orderer.grpc,
    endpoints: nodes.map((node) => ({
      address: `${node.pod}.${headlessServiceName[role]}.${namespace}.svc.${domain}`,
      certificateNames: endpointOf(node, domain).hosts,
    })),
    priority: 0,
    healthPort: ports[role].operations,
  };
}

/** Peers that stand by are asked when all others are lost, unless somebody says otherwise. */
const usualWeight = (peers: readonly PlacedPeer[], site: string): number =>
  peers.some((peer) => peer.site === site && peer.standby !== true) ? equalWeight : 0;

const ownNodes = (placement: Placement, { name }: Organisation) =>
  placement.nodes.filter(({ organisation }) => organisation.name === name);

const sitesOf = (nodes: readonly PlacedNode[]) => [...new Set(nodes.map(({ site }) => site))];

function domainOf({ sites }: IngressSettings, site: string): string {
  const found = sites.find(({ name }) => name === site);
  if (found === undefined) throw new RangeError(`the settings have no site ${site}`);
  return found.clusterDomain;
}

const network = (...path: Path): IngressHost["origin"] => ({ document: "network", path });
