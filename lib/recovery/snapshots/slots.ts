/** Slots of so many seconds in a minute: 12 of 5 s. */
export const denseSlots = (seconds: number): number => Math.floor(60 / seconds);

/**
 * The slots of the minute that are still to come: multiples of `every` seconds of the wall clock, so that being late once
 * shifts none of those after it. One that has passed is left out, not made up for: two snapshots at a time are one.
 * @param now Milliseconds since 1970.
 */
export function slotsToCome(now: number, every: number, slots: number): readonly Date[] {
  const minute = Math.floor(now / 60_000) * 60_000;
  return Array.from({ length: slots }, (_, index) => minute + index * every * 1000)
    .filter((slot) => slot >= now)
    .map((slot) => new Date(slot));
}
