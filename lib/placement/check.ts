import type { Network } from "../spec/network";
import type { Finding } from "../spec/problem";
import type { Settings } from "../spec/settings";
import { checkCollections } from "./check-collections";
import { checkDistance } from "./check-distance";
import { checkEndorsement } from "./check-endorsement";
import { checkGateways } from "./check-gateways";
import { checkPins } from "./check-pins";
import { checkMajorities, checkZones } from "./check-zones";
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
  const pins = checkPins(network, settings);
  const placement = placeOnSite(network, site);
  return [
    ...zones,
    ...checkDistance(settings),
    ...pins,
    // Sums over pods that are not where they are said to be would make no sense to anybody.
    ...(zones.length > 0 || pins.length > 0 ? [] : checkMajorities(settings, placement)),
    // Without two full zones all of these fail for the same reason; saying so once is enough.
    ...(fullZones(site.zones).length < 2 || pins.length > 0
      ? []
      : [...checkEndorsement(placement), ...checkCollections(placement), ...checkGateways(settings, placement)]),
  ];
}
