import type { Network, OrdererGroup, Organisation } from "./network";

/**
 * Every name that ends up in a cluster, in one place: constructs, endpoints, checks of DNS limits and messages read them
 * here. Names are functions of what people wrote, and never carry a random suffix.
 */

/** The namespace of an organisation: `<network>-<organisation>`. */
export function namespaceName(network: { readonly name: string }, organisation: { readonly name: string }): string {
  return `${network.name}-${organisation.name}`;
}

/** The StatefulSet of a peer group; its pods are `<group>-<organisation>-0`, `-1`, … */
export function peerWorkloadName(group: { readonly name: string }, organisation: { readonly name: string }): string {
  return `${group.name}-${organisation.name}`;
}

/** The StatefulSet of an organisation's ordering nodes; its pods are `<name>-0`, `-1`, … */
export function ordererWorkloadName(group: { readonly name: string }): string {
  return group.name;
}

/** The Service of an organisation's certificate authority; on each site it has one of its own. */
export function authorityServiceName(organisation: { readonly name: string }): string {
  return `ca-${organisation.name}`;
}

/**
 * The StatefulSet of an organisation's certificate authority: called as its Service, or where there are several sites, each
 * with keys of its own, after its site too.
 */
export function authorityWorkloadName(organisation: { readonly name: string }, site?: string): string {
  const service = authorityServiceName(organisation);
  return site === undefined ? service : `${service}-${site}`;
}

/** The claim of an authority's root, which only the Job that makes the authorities mounts. */
export function rootClaimName(authority: { readonly workload: string }): string {
  return `root-${authority.workload}`;
}

/** Objects that an organisation's Jobs make in its namespace; not ours to choose anew, as nodes and agents look for them. */
export const identityObjects = {
  /** Secret: the registrars' passwords of both authorities. */
  registrar: "ca-registrar",
  /** Secret: the enrolment secret of each identity. */
  enrolment: "enrolment",
  /** ConfigMap: the certificates of the authorities, for everybody. */
  msp: "msp",
  /** ConfigMap: those of the organisation's authorities on other sites (`lib/fabric/msp-bundle.ts`). */
  mspAbroad: "msp-abroad",
} as const;

/** A pod of a StatefulSet. */
export function podName(workload: string, ordinal: number): string {
  return `${workload}-${ordinal}`;
}

/** The claim that a StatefulSet adopts for one of its pods (Kubernetes: `<template>-<pod>`). */
export function claimName(volume: string, pod: string): string {
  return `${volume}-${pod}`;
}

/** The headless Services that give pods their DNS names, one per role and organisation. */
export const headlessServiceName = { peer: "peer-svc", orderer: "orderer-svc", ca: "ca-svc" } as const;

/** The Deployment of an organisation's agent, its ServiceAccount, and its identity. */
export const agentName = "agent";

/** The Service by which a site's gateway reaches an organisation's agents there. */
export const agentBoardName = "agent-board";

/** The host under which agents of other sites reach that of an organisation: a name on the gateways, and in its certificate. */
export function agentHost(site: string, { domain }: { readonly domain: string }): string {
  return `${agentName}.${site}.${domain}`;
}

/** The Service by which clients reach any peer of an organisation. */
export function gatewayServiceName(organisation: { readonly name: string }): string {
  return `gateway-${organisation.name}`;
}

/** The namespace of a site's gateway: `<network>-gateway`. */
export function gatewayNamespaceName(network: { readonly name: string }): string {
  return `${network.name}-${gatewayNamespace}`;
}

/** What stands for an organisation in the name of the gateway's namespace; over several sites none may be called so. */
const gatewayNamespace = "gateway";

/** The namespace of failovers, at the witness and at the remote one of three centers: `<network>-recovery`. */
export function recoveryNamespaceName(network: { readonly name: string }): string {
  return `${network.name}-recovery`;
}

/** The name under which a node is reached from outside its cluster: `<pod>.<domain>`. */
export function nodeHost(node: { readonly pod: string }, organisation: { readonly domain: string }): string {
  return `${node.pod}.${organisation.domain}`;
}

/** The name under which any peer of an organisation is reached, on whatever site. */
export function poolHost(organisation: { readonly domain: string }): string {
  return `gateway.${organisation.domain}`;
}

/**
 * The Service by which the consenters of a network over several clusters dial one of them. It has the same name in each
 * cluster, and leads to the pod at its home, to the site's own gateway elsewhere.
 */
export function consenterServiceName(node: { readonly pod: string }): string {
  return `${consenterPrefix}${node.pod}`;
}

/** What stands before a consenter's name in that of its Service. */
export const consenterPrefix = "raft-";

/** The Service by which a site's own nodes reach its gateway, and through it the consenters of other sites. */
export const borderServiceName = "border";

/** The Service over all of an organisation's ordering nodes. */
export function orderingServiceName(organisation: { readonly name: string }): string {
  return `ordering-${organisation.name}`;
}

/**
 * The zone-bound StorageClass that is made where a zone names none: `<network>-<zone>`, with the zone in lower case and `-`
 * for what an object's name may not have (`checkVolumes` refuses two zones that come to the same).
 */
export function storageClassName(network: { readonly name: string }, zone: { readonly name: string }): string {
  return `${network.name}-${nameOfZone(zone)}`;
}

/** A zone's part in the names of objects. Its own name is a label's value, of which more may be made. */
export function nameOfZone(zone: { readonly name: string }): string {
  return zone.name.toLowerCase().replaceAll(/[^a-z0-9-]/g, "-");
}

/** What the class of the volume claim templates has in place of a zone; no zone may be called so. */
export const claimedFirst = "claimed-first";

/** The StorageClass named in volume claim templates. It makes no volumes: claims are made first, one by one. */
export function claimedFirstClassName(network: { readonly name: string }): string {
  return `${network.name}-${claimedFirst}`;
}

/** The organisations that run ordering nodes, in the order of the file. */
export function orderingOrganisations(network: Network): (Organisation & { readonly orderers: OrdererGroup })[] {
  return network.organisations.flatMap((organisation) =>
    organisation.orderers === undefined ? [] : [{ ...organisation, orderers: organisation.orderers }],
  );
}
