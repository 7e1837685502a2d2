import type { Link } from "./model";
import { kibPerSecond } from "./units";

/** How DRBD steers a resync over a link; DRBD's own units. */
export interface Tuning {
  /** Tenths of a second that the controller looks ahead. */
  readonly planAhead: number;
  /** Bytes that a resync keeps on the way. */
  readonly fillTarget: number;
  /** KiB/s. */
  readonly maxRate: number;
  /** KiB/s below which applications do not push a resync. */
  readonly minRate: number;
  /** Tenths of a second within which a ping must be answered. */
  readonly pingTimeout: number;
}

/**
 * The DRBD User's Guide's rules of thumb: look ahead at least five round trips, keep twice what the link holds on the way;
 * leave a resync a tenth of its rate when applications write. Never less than DRBD's defaults: two seconds, 1 MiB.
 */
export function tuningOf({ roundTrip, resyncRate }: Link): Tuning {
  const planAhead = Math.min(ranges["c-plan-ahead"].most, Math.max(20, Math.ceil((5 * roundTrip) / 100)));
  const held = (resyncRate * roundTrip) / 1000;
  const maxRate = kibPerSecond(resyncRate);
  return {
    planAhead,
    fillTarget: Math.min(maxFillTarget, Math.max(2 ** 20, Math.ceil((2 * held) / 4096) * 4096)),
    maxRate,
    minRate: Math.max(1, Math.floor(maxRate / 10)),
    pingTimeout: Math.min(ranges["ping-timeout"].most, Math.max(5, Math.ceil((10 * roundTrip) / 100))),
  };
}

/** Sectors fit 20 bits there. */
const maxFillTarget = (2 ** 20 - 1) * 512;

/** What drbd-utils 9.22 takes, without units: beyond it says "Value is too big" or "too small". */
export const ranges = {
  "c-plan-ahead": { least: 0, most: 300 },
  "c-max-rate": { least: 250, most: 4194304 },
  "ping-timeout": { least: 1, most: 300 },
  "al-extents": { least: 67, most: 65534 },
} as const;
