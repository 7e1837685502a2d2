import { tellChannels } from "../../../lib/explain/channels";
import { packageChaincode } from "../../../lib/fabric/chaincode-package";
import { consortiumOf } from "../../../lib/placement/consortium";
import { placeOnSite } from "../../../lib/placement/place";
import type { NetworkInput } from "../../../lib/spec/network";
import { city, smallNetwork } from "../../support/models";

function told(change: Partial<NetworkInput>) {
  const settings = city();
  return tellChannels(consortiumOf(placeOnSite(smallNetwork(3, change), settings.sites[0]!), settings));
}

test("a channel is told with its chaincodes, and with no other's", () => {
  const asset = { name: "asset", channel: "trade", image: "example.com/asset:1" };
  const channels = told({
    channels: [
      { name: "trade", members: ["org1"], batch: { timeout: "2s", maxMessages: 1, preferredMaxBytes: "512Ki" } },
      { name: "quiet", members: ["org1"] },
    ],
    chaincodes: [
      {
        ...asset,
        version: "2.1",
        sequence: 4,
        initRequired: true,
        endorsement: "OR('Org1MSP.peer')",
        collections: [
          { name: "prices", members: ["org1"], requiredPeers: 1, blocksToLive: 9, endorsement: "ANY Endorsement" },
        ],
      },
    ],
  });
  const [trade, quiet] = channels;
  const { packageId } = packageChaincode({ name: "asset", version: "2.1" });
  expect(trade!.sentences).toEqual([
    "Members: org1.",
    "Reading takes an administrator, peer or client of the only member; writing an administrator or client of the only member; a change of the channel an administrator of the only member.",
    "Endorsement, where a chaincode says nothing else: a peer of the only member; a new chaincode: a peer of the only member.",
    "A block is cut after 2s, 1 transaction or 512 KiB, whichever comes first; none exceeds 10 MiB.",
    `Chaincode asset 2.1, sequence 4, after its Init; endorsement: a peer of Org1MSP; package ${packageId}.`,
    "Collection prices of asset: held by org1, by at least 1 peer besides the endorsing one; endorsement: a peer of the only member; purged after 9 blocks.",
  ]);
  expect(quiet!.name).toBe("quiet");
  expect(quiet!.sentences.join()).not.toContain("asset");
});

test("chaincode without a policy of its own follows its channel, and private data is kept unless said otherwise", () => {
  const [trade] = told({
    chaincodes: [
      {
        name: "asset",
        channel: "trade",
        image: "example.com/asset:1",
        collections: [{ name: "prices", members: ["org1"], requiredPeers: 0 }],
      },
    ],
  });
  expect(trade!.sentences.slice(-2).join("\n")).toMatch(
    /^Chaincode asset 1\.0, sequence 1; endorsement: as the channel says; package asset_1\.0:[0-9a-f]{64}\.\nCollection prices of asset: held by org1, by at least 0 peers besides the endorsing one; kept for ever\.$/,
  );
});
