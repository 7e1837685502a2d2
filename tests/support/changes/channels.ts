/** Changes of channels and chaincodes. */
import type { Change } from "./change";
import { chaincode, channel, type Model } from "./model";

export const channelChanges = {
  anyEndorsement: {
    says: "one bank's endorsement is enough",
    edit: (model) => {
      channel(model, "trade").policies = { endorsement: "ANY Endorsement" };
      chaincode(model, "assets").collections = [{ name: "prices", members: ["north", "south"], requiredPeers: 0 }];
    },
  },
  endorsement: {
    says: "every bank must endorse what names no policy of its own",
    edit: (model) => (channel(model, "trade").policies = { endorsement: "ALL Endorsement" }),
  },
  lifecycle: {
    says: "every bank must agree to a new chaincode",
    edit: (model) => {
      channel(model, "trade").policies = {
        ...channel(model, "trade").policies,
        lifecycleEndorsement: "ALL Endorsement",
      };
    },
  },
  batch: {
    says: "smaller blocks, later",
    edit: (model) => (channel(model, "trade").batch = { timeout: "1s", maxMessages: 100 }),
  },
  capability: {
    says: "a channel as Fabric 2.5 understands it",
    edit: (model) => (channel(model, "trade").capabilities = { channel: "V2_0" }),
  },
  newChannel: {
    says: "a second channel",
    edit: ({ network }) => void network.channels?.push({ name: "customs", members: ["north", "south"] }),
  },
  renameChannel: {
    says: "another name for a channel",
    after: ["newChannel"],
    edit: (model) => (channel(model, "customs").name = "duties"),
  },
  removeChannel: {
    says: "a channel less",
    after: ["newChannel", "renameChannel"],
    edit: ({ network }) => {
      network.channels = network.channels?.filter(({ name }) => name !== "duties") ?? [];
    },
  },
  newChaincode: {
    says: "a second chaincode",
    edit: ({ network }) => {
      network.chaincodes?.push({ name: "audit", channel: "trade", image: "registry.example.com/audit:1.0" });
    },
  },
  chaincodeVersion: {
    says: "a new version of a chaincode",
    edit: (model) =>
      void Object.assign(nextDefinition(model), { version: "2.0", image: "registry.example.com/assets:2.0" }),
  },
  chaincodePolicy: {
    says: "a policy of its own for a chaincode",
    edit: (model) => void (nextDefinition(model).endorsement = "AND('NorthMSP.peer','SouthMSP.peer')"),
  },
  collection: {
    says: "private data that is forgotten",
    edit: (model) => {
      nextDefinition(model).collections = [{ name: "prices", members: ["north", "south"], blocksToLive: 1000 }];
    },
  },
  chaincodeMemory: {
    says: "more memory for a chaincode",
    edit: (model) => (chaincode(model, "assets").resources = { memory: "512Mi" }),
  },
  latestImage: {
    says: "whatever chaincode image is the latest",
    edit: (model) => (chaincode(model, "assets").image = "registry.example.com/assets:latest"),
    refused: { by: "policies", because: /images-tagged/ },
  },
  latestImageWaived: {
    says: "whatever chaincode image is the latest, and somebody answers for it",
    edit: (model) => {
      chaincode(model, "assets").image = "registry.example.com/assets:latest";
      model.network.waivers = [
        {
          policy: "images-tagged",
          owner: "north's chief engineer",
          reason: "a trial of a week",
          expires: "2999-12-31",
        },
      ];
    },
  },
  expiredWaiver: {
    says: "a waiver whose day is over",
    edit: (model) => {
      model.network.waivers = [
        {
          policy: "images-tagged",
          owner: "north's chief engineer",
          reason: "a trial of a week",
          expires: "2020-12-31",
        },
      ];
    },
    refused: { by: "policies", because: /ended on 2020-12-31/ },
  },
  removeChaincode: {
    says: "a chaincode less",
    after: ["newChaincode"],
    edit: ({ network }) => {
      network.chaincodes = network.chaincodes?.filter(({ name }) => name !== "audit") ?? [];
    },
  },
} satisfies Record<string, Change>;

/** The chaincode that every change begins with, to be defined anew: the sequence counts up with each definition. */
function nextDefinition(model: Model): ReturnType<typeof chaincode> {
  const assets = chaincode(model, "assets");
  assets.sequence = (assets.sequence ?? 1) + 1;
  return assets;
}
