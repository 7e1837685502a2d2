import type { ConsortiumChaincode, ConsortiumChannel } from "../../../lib/fabric/consortium";
import { type FabricVersion, traitsOf } from "../../../lib/fabric/version";

/** A channel as the network file's defaults make it, with blocks cut after 100 ms. */
export function testChannel(
  version: FabricVersion,
  change: Pick<ConsortiumChannel, "name" | "members"> & Partial<ConsortiumChannel>,
): ConsortiumChannel {
  return {
    policies: {
      readers: "ANY Readers",
      writers: "ANY Writers",
      admins: "MAJORITY Admins",
      endorsement: "MAJORITY Endorsement",
      lifecycleEndorsement: "MAJORITY Endorsement",
    },
    batch: { timeout: "100ms", maxMessages: 100, absoluteMaxBytes: 10_485_760, preferredMaxBytes: 2_097_152 },
    capabilities: { channel: traitsOf(version).channelCapability, orderer: "V2_0", application: "V2_5" },
    raft: {
      tickInterval: "100ms",
      electionTick: 10,
      heartbeatTick: 1,
      maxInflightBlocks: 5,
      snapshotIntervalSize: 16_777_216,
    },
    ...change,
  };
}

/** A chaincode in its first version, without private data. */
export function testChaincode(
  change: Pick<ConsortiumChaincode, "name" | "channel"> & Partial<ConsortiumChaincode>,
): ConsortiumChaincode {
  return { version: "1.0", sequence: 1, initRequired: false, collections: [], ...change };
}
