import { rmSync } from "node:fs";
import { join } from "node:path";
import { Connections } from "../../agent/fabric/connection";
import { configBlockOfOrderer } from "../../agent/fabric/ordering";
import type { Condition } from "../../agent/reconcile/condition";
import { configOf } from "../../lib/fabric/channel/block";
import { organisationGroups, raftOf } from "../../lib/fabric/channel/read";
import type { Consortium, ConsortiumChaincode, ConsortiumChannel } from "../../lib/fabric/consortium";
import { ordererLayout } from "../../lib/fabric/layout";
import { describeEach } from "../support/describe-each";
import { type Agents, agentsOf } from "./support/agents";
import { type BareNetwork, completeInstallations, startBareNetwork } from "./support/bare-network";
import { publishIdentities } from "./support/folder-board";
import { testChaincode, testChannel } from "./support/network-definition";

jest.setTimeout(180_000);

const installed = completeInstallations();
if (installed.length === 0) test.skip("networks of real nodes live through changes of their model", () => undefined);

/** Each test goes on where the one before it ended, as a network does that lives through changes. */
describeEach(installed)("a network on Fabric $version.text whose model changes", (programs) => {
  let network: BareNetwork;
  let agents: Agents;
  let model: Consortium;

  beforeAll(async () => {
    network = await startBareNetwork({
      programs,
      organisations: [
        { name: "order", orderers: 4 },
        { name: "amber", peers: 2 },
        { name: "birch", peers: 1 },
      ],
      channels: [testChannel(programs.version, { name: "trade", members: ["amber"] })],
      chaincodes: [testChaincode({ name: "asset", channel: "trade" })],
    });
    agents = agentsOf(network);
    await publishIdentities(network, agents.board);
    model = network.consortium;
    model = withOrderers(3);
    model = { ...model, organisations: model.organisations.filter(({ name }) => name !== "birch") };
    await agents.settle(model);
  });
  afterAll(() => network.stop());

  const channelWith = (change: Partial<ConsortiumChannel>): Consortium => ({
    ...model,
    channels: model.channels.map((channel) => ({ ...channel, ...change })),
  });
  const chaincodeWith = (change: Partial<ConsortiumChaincode>): Consortium => ({
    ...model,
    chaincodes: model.chaincodes.map((chaincode) => ({ ...chaincode, ...change })),
  });
  /** The model with the first so many orderers of the network. */
  const withOrderers = (count: number): Consortium => {
    const [order] = network.consortium.organisations;
    const others = model.organisations.slice(1);
    return { ...model, organisations: [{ ...order!, orderers: order!.orderers.slice(0, count) }, ...others] };
  };

  async function config() {
    const { identity, reach } = agents.options("order", model);
    const connections = new Connections(identity, reach);
    try {
      const { material } = network.organisation("order");
      const connection = await connections.to(model.organisations[0]!.orderers[0]!, material.tlsRootCertificates);
      return configOf(await configBlockOfOrderer(connection, identity, "trade"));
    } finally {
      connections.close();
    }
  }

  test("takes another batch timeout", async () => {
    const before = (await config()).getSequence();
    model = channelWith({ batch: { ...model.channels[0]!.batch, timeout: "150ms" } });
    await agents.settle(model);
    expect((await config()).getSequence()).toBe(before + 1);
  });

  test("changes nothing that not every member's model asks for (R3)", async () => {
    const other = channelWith({ policies: { ...model.channels[0]!.policies, writers: "MAJORITY Writers" } });
    const before = (await config()).getSequence();
    // Only the founder has the new model; what it proposes needs the members' admins.
    await agents.until("order", other, reason("ChannelConfigured", "AwaitsSignatures"));
    await agents.until("amber", model, reason("ChannelConfigured", "AsWanted"));
    expect((await config()).getSequence()).toBe(before);
    await agents.settle(model);
  });

  test("takes an organisation, whose peers replicate from the first block and run the chaincode", async () => {
    model = { ...channelWith({ members: ["amber", "birch"] }), organisations: network.consortium.organisations };
    model = withOrderers(3);
    await agents.settle(model);
    expect(organisationGroups(await config(), "Application").map(([name]) => name)).toEqual(["AmberMSP", "BirchMSP"]);
    const ends = await agents.peerEnds(model, "trade");
    expect([...ends.keys()]).toEqual(["peer0-amber-0", "peer0-amber-1", "peer0-birch-0"]);
    expect(new Set(ends.values()).size).toBe(1);
  });

  test("takes a consenter, which joins from the newest config block", async () => {
    model = withOrderers(4);
    await agents.settle(model);
    expect(raftOf(await config())?.getConsentersList()).toHaveLength(4);
  });

  test("gives a consenter up", async () => {
    model = withOrderers(3);
    await agents.settle(model);
    expect(raftOf(await config())?.getConsentersList()).toHaveLength(3);
  });

  test("takes a consenter back that lost its volume, as a new one", async () => {
    const lost = network.node("orderer0-order-2");
    const folder = join(network.folder, lost.node.pod);
    await lost.process().stop();
    rmSync(join(folder, "production"), { recursive: true });
    await network.organisation("order").authorities.writeNode("orderer", ordererLayout(folder), [lost.node.host]);
    await lost.restart();
    const before = raftOf(await config())?.getConsentersList() ?? [];
    await agents.settle(model);
    const after = raftOf(await config())?.getConsentersList() ?? [];
    expect(after).toHaveLength(3);
    const changed = after.filter(
      (one) => !before.some((other) => one.getServerTlsCert_asB64() === other.getServerTlsCert_asB64()),
    );
    expect(changed.map((one) => one.getHost())).toEqual([lost.node.host]);
  });

  test("keeps an orderer from joining that lost its ledger but not its key", async () => {
    const lost = network.node("orderer0-order-1");
    const folder = join(network.folder, lost.node.pod);
    const empty = async () => {
      await lost.process().stop();
      rmSync(join(folder, "production"), { recursive: true });
    };
    await empty();
    await lost.restart();
    const told = await agents.until("order", model, reason("OrdererJoined", "LedgerLost"));
    expect(told.find(({ reason: why }) => why === "LedgerLost")).toMatchObject({
      object: "orderer/trade/orderer0-order-1",
      remedy: expect.stringMatching(/rm -rf .*production .*identity`, then `kubectl delete pod/) as unknown,
    });
    // What the remedy says, done by hand.
    await empty();
    await network.organisation("order").authorities.writeNode("orderer", ordererLayout(folder), [lost.node.host]);
    await lost.restart();
    await agents.settle(model);
  });

  test("takes the next sequence of a chaincode", async () => {
    model = chaincodeWith({ version: "2.0", sequence: 2 });
    await agents.settle(model);
  });

  test.each([
    ["the same sequence with other parameters", { initRequired: true }, "DefinitionMismatch"],
    ["a sequence that leaves one out", { version: "3.0", sequence: 4 }, "SequenceGap"],
    ["a sequence of the past", { version: "1.0", sequence: 1 }, "ModelBehind"],
    ["a policy that the channel does not have", { endorsement: "ALL Endorsement", sequence: 3 }, "Impossible"],
  ] as const)("refuses %s, and says what to write", async (_, change, expected) => {
    const told = await agents.until("amber", chaincodeWith(change), reason("ChaincodeCommitted", expected));
    const found = told.filter(({ reason: why }) => why === expected);
    expect(found.map(({ type }) => type)).toEqual(["ChaincodeApproved", "ChaincodeCommitted"]);
    for (const { object, remedy } of found) {
      expect(object).toBe("chaincode/trade/asset");
      expect(remedy).toBeDefined();
    }
  });

  test("lets one of two members go, who has to sign for it", async () => {
    const both = model;
    expect(both.channels[0]!.members).toEqual(["amber", "birch"]);
    model = channelWith({ members: ["amber"] });
    const without: Consortium = {
      ...model,
      organisations: model.organisations.filter(({ name }) => name !== "birch"),
    };
    const alone = await agents.until("order", without, reason("ChannelConfigured", "AwaitsSignatures"));
    expect(alone.find(({ reason: why }) => why === "AwaitsSignatures")?.remedy).toMatch(
      /put it back under `organisations`, but not under `members` of trade/,
    );
    await agents.settle(model);
    expect(organisationGroups(await config(), "Application").map(([name]) => name)).toEqual([mspIdOf(model, "amber")]);
    await agents.settle(without);
  });
});

const reason = (type: Condition["type"], why: string) => (conditions: readonly Condition[]) =>
  conditions.some((condition) => condition.type === type && condition.reason === why);

const mspIdOf = ({ organisations }: Consortium, name: string) =>
  organisations.find((organisation) => organisation.name === name)!.mspId;
