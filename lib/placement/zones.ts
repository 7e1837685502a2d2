import type { Zone } from "../spec/settings";

type ZoneLike = Pick<Zone, "name" | "witness" | "consenters">;

/** Zones that carry peers and certificate authorities. */
export function fullZones<T extends Pick<Zone, "witness">>(zones: readonly T[]): T[] {
  return zones.filter((zone) => !zone.witness);
}

/** Whether the settings name the number of consenters per zone themselves. */
export function namesConsenters(zones: readonly ZoneLike[]): boolean {
  return zones.some((zone) => zone.consenters !== undefined);
}

/**
 * The zones of ordering nodes 0, 1, 2, … : full zones in turn, the witness once after the first round
 * (a, b, witness, a, b, a, b, …), so 3 become 1 + 1 + 1 and 5 become 2 + 2 + 1. A longer sequence begins with the
 * shorter one: adding ordering nodes at the end of the file never moves those that hold a ledger.
 *
 * Where the settings name `consenters` per zone, zones are taken in turn until each has its number; the sequence is then
 * as long as their sum.
 */
export function consenterSequence(zones: readonly ZoneLike[], length: number): string[] {
  if (namesConsenters(zones)) return takeInTurn(zones);
  const full = fullZones(zones);
  const first = [...full, ...zones.filter((zone) => zone.witness)];
  const again = full.length > 0 ? full : zones;
  return Array.from({ length }, (_, index) => {
    const zone = index < first.length ? first[index] : again[(index - first.length) % again.length];
    if (zone === undefined) throw new RangeError("a site has at least one zone");
    return zone.name;
  });
}

/** A sequence without the places that are taken, as many of each zone as there are in `taken`, the earliest first. */
export function without(sequence: readonly string[], taken: readonly string[]): string[] {
  const over = new Map<string, number>();
  for (const zone of taken) over.set(zone, (over.get(zone) ?? 0) + 1);
  return sequence.filter((zone) => {
    const more = over.get(zone) ?? 0;
    if (more > 0) over.set(zone, more - 1);
    return more === 0;
  });
}

function takeInTurn(zones: readonly ZoneLike[]): string[] {
  const rounds = Math.max(0, ...zones.map((zone) => zone.consenters ?? 0));
  return Array.from({ length: rounds }, (_, round) => round).flatMap((round) =>
    zones.filter((zone) => (zone.consenters ?? 0) > round).map((zone) => zone.name),
  );
}
