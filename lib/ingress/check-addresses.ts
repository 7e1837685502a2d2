import type { Finding } from "../spec/problem";
import type { DnsProvider } from "./dns/check";
import type { MultiClusterIngress } from "./model";

/**
 * Sites that have something behind their gateway, and of whose gateway nobody knows the address. Gateways of other sites pass
 * on to it by its address alone, and so without one a pool does not fail over to it, and says nothing. Only external-dns can
 * name what is pinned without: it reads the gateway's own Service. A pool is known to all gateways beforehand.
 */
export function checkAddresses(
  { hosts, gateways }: MultiClusterIngress,
  provider: DnsProvider,
  sites: readonly string[],
): Finding[] {
  if (gateways.length < 2) return [];
  const serving = (kinds: readonly string[]) =>
    new Set(
      hosts.filter(({ kind }) => kinds.includes(kind)).flatMap(({ backends }) => backends.map(({ site }) => site)),
    );
  const dialled = serving(provider === "externalDns" ? ["pool"] : ["pool", "pinned"]);
  return gateways
    .filter(({ site, addresses }) => addresses.length === 0 && dialled.has(site))
    .map(({ site }) => ({
      document: "settings",
      path: ["sites", sites.indexOf(site), "gateway", "addresses"],
      found: `no address of the gateway of ${site}`,
      allowed: "addresses that stay: by these alone the other sites' gateways pass on to it, and its names lead there",
      fix: `reserve addresses for its load balancer (Elastic IPs, a static address) and write them here${provider === "none" || provider === "route53" ? ", or a host name that will lead to it" : ""}`,
    }));
}
