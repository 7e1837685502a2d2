import { describeChannel } from "../fabric/channel/preview";
import type { Consortium } from "../fabric/consortium";
import { generatedJson, type ManifestFile } from "./yaml";

/** The folder of the channels' configs, beside those of the sites. */
export const channelsFolder = "channels";

/**
 * What the config of each channel will say: there to be read and compared before any cluster exists, and nothing that
 * anybody applies. The agents build the same with the certificates that are made in the clusters.
 */
export function channelFiles(consortium: Consortium): ManifestFile[] {
  return consortium.channels.map((channel) => ({
    path: `${channelsFolder}/${channel.name}.json`,
    text: generatedJson(describeChannel(channel, consortium)),
  }));
}
