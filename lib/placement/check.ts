import type { Network } from "../spec/network";
import type { Finding } from "../spec/problem";
import type { Settings } from "../spec/settings";
import { checkCollections } from "./check-collections";
import { checkDistance } from "./check-distance";
import { checkEndorsement } from "./check-endorsement";
import { checkGateways } from "./check-gateways";
import { checkNoCenters } from "./check-no-centers";
import { checkPins } from "./check-pins";
import { checkMajorities, checkZones } from "./check-zones";
import { zonesAsDomains, type Domain } from "./domain";
import type { Placement } from "./node";
import { pinnablePods } from "./pins";
import { placeOnSite } from "./place";
import { fullZones } from "./zones";

/**
 * Whether a network in the zones of one city survives the loss of any one pod, node or zone: everything that can be said
 * from the two documents, with the arithmetic, before anything is made. Empty means that ordering, endorsement and every
 * gateway go on, but for gateways whose organisation says why its own may stop (`gatewayMayStopBecause`).
 */
export function checkModel(network: Network, settings: Settings): Finding[] {
  const [site] = settings.sites;
  if (site === undefined) return [];
  const zones = checkZones(network, settings);
  const pins = checkPins(settings, pinnablePods(network, "zones"));
  return [
    ...zones,
    ...checkDistance(settings),
    ...checkNoCenters(settings),
    ...pins,
    // Sums over pods that are not where they are said to be would make no sense to anybody.
    ...(pins.length > 0 ? [] : checkLosses(placeOnSite(network, site), zonesAsDomains(site), zones.length === 0)),
  ];
}

/**
 * What the loss of any one domain would end: ordering, an endorsement policy, private data, a gateway.
 * @param sound Whether the domains themselves are as they must be: what follows from that is said once.
 */
export function checkLosses(placement: Placement, domains: readonly Domain[], sound: boolean): Finding[] {
  return [
    ...(sound ? checkMajorities(placement, domains) : []),
    // Without two full domains all of these fail for the same reason; saying so once is enough.
    ...(fullZones(domains).length < 2
      ? []
      : [
          ...checkEndorsement(placement, domains),
          ...checkCollections(placement, domains),
          ...checkGateways(placement, domains),
        ]),
  ];
}
