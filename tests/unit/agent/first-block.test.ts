/** A channel is founded once, also by two agents at a time, and by another founder than before. */
import { common } from "@hyperledger/fabric-protos";
import { configMapBoard } from "../../../agent/kubernetes/board";
import { pathOf } from "../../../agent/kubernetes/objects";
import { createChannel } from "../../../agent/reconcile/create-channel";
import { Pass } from "../../../agent/reconcile/pass";
import { genesisBlock } from "../../../lib/fabric/channel/block";
import type { Consortium } from "../../../lib/fabric/consortium";
import { parseFabricVersion } from "../../../lib/fabric/version";
import { testChannel } from "../../fabric/support/network-definition";
import { MemoryApiServer } from "../../support/memory-api-server";

const channel = testChannel(parseFabricVersion("3.1.5"), { name: "trade", members: ["first"] });
const ordering = (name: string) => ({
  name,
  mspId: name,
  namespace: name,
  peers: [],
  orderers: [{ pod: `${name}-0`, site: "here", zone: "a", host: `${name}-0.example`, port: 7050 }],
  anchorPeers: [],
});
const consortium: Consortium = {
  network: "unit",
  fabricVersion: "3.1.5",
  clusterDomain: "cluster.local",
  organisations: [ordering("first"), ordering("second")],
  channels: [channel],
  chaincodes: [],
};

/** Blocks that differ, as those of two founders would. */
const block = (sequence: number): Uint8Array => {
  const config = new common.Config();
  config.setSequence(sequence);
  config.setChannelGroup(new common.ConfigGroup());
  return genesisBlock("trade", config).serializeBinary();
};
const notice = (bytes: Uint8Array) => ({ "genesis.block": bytes });

function founder(api: MemoryApiServer): Pass {
  return new Pass(
    {
      consortium,
      organisation: "first",
      identity: {
        mspId: "first",
        certificate: "",
        sign: (digest) => Promise.resolve(digest),
        tls: { certificate: "", key: "", authorities: "" },
      },
      board: configMapBoard(api, consortium, "first"),
      reach: () => Promise.reject(new Error("nobody is to be asked")),
      log: () => undefined,
    },
    { known: new Map(), complete: new Map() },
  );
}

test("what is published once stays", async () => {
  const board = configMapBoard(new MemoryApiServer(), consortium, "first");
  await board.publish("channel-trade", notice(block(1)), "once");
  await board.publish("channel-trade", notice(block(2)), "once");
  expect(await board.read("first", "channel-trade")).toEqual(notice(Buffer.from(block(1))));
  await board.publish("channel-trade", notice(block(2)));
  expect(await board.read("first", "channel-trade")).toEqual(notice(Buffer.from(block(2))));
});

test("a new founder takes the block of the former one", async () => {
  const api = new MemoryApiServer();
  await configMapBoard(api, consortium, "second").publish("channel-trade", notice(block(1)));
  const { genesis } = await createChannel(founder(api), channel);
  expect(Buffer.from(genesis ?? [])).toEqual(Buffer.from(block(1)));
  expect(await configMapBoard(api, consortium, "first").read("first", "channel-trade")).toEqual(
    notice(Buffer.from(block(1))),
  );
});

test("of two agents that publish at once both go on with the same block", async () => {
  const api = new MemoryApiServer();
  await configMapBoard(api, consortium, "second").publish("channel-trade", notice(block(1)));
  api.before = (method) => {
    // Between the look and the publication.
    const binaryData = { "genesis.block": Buffer.from(block(2)).toString("base64") };
    if (method === "POST") api.put(pathOf("configmaps", "first", "channel-trade"), { binaryData });
  };
  const { genesis, conditions } = await createChannel(founder(api), channel);
  expect(conditions).toMatchObject([{ status: "True", reason: "Created" }]);
  expect(Buffer.from(genesis ?? [])).toEqual(Buffer.from(block(2)));
});

test("nothing is founded while the notice of another ordering organisation cannot be read", async () => {
  const api = new MemoryApiServer();
  api.before = (_method, path) => {
    if (path.includes("/second/")) throw new Error("no answer");
  };
  const { genesis, conditions } = await createChannel(founder(api), channel);
  expect(genesis).toBeUndefined();
  expect(conditions).toMatchObject([{ status: "False", reason: "Unreadable" }]);
});
