import type { Network } from "../spec/network";
import type { Finding } from "../spec/problem";
import type { Settings } from "../spec/settings";
import { checkLosses } from "./check";
import { checkNoCenters } from "./check-no-centers";
import { checkPins } from "./check-pins";
import { checkEngine, checkSites } from "./check-sites";
import { sitesAsDomains } from "./domain";
import { pinnablePods } from "./pins";
import { placeOnSites } from "./place";

/**
 * Whether a network over several sites survives the loss of any one pod, node, zone, site, or of all that lies between two of
 * them: everything that can be said from the two documents, with the arithmetic, before anything is made.
 */
export function checkFederation(network: Network, settings: Settings): Finding[] {
  const domains = sitesAsDomains(settings);
  const sites = checkSites(network, settings, domains);
  const pins = checkPins(settings, pinnablePods(network, "sites"));
  return [
    ...sites,
    ...checkEngine(settings),
    ...checkNoCenters(settings),
    ...pins,
    ...(pins.length > 0 ? [] : checkLosses(placeOnSites(network, settings), domains, sites.length === 0)),
  ];
}
