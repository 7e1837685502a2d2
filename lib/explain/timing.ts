import type { ConsortiumChannel } from "../fabric/consortium";
import type { Timing } from "../fabric/timing";
import { millisecondsOf } from "../placement/timing";

/**
 * How fast the network acts, and why not faster or slower, in sentences.
 * @param several Whether it stands on several sites, the distance between which counts as well.
 */
export function tellTiming(
  timing: Timing,
  channels: readonly Pick<ConsortiumChannel, "name" | "batch">[],
  several = false,
): string[] {
  const { roundTrip, choices, batchTimeout } = timing;
  return [
    `${several ? "Sites" : "Zones"} are at most ${roundTrip} ms apart, there and back: \`${several ? "federation.roundTrip" : "roundTrip"}\` in the settings. Everything here follows from it.`,
    ...choices.map(({ subject, value, reason }) => `${capitalised(subject)}: ${value}. ${capitalised(reason)}.`),
    ...channels
      .filter(({ batch }) => millisecondsOf(batch.timeout) < millisecondsOf(batchTimeout))
      .map(
        ({ name, batch }) =>
          `Channel ${name} waits ${batch.timeout} only: ${batchTimeout} would make larger blocks and cost its transactions little.`,
      ),
  ];
}

const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
