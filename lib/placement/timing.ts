import { timingOf, type Timing } from "../fabric/timing";
import { secondsOf } from "../spec/scalars";
import type { Network } from "../spec/network";
import type { Settings } from "../spec/settings";

/**
 * How fast a network may act: as its slowest site allows. Ordering nodes and channels take the same, or the nodes' own
 * value would quietly win over what the channels say.
 */
export function timingOfSites(
  { fabric }: Pick<Network, "fabric">,
  { sites, federation }: Pick<Settings, "sites" | "federation">,
): Timing {
  const between = sites.length > 1 && federation !== undefined ? [federation.roundTrip] : [];
  const roundTrip = Math.max(...[...sites.map((site) => site.roundTrip), ...between].map(millisecondsOf));
  return timingOf(roundTrip, fabric.endorsementTimeout);
}

/** Whole, as {@link secondsOf} may miss by a rounding error. */
export function millisecondsOf(duration: string): number {
  return Math.round(1000 * secondsOf(duration));
}
