import { networkLabel, type KubeObject } from "../../constructs/manifests";
import type { MultiClusterIngress } from "../model";
import { isWeighted } from "./check";
import type { PlannedRecord, RecordPlan } from "./plan";

/**
 * The prefix of external-dns's annotations. Version 0.22 changed the default; an older one does not look at the new prefix,
 * nor a newer one at the old.
 */
export const annotationPrefix = {
  "0.21": "external-dns.alpha.kubernetes.io/",
  "0.22": "external-dns.kubernetes.io/",
} as const;

export type ExternalDnsVersion = keyof typeof annotationPrefix;

export interface ExternalDns {
  readonly network: string;
  readonly namespace: string;
  /** Health checks of Route 53 by site. Where every site of a pool has one, its records have weights. */
  readonly healthChecks?: Readonly<Record<string, string>> | undefined;
}

interface Endpoint {
  readonly dnsName: string;
  readonly recordType: string;
  readonly targets: readonly string[];
  readonly recordTTL: number;
  readonly setIdentifier?: string;
  readonly providerSpecific?: readonly { readonly name: string; readonly value: string }[];
}

/**
 * The DNSEndpoint objects of each site, by its name. A name that leads to one site is told by that site. One that leads to
 * several is told by the first of them, with the addresses of all: two external-dns would each take it for the other's. A
 * client that finds an address dead tries the next; whichever gateway lives knows the way to peers that are well. With weights
 * (Route 53) every site tells its own share.
 */
export function dnsEndpoints(plan: RecordPlan, dns: ExternalDns): ReadonlyMap<string, readonly KubeObject[]> {
  const bySite = new Map<string, Endpoint[]>();
  for (const record of plan.records) {
    for (const { site, endpoint } of endpointsOf(record, dns.healthChecks ?? {})) {
      bySite.set(site, [...(bySite.get(site) ?? []), endpoint]);
    }
  }
  return new Map([...bySite].map(([site, endpoints]) => [site, [object(dns, endpoints)]]));
}

function endpointsOf(
  record: PlannedRecord,
  healthChecks: Readonly<Record<string, string>>,
): { readonly site: string; readonly endpoint: Endpoint }[] {
  const { name, type, ttl, answers, check } = record;
  const base = { dnsName: name, recordType: type, recordTTL: ttl };
  const sites = answers.map(({ site }) => site);
  if (check !== undefined && isWeighted({ healthChecks }, sites)) {
    return answers.map(({ site, addresses, weight }) => ({
      site,
      endpoint: {
        ...base,
        targets: addresses,
        setIdentifier: site,
        providerSpecific: [
          // Route 53 takes 255 at most.
          { name: "aws/weight", value: String(smallWeight(weight, answers)) },
          { name: "aws/health-check-id", value: healthChecks[site] ?? "" },
        ],
      },
    }));
  }
  const [first] = sites;
  const targets = [...new Set(answers.flatMap(({ addresses }) => addresses))];
  return first === undefined ? [] : [{ site: first, endpoint: { ...base, targets } }];
}

function smallWeight(weight: number, answers: PlannedRecord["answers"]): number {
  const most = Math.max(...answers.map((answer) => answer.weight));
  if (most <= 255) return weight;
  return weight === 0 ? 0 : Math.max(1, Math.round((weight * 255) / most));
}

function object({ network, namespace }: ExternalDns, endpoints: readonly Endpoint[]): KubeObject {
  return {
    apiVersion: "externaldns.k8s.io/v1alpha1",
    kind: "DNSEndpoint",
    metadata: {
      name: "gateway",
      namespace,
      labels: { "app.kubernetes.io/part-of": network, [networkLabel]: network },
    },
    spec: { endpoints },
  };
}

/**
 * Annotations of a gateway's Service, by which external-dns gives the addresses that it gets from the cloud their names.
 * For sites whose addresses nobody knows beforehand. Only what is pinned: a pool's name would lead to one of its sites alone.
 */
export function serviceAnnotations(
  { hosts, gateways }: MultiClusterIngress,
  site: string,
  { version, ttl }: { readonly version: ExternalDnsVersion; readonly ttl: number },
): Readonly<Record<string, string>> {
  const known = gateways.some((gateway) => gateway.site === site && gateway.addresses.length > 0);
  const own = hosts.filter(({ kind, backends }) => kind === "pinned" && backends[0]?.site === site);
  const names = own.map(({ name }) => name);
  if (known || names.length === 0) return {};
  const prefix = annotationPrefix[version];
  return { [`${prefix}hostname`]: names.join(","), [`${prefix}ttl`]: String(ttl) };
}
