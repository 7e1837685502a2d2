import { borderAddresses } from "../../lib/constructs/network-policies";
import { synthesiseSite } from "../../lib/constructs/site";
import { checkIngress } from "../../lib/ingress/check";
import { checkAddresses } from "../../lib/ingress/check-addresses";
import { checkDns } from "../../lib/ingress/dns/check";
import { withNames } from "../../lib/ingress/dns/objects";
import { checkTraffic } from "../../lib/ingress/check-traffic";
import { ingressOf } from "../../lib/ingress/of-placement";
import { checkFederation } from "../../lib/placement/check-federation";
import { consortiumOf } from "../../lib/placement/consortium";
import { placeOnSites } from "../../lib/placement/place";
import { timingOfSites } from "../../lib/placement/timing";
import type { Topology } from "../topology";

/** Several clouds, a cluster in each: every node has one home, and any one cluster may be lost. */
const federated: Topology = {
  title: "clusters of several clouds, each node at home in one, any one of which may be lost",
  promises: [
    "Any one pod, node, zone or whole cluster may be lost, and any one border closed, with no manual step: ordering, endorsement and gateways go on, but for gateways whose organisation says why they may stop.",
    "Each Fabric node lives in one cluster, for ever: nothing moves it by itself, and no identity is there twice.",
    "Keys of authorities and nodes stay in the cluster where they were born.",
  ],
  check: (network, settings) => {
    const placement = placeOnSites(network, settings);
    const ingress = ingressOf(placement, settings);
    const sites = settings.sites.map(({ name }) => name);
    return [
      ...checkFederation(network, settings),
      ...checkTraffic(placement, settings),
      ...checkIngress(ingress, settings.ingress.gateway),
      ...checkAddresses(ingress, settings.dns.provider, sites),
      ...checkDns(ingress, settings.dns, sites),
    ];
  },
  place: placeOnSites,
  synthesise: (placement, settings) => {
    const consortium = consortiumOf(placement, settings);
    const timing = timingOfSites(placement.network, settings);
    const ingress = ingressOf(placement, settings);
    const { ingress: carried, dns } = settings;
    const border = { ingress, program: carried.gateway, addresses: borderAddresses(settings), dns };
    const sites = settings.sites.map((site) => synthesiseSite(placement, site, consortium, timing, border));
    return withNames(sites, placement.network, ingress, dns);
  },
};

export default federated;
