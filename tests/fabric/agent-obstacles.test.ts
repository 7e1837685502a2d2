import { rmSync } from "node:fs";
import { join } from "node:path";
import { createServer as createSilentServer, type Server, type Socket } from "node:net";
import { createServer } from "node:tls";
import { common } from "@hyperledger/fabric-protos";
import type { Condition } from "../../agent/reconcile/condition";
import { isReconciled } from "../../agent/reconcile/condition";
import type { ReconcileOptions } from "../../agent/reconcile/pass";
import { reconcile } from "../../agent/reconcile/reconcile";
import { configOf, genesisBlock } from "../../lib/fabric/channel/block";
import type { Consortium, ConsortiumNode } from "../../lib/fabric/consortium";
import { type Agents, agentsOf } from "./support/agents";
import { type BareNetwork, completeInstallations, startBareNetwork } from "./support/bare-network";
import { folderBoard, publishIdentities } from "./support/folder-board";
import { testChaincode, testChannel } from "./support/network-definition";

jest.setTimeout(180_000);

const [programs] = completeInstallations();

/** Each test goes on where the one before it ended: the obstacles are met and removed in the order of the work. */
(programs === undefined ? describe.skip : describe)("agents that meet an obstacle", () => {
  let network: BareNetwork;
  let agents: Agents;
  let model: Consortium;

  beforeAll(async () => {
    network = await startBareNetwork({
      programs: programs!,
      organisations: [
        { name: "order", orderers: 3 },
        { name: "amber", peers: 2 },
      ],
      channels: [testChannel(programs!.version, { name: "trade", members: ["amber"] })],
      chaincodes: [testChaincode({ name: "asset", channel: "trade" })],
    });
    agents = agentsOf(network);
    model = network.consortium;
  });
  afterAll(() => network.stop());

  const orderers = () => model.organisations[0]!.orderers;
  const notice = () => folderBoard(agents.board, "order").read("order", "channel-trade");
  /** The founder's agent, which finds one orderer elsewhere, or not at all. */
  const founder = (elsewhere: (node: ConsortiumNode) => Promise<string>): ReconcileOptions => ({
    ...agents.options("order", model),
    reach: (node) => (node.pod === "orderer0-order-2" ? elsewhere(node) : Promise.resolve(node.host)),
  });

  test("create nothing while certificates are not published", async () => {
    const told = await reconcile(agents.options("order", model));
    expect(about(told, "IdentitiesPublished", "organisation/amber")).toMatchObject({
      status: "False",
      reason: "NotPublished",
      remedy: expect.stringContaining("register") as unknown,
    });
    expect(await notice()).toBeUndefined();
    await publishIdentities(network, agents.board);
  });

  test("create nothing while an orderer shows a certificate for another name", async () => {
    const told = await reconcile(founder(() => Promise.resolve(orderers()[0]!.host)));
    expect(about(told, "ConsentersVerified", "orderer/trade/orderer0-order-2")).toMatchObject({
      status: "False",
      reason: "WrongCertificate",
      message: expect.stringContaining(orderers()[2]!.host) as unknown,
      remedy: expect.stringContaining("orderer0-order-2") as unknown,
    });
    expect(about(told, "ChannelCreated", "channel/trade").reason).toBe("AwaitsConsenters");
    expect(await notice()).toBeUndefined();
  });

  test("create nothing while an orderer shows a certificate of another organisation", async () => {
    const { host, port } = orderers()[2]!;
    const { certificate, privateKey } = await network.organisation("amber").authorities.tlsPair("impostor", [host]);
    const impostor = createServer({ cert: certificate, key: privateKey });
    const address = host.replace(/\.\d+$/, ".254");
    await listening(impostor, port, address);
    try {
      const told = await reconcile(founder(() => Promise.resolve(address)));
      expect(about(told, "ConsentersVerified", "orderer/trade/orderer0-order-2")).toMatchObject({
        reason: "WrongCertificate",
        message: expect.stringContaining("TLS authority") as unknown,
      });
      expect(await notice()).toBeUndefined();
    } finally {
      impostor.close();
    }
  });

  test("create nothing while an orderer cannot be reached", async () => {
    const told = await reconcile(founder(() => Promise.reject(new Error("its pod has no address yet"))));
    expect(about(told, "ConsentersVerified", "orderer/trade/orderer0-order-2")).toMatchObject({
      status: "Unknown",
      reason: "Unreachable",
      message: "its pod has no address yet",
    });
    expect(await notice()).toBeUndefined();
  });

  test("carry on with two orderers of three, and take the third when it is back", async () => {
    const gone = network.node("orderer0-order-2");
    // Its certificate is still to be had when the channel is created; then it goes away.
    await reconcile({
      ...agents.options("order", model),
      onStep: (step) => (step.startsWith("published") ? gone.process().stop() : undefined),
    });
    await agents.settle(model, ["amber"]);
    const told = await reconcile(agents.options("order", model));
    const open = told.filter((condition) => !isReconciled([condition])).map(({ object }) => object);
    expect(new Set(open)).toEqual(new Set(["orderer/trade/orderer0-order-2"]));
    expect(about(told, "OrdererJoined", "orderer/trade/orderer0-order-2")).toMatchObject({
      reason: "Failed",
      remedy: expect.stringContaining("orderer0-order-2") as unknown,
    });
    await gone.restart();
    await agents.settle(model);
  });

  test("lose seconds on an orderer that says nothing, and do the rest", async () => {
    const accepted = new Set<Socket>();
    const silent = createSilentServer((socket) => void accepted.add(socket));
    const address = orderers()[2]!.host.replace(/\.\d+$/, ".253");
    await listening(silent, orderers()[2]!.port, address);
    const started = Date.now();
    const told = await reconcile(founder(() => Promise.resolve(address)));
    expect(Date.now() - started).toBeLessThan(20_000);
    silent.close();
    for (const socket of accepted) socket.destroy();
    const open = told.filter((condition) => !isReconciled([condition])).map(({ object }) => object);
    expect(open).toEqual(["orderer/trade/orderer0-order-2"]);
  });

  test("publish the very same first block again when the notice is lost", async () => {
    const before = (await notice())?.["genesis.block"];
    rmSync(join(agents.board, "order", "channel-trade"));
    await reconcile(agents.options("order", model));
    const after = (await notice())?.["genesis.block"];
    const header = (block: Uint8Array | undefined) =>
      common.Block.deserializeBinary(block ?? new Uint8Array())
        .getHeader()
        ?.toObject();
    expect(header(after)).toEqual(header(before));
  });

  test("join nothing to a channel of which a node holds another chain", async () => {
    const own = (await notice())!;
    const config = configOf(common.Block.deserializeBinary(own["genesis.block"]!));
    config.getChannelGroup()?.getGroupsMap().get("Orderer")?.setModPolicy("Writers");
    const board = folderBoard(agents.board, "order");
    await board.publish("channel-trade", { "genesis.block": genesisBlock("trade", config).serializeBinary() });
    const steps: string[] = [];
    const told = (
      await Promise.all(
        ["order", "amber"].map((name) =>
          reconcile({ ...agents.options(name, model), onStep: (step) => void steps.push(step) }),
        ),
      )
    ).flat();
    expect(steps).toEqual([]);
    for (const object of ["orderer/trade/orderer0-order-0", "peer/trade/peer0-amber-0", "peer/trade/peer0-amber-1"]) {
      const type = object.startsWith("peer") ? "PeerJoined" : "OrdererJoined";
      expect(about(told, type, object)).toMatchObject({
        status: "False",
        reason: "OtherChain",
        // A claim that is deleted comes back without a volume.
        remedy: expect.stringMatching(/rm -rf \/var\/hyperledger\/production.*kubectl delete pod/) as unknown,
      });
    }
    await board.publish("channel-trade", own);
    await agents.settle(model);
  });
});

function about(conditions: readonly Condition[], type: Condition["type"], object: string): Condition {
  const found = conditions.find((condition) => condition.type === type && condition.object === object);
  if (found === undefined) {
    const told = conditions.map((condition) => `${condition.type} ${condition.object}`).join(", ");
    throw new Error(`nothing is said of ${type} ${object}, but of ${told}`);
  }
  return found;
}

function listening(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => resolve());
  });
}
