import { borderAddresses } from "../../lib/constructs/network-policies";
import { witnessSite, withRecoverySpace } from "../../lib/constructs/recovery-space";
import { synthesiseSite } from "../../lib/constructs/site";
import { checkIngress } from "../../lib/ingress/check";
import { checkAddresses } from "../../lib/ingress/check-addresses";
import { checkDns } from "../../lib/ingress/dns/check";
import { withNames } from "../../lib/ingress/dns/objects";
import { checkTraffic } from "../../lib/ingress/check-traffic";
import { ingressOf } from "../../lib/ingress/of-placement";
import { checkCenters } from "../../lib/placement/check-centers";
import { consortiumOf } from "../../lib/placement/consortium";
import { placeOnCenters, sitesOfNodes } from "../../lib/placement/place";
import { timingOfSites } from "../../lib/placement/timing";
import { checkRecoverySettings } from "../../lib/recovery/check-settings";
import type { Settings } from "../../lib/spec/settings";
import type { Topology } from "../topology";

/** Two centers of one city that both write, a remote one that stands by, and a witness that decides. */
const threeCenter: Topology = {
  title: "two centers of one city that both work, a remote one that stands by, and a witness that decides",
  promises: [
    "Any one pod, node, zone or center may be lost, and any one border closed, with no manual step: ordering, endorsement and gateways go on, but for gateways whose organisation says why they may stop.",
    "Blocks are agreed on within the city: every link to the remote center may be cut, and ordering goes on.",
    "With the whole city lost the remote center reads on, from peers that were level; it writes only by a person's order.",
    "No ordering identity runs twice: its twin at the remote center has no pod until it is restored.",
  ],
  check: (network, settings) => {
    const centers = checkCenters(network, settings);
    // What follows from where nodes are makes sense only once they have a place.
    if (settings.sites.filter(({ center }) => center === "remote").length !== 1) return centers;
    const placement = placeOnCenters(network, settings);
    const ingress = ingressOf(placement, withoutWitness(settings));
    const sites = settings.sites.map(({ name }) => name);
    return [
      ...centers,
      ...checkRecoverySettings(placement, settings),
      ...checkTraffic(placement, settings),
      ...checkIngress(ingress, settings.ingress.gateway),
      ...checkAddresses(ingress, settings.dns.provider, sites),
      ...checkDns(ingress, settings.dns, sites),
    ];
  },
  place: placeOnCenters,
  synthesise: (placement, settings) => {
    const { network } = placement;
    const carrying = withoutWitness(settings);
    const consortium = consortiumOf(placement, carrying);
    const timing = timingOfSites(network, carrying);
    const ingress = ingressOf(placement, carrying);
    const { ingress: carried, dns } = settings;
    const border = { ingress, program: carried.gateway, addresses: borderAddresses(carrying), dns };
    const centers = carrying.sites.map((site) => {
      const manifests = synthesiseSite(placement, site, consortium, timing, border);
      return site.center === "remote" ? withRecoverySpace(manifests, network) : manifests;
    });
    const witnesses = settings.sites.filter(({ center }) => center === "witness");
    return [...withNames(centers, network, ingress, dns), ...witnesses.map(({ name }) => witnessSite(name, network))];
  },
};

export default threeCenter;

/** The settings as Fabric's nodes see them: the witness is none of theirs. */
const withoutWitness = (settings: Settings): Settings => ({ ...settings, sites: sitesOfNodes(settings.sites) });
