/** IP addresses as numbers, and sets of them as ranges, which is what nftables keeps in a set. */
import { isIPv4, isIPv6 } from "node:net";

/** IP version 4 or 6. */
export type Family = 4 | 6;

/** Addresses from `first` to `last`, both included. */
export interface Range {
  readonly family: Family;
  readonly first: bigint;
  readonly last: bigint;
}

const bits: Readonly<Record<Family, number>> = { 4: 32, 6: 128 };

/** The range of one address. Errors: not an IP address. */
export function parseAddress(text: string): Range {
  if (isIPv4(text)) {
    const value = fromParts(text.split(".").map(Number), 8n);
    return { family: 4, first: value, last: value };
  }
  if (isIPv6(text) && !text.includes("%")) {
    const value = fromParts(groups(text), 16n);
    return { family: 6, first: value, last: value };
  }
  throw new Error(`"${text}" is not an IP address`);
}

/** The range of a block such as `10.0.0.0/8`; bits beyond the prefix do not matter. Errors: not a block. */
export function parseBlock(text: string): Range {
  const [address = "", prefix = "", ...more] = text.split("/");
  const { family, first } = parseAddress(address);
  const length = Number(prefix);
  if (more.length > 0 || !/^\d+$/.test(prefix) || length > bits[family])
    throw new Error(`"${text}" is not an IP block`);
  const size = 1n << BigInt(bits[family] - length);
  const start = first - (first % size);
  return { family, first: start, last: start + size - 1n };
}

/** The same addresses, each in one range only, sorted: nftables refuses ranges that overlap. */
export function union(ranges: readonly Range[]): Range[] {
  const sorted = [...ranges].sort(
    (one, other) => one.family - other.family || compare(one.first, other.first) || compare(one.last, other.last),
  );
  const merged: Range[] = [];
  for (const range of sorted) {
    const before = merged.at(-1);
    if (before?.family === range.family && range.first <= before.last + 1n) {
      merged[merged.length - 1] = { ...before, last: range.last > before.last ? range.last : before.last };
    } else {
      merged.push(range);
    }
  }
  return merged;
}

/** The addresses of `range` that are in none of `excluded`. */
export function without(range: Range, excluded: readonly Range[]): Range[] {
  const left: Range[] = [];
  let { first } = range;
  for (const hole of union(excluded.filter(({ family }) => family === range.family))) {
    if (hole.last < first || hole.first > range.last) continue;
    if (hole.first > first) left.push({ ...range, first, last: hole.first - 1n });
    first = hole.last + 1n;
  }
  return first <= range.last ? [...left, { ...range, first }] : left;
}

/** Whether every address of `range` is in `ranges`, which {@link union} gave. */
export const covers = (ranges: readonly Range[], range: Range): boolean =>
  ranges.some(({ family, first, last }) => family === range.family && first <= range.first && range.last <= last);

/** As nftables writes it: `10.0.0.1`, or `10.0.0.1-10.0.0.9`. */
export const formatRange = ({ family, first, last }: Range): string =>
  first === last ? formatAddress(family, first) : `${formatAddress(family, first)}-${formatAddress(family, last)}`;

const compare = (one: bigint, other: bigint): number => (one < other ? -1 : one > other ? 1 : 0);

const fromParts = (parts: readonly number[], width: bigint): bigint =>
  parts.reduce((value, part) => (value << width) | BigInt(part), 0n);

/** The eight groups of an IPv6 address, with `::` and a trailing IPv4 address spelled out. */
function groups(text: string): number[] {
  const hexadecimal = text.replace(/\d+\.\d+\.\d+\.\d+$/, (ipv4) => {
    const [a = 0, b = 0, c = 0, d = 0] = ipv4.split(".").map(Number);
    return `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
  });
  const [head = "", tail] = hexadecimal.split("::");
  const words = (part: string): number[] => (part === "" ? [] : part.split(":").map((word) => parseInt(word, 16)));
  if (tail === undefined) return words(head);
  const [before, after] = [words(head), words(tail)];
  return [...before, ...Array.from({ length: 8 - before.length - after.length }, () => 0), ...after];
}

function formatAddress(family: Family, value: bigint): string {
  const [count, width] = family === 4 ? [4, 8n] : [8, 16n];
  const parts = Array.from({ length: count }, (_, index) =>
    Number((value >> (width * BigInt(count - 1 - index))) & ((1n << width) - 1n)),
  );
  return family === 4 ? parts.join(".") : parts.map((part) => part.toString(16)).join(":");
}
