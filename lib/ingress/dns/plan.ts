import { ports } from "../../fabric/ports";
import type { IngressBackend, IngressHost, MultiClusterIngress } from "../model";
import { addressesOfType, recordTypeOf, type RecordType } from "./address";

/**
 * Which names lead to which gateways, before anyone says it in a provider's words.
 *
 * A host that is pinned leads to its home's gateway. A pool leads to the gateways of all its sites, with their weights. All
 * records of a pool know the same sites: were there an IPv6 address for some of them only, then who asks for IPv6 would be
 * sent to these alone, well or not.
 */
export interface RecordPlan {
  readonly records: readonly PlannedRecord[];
}

/** One name and one type. */
export interface PlannedRecord {
  readonly name: string;
  readonly type: RecordType;
  /** Seconds for which an answer may be kept. */
  readonly ttl: number;
  /** The home of a pinned host; every site of a pool. */
  readonly answers: readonly PlannedAnswer[];
  /** How the answers of a pool are checked; absent where there is nothing to choose between. */
  readonly check?: GatewayCheck;
}

export interface PlannedAnswer {
  readonly site: string;
  readonly addresses: readonly string[];
  /** Share among the answers that are well. 0: only when all others are lost. */
  readonly weight: number;
}

/** A question to each gateway by HTTP, which tells whether a host has anything on its site that is well. */
export interface GatewayCheck {
  readonly host: string;
  readonly port: number;
  readonly path: string;
  /** Seconds between two checks, and for one. */
  readonly interval: number;
  readonly timeout: number;
  readonly failures: number;
  readonly successes: number;
}

/** What is asked of a gateway whose own name is a load balancer's: there the name of the host cannot be sent along. */
export const gatewayAlivePath = "/ready";

/** The records of an ingress. Hosts of which no gateway's address is known have none; `checkAddresses` says so. */
export function planRecords(ingress: MultiClusterIngress, ttl: number): RecordPlan {
  return {
    records: ingress.hosts.flatMap((host) =>
      host.kind === "pinned" ? pinned(ingress, host, ttl) : pool(ingress, host, ttl),
    ),
  };
}

function pinned(ingress: MultiClusterIngress, { name, backends }: IngressHost, ttl: number): PlannedRecord[] {
  return backends.flatMap(({ site, weight }) => {
    const addresses = addressesAt(ingress, site);
    return typesOf(addresses).map((type) => ({
      name,
      type,
      ttl,
      answers: [{ site, addresses: addressesOfType(addresses, type), weight }],
    }));
  });
}

function pool(ingress: MultiClusterIngress, host: IngressHost, ttl: number): PlannedRecord[] {
  const answers = host.backends.map((backend) => ({
    site: backend.site,
    addresses: addressesAt(ingress, backend.site),
    weight: weightOf(host, backend),
  }));
  const known = answers.filter(({ addresses }) => addresses.length > 0);
  const check = checkOf(ingress, host.name);
  const types = commonTypes(known);
  if (types.length > 0) {
    return types.map((type) => ({
      name: host.name,
      type,
      ttl,
      check,
      answers: known.map((answer) => ({ ...answer, addresses: addressesOfType(answer.addresses, type) })),
    }));
  }
  if (known.length === 0) return [];
  // A name has either a CNAME or addresses. Names of their own for the sites let one CNAME lead to both.
  const own = (site: string) => siteHost(site, host.name);
  return [
    {
      name: host.name,
      type: "CNAME",
      ttl,
      check,
      answers: known.map((answer) => ({ ...answer, addresses: [own(answer.site)] })),
    },
    ...known.flatMap(({ site, addresses, weight }) =>
      typesOf(addresses).map((type) => ({
        name: own(site),
        type,
        ttl,
        answers: [{ site, addresses: addressesOfType(addresses, type), weight }],
      })),
    ),
  ];
}

/** The name of one site of a pool, where its sites are not all reached by the same kind of address. */
function siteHost(site: string, pool: string): string {
  return `${site}.${pool}`;
}

/** Types of records that every site has addresses for. */
function commonTypes(answers: readonly PlannedAnswer[]): RecordType[] {
  const [first, ...others] = answers.map(({ addresses }) => typesOf(addresses));
  return (first ?? []).filter((type) => others.every((types) => types.includes(type)));
}

function typesOf(addresses: readonly string[]): RecordType[] {
  return [...new Set(addresses.map(recordTypeOf))].sort();
}

/** The others wait for the sites of the lowest number, which is what weight 0 means too. */
function weightOf({ backends }: IngressHost, { priority, weight }: IngressBackend): number {
  return priority === Math.min(...backends.map((backend) => backend.priority)) ? weight : 0;
}

function checkOf({ health }: MultiClusterIngress, host: string): GatewayCheck {
  return { host, port: ports.gateway.health, path: "/healthz", ...health };
}

function addressesAt({ gateways }: MultiClusterIngress, site: string): readonly string[] {
  return gateways.find((gateway) => gateway.site === site)?.addresses ?? [];
}
