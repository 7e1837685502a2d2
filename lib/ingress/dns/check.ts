import type { Finding } from "../../spec/problem";
import type { MultiClusterIngress } from "../model";
import { recordTypeOf } from "./address";

/** What names are told to. */
export type DnsProvider = "none" | "route53" | "cloudDns" | "externalDns";

/** What of the stack settings `dns` matters here. */
export interface DnsSettings {
  readonly provider: DnsProvider;
  readonly zone?: string | undefined;
  /** Health checks of Route 53 by site, where external-dns writes to it. */
  readonly healthChecks?: Readonly<Record<string, string>> | undefined;
}

/** Everything that keeps a provider from telling the names of an ingress, but for addresses that nobody knows (`checkAddresses`). */
export function checkDns(ingress: MultiClusterIngress, dns: DnsSettings, sites: readonly string[]): Finding[] {
  if (dns.provider === "none") return [];
  const pools = ingress.hosts.filter(({ kind }) => kind === "pool");
  const pooled = new Set(pools.flatMap(({ backends }) => backends.map(({ site }) => site)));
  return [
    ...zone(dns),
    ...ingress.gateways.flatMap(({ site, addresses }) => {
      const path = ["sites", sites.indexOf(site), "gateway", "addresses"];
      return mixed(site, addresses, path);
    }),
    ...named(ingress, dns, pooled, sites),
  ];
}

function zone({ provider, zone: written }: DnsSettings): Finding[] {
  if (written !== undefined || (provider !== "route53" && provider !== "cloudDns")) return [];
  const fix =
    provider === "route53" ? "add the id of the hosted zone, such as Z08650AB1CD" : "add the managed zone's name";
  return [{ document: "settings", path: ["dns"], found: `${provider} without a zone`, allowed: "dns.zone", fix }];
}

function mixed(site: string, addresses: readonly string[], path: Finding["path"]): Finding[] {
  const names = addresses.filter((address) => recordTypeOf(address) === "CNAME");
  if (names.length === 0 || addresses.length === 1) return [];
  return [
    {
      document: "settings",
      path,
      found: `${names.join(" and ")} among ${addresses.length} addresses of ${site}`,
      allowed:
        "IP addresses, as many as there are, or one host name alone: that becomes a CNAME, which nothing may stand beside",
      fix: "leave either the host name or the others",
    },
  ];
}

/** Where a pool's sites have names in place of addresses, not every provider can choose between them. */
function named(
  { gateways }: MultiClusterIngress,
  dns: DnsSettings,
  pooled: ReadonlySet<string>,
  sites: readonly string[],
): Finding[] {
  const able = dns.provider === "route53" || (dns.provider === "externalDns" && isWeighted(dns, [...pooled]));
  if (able) return [];
  const because =
    dns.provider === "cloudDns"
      ? "IP addresses: Cloud DNS checks the health of these only"
      : "IP addresses: of several host names, plain records cannot tell one by one";
  return gateways
    .filter(({ site, addresses }) => pooled.has(site) && addresses.some((address) => recordTypeOf(address) === "CNAME"))
    .map(({ site, addresses }) => ({
      document: "settings" as const,
      path: ["sites", sites.indexOf(site), "gateway", "addresses"],
      found: `${addresses.join(", ")} for a site of a pool`,
      allowed: because,
      fix: "reserve addresses for its load balancer and write them here, or let Route 53 tell the names",
    }));
}

/** Whether external-dns can be given weights: only with a health check for every site, or the lost would keep theirs. */
export function isWeighted({ healthChecks }: Pick<DnsSettings, "healthChecks">, sites: readonly string[]): boolean {
  return healthChecks !== undefined && sites.every((site) => healthChecks[site] !== undefined);
}
