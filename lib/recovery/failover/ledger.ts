/** Where a ledger ends: its height (number of blocks) and the header hash of its newest block, as `GetChainInfo` says. */
export interface Point {
  readonly height: number;
  readonly hash: string;
}

/** Where the ledgers of several channels end, by the channel's name. */
export type Heights = Readonly<Record<string, Point>>;

/** Blocks of one channel, by their numbers, both included. */
export interface BlockRange {
  readonly channel: string;
  readonly first: number;
  readonly last: number;
}

/** What `high` has above `low`, channel by channel. */
export function blocksAbove(low: Heights, high: Heights): BlockRange[] {
  return Object.entries(high).flatMap(([channel, { height }]) => {
    const first = low[channel]?.height ?? 0;
    return height > first ? [{ channel, first, last: height - 1 }] : [];
  });
}

/** The higher of the two on every channel. */
export function highest(one: Heights, other: Heights): Heights {
  const higher = Object.entries(other).filter(([channel, { height }]) => height > (one[channel]?.height ?? -1));
  return higher.length === 0 ? one : { ...one, ...Object.fromEntries(higher) };
}

/** Channels on which both end at the same height with different hashes: two histories. */
export function forkedChannels(one: Heights, other: Heights): string[] {
  return Object.entries(one).flatMap(([channel, { height, hash }]) => {
    const there = other[channel];
    return there !== undefined && there.height === height && there.hash !== hash ? [channel] : [];
  });
}

/** Whether both end in the same blocks on every channel of either. */
export function sameEnd(one: Heights, other: Heights): boolean {
  const channels = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...channels].every((channel) => {
    const [here, there] = [one[channel], other[channel]];
    return here !== undefined && there !== undefined && here.height === there.height && here.hash === there.hash;
  });
}

/** Whether `one` has at least the blocks that `other` ends with, on every channel; equal heights end in equal blocks. */
export const reaches = (one: Heights, other: Heights): boolean =>
  Object.entries(other).every(([channel, { height }]) => (one[channel]?.height ?? 0) >= height) &&
  forkedChannels(one, other).length === 0;

/** Blocks on all channels together. */
export const totalHeight = (heights: Heights): number =>
  Object.values(heights).reduce((sum, { height }) => sum + height, 0);

/** How many blocks ranges hold. */
export const blocksIn = (ranges: readonly BlockRange[]): number =>
  ranges.reduce((sum, { first, last }) => sum + last - first + 1, 0);

/** `main 238–244`, for people. */
export const rangesText = (ranges: readonly BlockRange[]): string =>
  ranges.length === 0
    ? "no block"
    : ranges.map(({ channel, first, last }) => `${channel} ${first}${last === first ? "" : `–${last}`}`).join(", ");
