import { timingOf, type Timing } from "../fabric/timing";
import { secondsOf } from "../spec/scalars";
import type { Network } from "../spec/network";
import type { Settings } from "../spec/settings";
import type { Failure } from "./failure";

/**
 * How fast a network may act: as its slowest site allows. Ordering nodes and channels take the same, or the nodes' own
 * value would quietly win over what the channels say.
 */
export function timingOfSites(
  { fabric }: Pick<Network, "fabric">,
  { sites, federation, ingress: { health } }: Pick<Settings, "sites" | "federation" | "ingress">,
): Timing {
  const several = sites.length > 1 && federation !== undefined;
  const between = several ? [federation.roundTrip] : [];
  const roundTrip = Math.max(...[...sites.map((site) => site.roundTrip), ...between].map(millisecondsOf));
  const timing = timingOf(roundTrip, fabric.endorsementTimeout);
  if (!several) return timing;
  const { interval, timeout, failures } = health;
  const moves = failures * (secondsOf(interval) + secondsOf(timeout));
  const lost = {
    subject: "without commits after the loss of a site",
    value: `${Math.max(moves, timing.secondsWithoutCommit.worst)} s`,
    reason:
      `the others elect a leader meanwhile; gateways lead its clients elsewhere after ${failures} checks, each ` +
      `${interval} after the one before and given up after ${timeout}: \`ingress.health\` in the settings`,
  };
  return { ...timing, secondsUntilTrafficMoves: moves, choices: [...timing.choices, lost] };
}

/**
 * The longest time, in seconds, that a failure may cost without a commit: what the distance makes of an election that
 * fails once, or the gateways' checks where a site's clients have to go elsewhere; and a second for the clients.
 */
export function longestSilence(
  { secondsWithoutCommit: { worst }, secondsUntilTrafficMoves: moves = 0 }: Timing,
  { kind }: Pick<Failure, "kind">,
): number {
  return Math.ceil(kind === "site" || kind === "border" ? Math.max(worst, moves) : worst) + 1;
}

/** Whole, as {@link secondsOf} may miss by a rounding error. */
export function millisecondsOf(duration: string): number {
  return Math.round(1000 * secondsOf(duration));
}
