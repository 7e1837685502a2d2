import type { Network } from "../spec/network";
import type { Finding } from "../spec/problem";
import type { Settings } from "../spec/settings";
import { checkEndorsement } from "./check-endorsement";
import { checkZones } from "./check-zones";
import { placeOnSite } from "./place";

/**
 * Whether a network in the zones of one city survives the loss of any one of them: everything that can be said from the
 * two documents, with the arithmetic, before anything is made. Empty means it does.
 */
export function checkModel(network: Network, settings: Settings): Finding[] {
  const [site] = settings.sites;
  if (site === undefined) return [];
  const zones = checkZones(network, settings);
  // Without two full zones every policy fails for the same reason; saying so once is enough.
  const endorsement =
    site.zones.filter(({ witness }) => !witness).length < 2 ? [] : checkEndorsement(placeOnSite(network, site));
  return [...zones, ...endorsement];
}
