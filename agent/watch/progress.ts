/** Heights of the nodes of a network over time: who is behind, and for how long. */
export class Progress {
  /** Of each channel: when each height was first seen anywhere, lowest first. */
  private readonly firstSeen = new Map<string, { readonly height: number; readonly at: number }[]>();

  /** @param keep Milliseconds for which it is known when a height was first seen. */
  constructor(private readonly keep = 600_000) {}

  /**
   * Takes note of a height.
   * @param now Milliseconds of a clock that only goes forward.
   */
  saw(channel: string, height: number, now: number): void {
    const heights = this.firstSeen.get(channel) ?? [];
    if (height > (heights.at(-1)?.height ?? 0)) heights.push({ height, at: now });
    // The newest of those that are too old stays: it still says from when on everything lower was behind.
    while (heights.length > 1 && now - (heights[1]?.at ?? now) > this.keep) heights.shift();
    this.firstSeen.set(channel, heights);
  }

  /** The highest height seen; 0 where the channel is not known. */
  highest(channel: string): number {
    return this.firstSeen.get(channel)?.at(-1)?.height ?? 0;
  }

  /** Milliseconds since a node of this height has been behind the highest; 0 where it is not. */
  behindFor(channel: string, height: number, now: number): number {
    const next = this.firstSeen.get(channel)?.find((seen) => seen.height > height);
    return next === undefined ? 0 : now - next.at;
  }
}
