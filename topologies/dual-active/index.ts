import { synthesiseSite } from "../../lib/constructs/site";
import { checkModel } from "../../lib/placement/check";
import { consortiumOf } from "../../lib/placement/consortium";
import { placeOnSite } from "../../lib/placement/place";
import { timingOfSites } from "../../lib/placement/timing";
import type { Settings, Site } from "../../lib/spec/settings";
import type { Topology } from "../topology";

/** One city, one cluster: two full zones that both work, and a small witness zone that completes the majority. */
const dualActive: Topology = {
  title: "two zones of one city that both work, and a witness zone that completes the majority",
  promises: [
    "Any one pod, node or zone may be lost with no manual step: ordering, endorsement and gateways go on, but for gateways whose organisation says why they may stop.",
    "Pod 0 of a group lives in the first zone, pod 1 in the second, exactly and for ever.",
  ],
  check: checkModel,
  place: (network, settings) => placeOnSite(network, city(settings)),
  synthesise: (placement, settings) => [
    synthesiseSite(
      placement,
      city(settings),
      consortiumOf(placement, settings),
      timingOfSites(placement.network, settings),
    ),
  ],
};

export default dualActive;

function city({ sites: [site] }: Settings): Site {
  if (site === undefined) throw new RangeError("dual-active has one site");
  return site;
}
