import { objectKey, type SiteManifests } from "../../constructs/manifests";
import { gatewayNamespaceName } from "../../spec/names";
import type { Network } from "../../spec/network";
import type { MultiClusterIngress } from "../model";
import type { DnsSettings } from "./check";
import { dnsEndpoints } from "./external-dns";
import { planRecords } from "./plan";

/** The sites' manifests with what external-dns is to read, where it tells the names. */
export function withNames(
  sites: readonly SiteManifests[],
  network: Pick<Network, "name">,
  ingress: MultiClusterIngress,
  dns: DnsSettings & { readonly ttl: number; readonly namespace?: string | undefined },
): SiteManifests[] {
  if (dns.provider !== "externalDns") return [...sites];
  const namespace = dns.namespace ?? gatewayNamespaceName(network);
  const { healthChecks } = dns;
  const bySite = dnsEndpoints(planRecords(ingress, dns.ttl), { network: network.name, namespace, healthChecks });
  return sites.map((site) => {
    const objects = bySite.get(site.site) ?? [];
    const room = `Namespace/${namespace}`;
    const before = site.objects.some((object) => objectKey(object) === room) ? [room] : [];
    return {
      ...site,
      objects: [...site.objects, ...objects],
      dependencies: new Map([...site.dependencies, ...objects.map((object) => [objectKey(object), before] as const)]),
    };
  });
}
