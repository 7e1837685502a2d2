import { peersOf, type Placement } from "../placement/node";
import type { Finding } from "../spec/problem";
import { poolKey, type IngressSettings } from "./of-placement";

/** Weights in the stack settings for pools that there are not, and for sites that have no part in a pool. */
export function checkTraffic(placement: Placement, { traffic }: Pick<IngressSettings, "traffic">): Finding[] {
  const sites = new Map(
    placement.network.organisations.flatMap((organisation) => {
      const peers = peersOf(placement, organisation.name);
      return peers.length === 0 ? [] : [[poolKey(organisation), [...new Set(peers.map(({ site }) => site))]] as const];
    }),
  );
  return Object.entries(traffic).flatMap(([pool, weights]): Finding[] => {
    const own = sites.get(pool);
    if (own === undefined) {
      return [
        {
          document: "settings",
          path: ["traffic", pool],
          at: "key",
          found: `weights of ${pool}, which is no pool of this network`,
          allowed: [...sites.keys()].join(", ") || "none: no organisation has peers",
          fix: "name an organisation that has peers",
        },
      ];
    }
    return Object.keys(weights)
      .filter((site) => !own.includes(site))
      .map((site) => ({
        document: "settings",
        path: ["traffic", pool, site],
        at: "key",
        found: `a weight of ${site}, where nothing of ${pool} stands`,
        allowed: own.join(", "),
        fix: "name a site with peers of the organisation, or place peers there",
      }));
  });
}
