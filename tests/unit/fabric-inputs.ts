import fc from "fast-check";
import { parseFabricVersion } from "../../lib/fabric/version";

/** Any version that can be run, the edges of what changes between versions more often than the rest. */
export const fabricVersions = fc
  .oneof(
    fc.constantFrom("2.5.0", "2.5.16", "3.0.0", "3.1.0", "3.1.5"),
    fc.nat(30).map((patch) => `2.5.${patch}`),
    fc.tuple(fc.nat(9), fc.nat(30)).map(([minor, patch]) => `3.${minor}.${patch}`),
  )
  .map(parseFabricVersion);

/** A Go duration of one unit, as the network file allows. */
export const goDuration = fc
  .tuple(fc.integer({ min: 1, max: 999 }), fc.constantFrom("ms", "s", "m", "h"))
  .map(([count, unit]) => `${count}${unit}`);

const seconds = { ms: 0.001, s: 1, m: 60, h: 3600 } as const;

/** Seconds of such a duration. */
export function goSeconds(duration: string): number {
  const match = /^(\d+)(ms|s|m|h)$/.exec(duration);
  if (match?.[2] === undefined) throw new RangeError(`not a duration of one unit: ${duration}`);
  return Number(match[1]) * seconds[match[2] as keyof typeof seconds];
}
