import { route53Resources } from "../clouds/aws/dns";
import { cloudDnsResources } from "../clouds/gcp/dns";
import { cloudDns } from "../ingress/dns/cloud-dns";
import { planRecords } from "../ingress/dns/plan";
import { route53 } from "../ingress/dns/route53";
import { ingressOf } from "../ingress/of-placement";
import type { Placement } from "../placement/node";
import type { Settings } from "../spec/settings";

/** Registers the records of a network's names with the provider that the settings name; external-dns reads objects instead. */
export function registerNames(placement: Placement, settings: Settings): void {
  const { provider, zone, project, ttl } = settings.dns;
  // One cluster has no gateway to lead to.
  if (zone === undefined || settings.sites.length < 2) return;
  const { name } = placement.network;
  if (provider === "route53") route53Resources(name, zone, route53(planRecords(ingressOf(placement, settings), ttl)));
  if (provider === "cloudDns") {
    cloudDnsResources(name, { zone, project }, cloudDns(planRecords(ingressOf(placement, settings), ttl)));
  }
}
