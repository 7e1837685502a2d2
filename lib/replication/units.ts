/**
 * DRBD's units. Its suffixes are binary whatever their letters look like: `100M` is 100 MiB/s, which is 104.9 MB/s. Rates
 * without suffix are KiB/s, sizes without suffix in `c-fill-target` are sectors (drbd.conf(5), drbd-utils 9.22).
 */

const kibi = 1024;
const suffixes: Readonly<Record<string, number>> = { "": 1, S: 512, K: kibi, M: kibi ** 2, G: kibi ** 3 };

/** The number that DRBD takes for a rate: whole KiB/s, rounded down so that what was promised is not exceeded. */
export const kibPerSecond = (bytesPerSecond: number): number => Math.floor(bytesPerSecond / kibi);

/** A size as DRBD takes it, in whole KiB, rounded up. */
export const inKib = (bytes: number): string => `${Math.ceil(bytes / kibi)}K`;

/**
 * What a number with an optional suffix is worth in bytes.
 * @param unit What the number counts where it has no suffix, in bytes: 1024 for rates.
 * @returns undefined where DRBD would not take it, such as `100MB`.
 */
export function bytesOf(text: string, unit: number): number | undefined {
  const match = /^([0-9]+)([skmg]?)$/i.exec(text);
  if (match === null) return undefined;
  const [, digits = "", suffix = ""] = match;
  return Number(digits) * (suffix === "" ? unit : (suffixes[suffix.toUpperCase()] ?? 1));
}

/** `104.9 MB/s`: decimal, as people who buy lines count. */
export const megabytes = (bytesPerSecond: number): string =>
  `${Number((bytesPerSecond / 1e6).toFixed(bytesPerSecond < 1e6 ? 4 : 1))} MB/s`;

/** `128 KiB`, in the largest unit that keeps it whole. */
export function kibibytes(bytes: number): string {
  const units = ["bytes", "KiB", "MiB", "GiB", "TiB"];
  let value = bytes;
  let unit = 0;
  while (value >= kibi && value % kibi === 0 && unit < units.length - 1) {
    value /= kibi;
    unit += 1;
  }
  return `${value} ${units[unit] ?? ""}`;
}

/** Bytes of a Kubernetes quantity with Mi, Gi or Ti; undefined for anything else. */
export function quantityBytes(quantity: string): number | undefined {
  const match = /^([1-9][0-9]{0,14})(Mi|Gi|Ti)$/.exec(quantity);
  if (match === null) return undefined;
  return Number(match[1]) * { Mi: kibi ** 2, Gi: kibi ** 3, Ti: kibi ** 4 }[match[2] as "Mi" | "Gi" | "Ti"];
}
