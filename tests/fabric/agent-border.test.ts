/** One network in several clusters: agents that read each other's boards over real connections, and real nodes. */
import { Connections } from "../../agent/fabric/connection";
import { committedDefinition } from "../../agent/fabric/lifecycle";
import { configBlockOfOrderer } from "../../agent/fabric/ordering";
import type { Condition } from "../../agent/reconcile/condition";
import { reconcile } from "../../agent/reconcile/reconcile";
import { configOf } from "../../lib/fabric/channel/block";
import { organisationGroups } from "../../lib/fabric/channel/read";
import type { Consortium } from "../../lib/fabric/consortium";
import { mspFilesOf } from "../support/sites";
import { type BareNetwork, completeInstallations, startBareNetwork } from "./support/bare-network";
import { type AgentOf, BorderAgents } from "./support/border-agents";
import { testChaincode, testChannel } from "./support/network-definition";

jest.setTimeout(240_000);

const [programs] = completeInstallations();

/** Each test goes on where the one before it ended. */
(programs === undefined ? describe.skip : describe)("a network whose agents are in three clusters", () => {
  let network: BareNetwork;
  let agents: BorderAgents;
  let model: Consortium;
  const founder: AgentOf = ["order", "east"];

  beforeAll(async () => {
    network = await startBareNetwork({
      programs: programs!,
      organisations: [
        {
          name: "order",
          sites: [
            { name: "east", orderers: 1 },
            { name: "west", orderers: 1 },
            { name: "third", orderers: 1 },
          ],
        },
        {
          name: "amber",
          sites: [
            { name: "east", peers: 1 },
            { name: "west", peers: 1 },
          ],
        },
        { name: "birch", sites: [{ name: "west", peers: 1 }] },
        { name: "cedar", sites: [{ name: "third", peers: 1 }] },
      ],
      channels: [testChannel(programs!.version, { name: "trade", members: ["amber", "birch"] })],
      chaincodes: [
        testChaincode({ name: "asset", channel: "trade", endorsement: "AND('AmberMSP.peer','BirchMSP.peer')" }),
      ],
    });
    agents = new BorderAgents(network);
    model = {
      ...network.consortium,
      organisations: network.consortium.organisations.filter(({ name }) => name !== "cedar"),
    };
  });
  afterAll(async () => {
    agents.sites.closeAll();
    await network.stop();
  });

  const heightsByPod = async () => {
    const told = await agents.heights();
    return Object.fromEntries(told.map(({ agent, node, channels }) => [node.pod, `${agent} ${joinedIn(channels)}`]));
  };

  async function config() {
    const { identity, reach } = agents.options(founder);
    const connections = new Connections(identity, reach);
    try {
      const { material } = network.organisation("order", "west");
      const node = model.organisations[0]!.orderers.find(({ site }) => site === "west")!;
      const connection = await connections.to(node, material.tlsRootCertificates);
      return configOf(await configBlockOfOrderer(connection, identity, "trade"));
    } finally {
      connections.close();
    }
  }

  test("waits for the certificates of every site before it is founded, and says for which", async () => {
    await agents.become(model);
    // Of amber only the first site has published.
    const east = mspFilesOf(network.organisation("amber", "east").material);
    agents.sites.bring("amber", new Map([["east", east]]));
    const told = await reconcile(agents.options(founder));
    expect(told.find(({ object }) => object === "organisation/amber")).toMatchObject({
      status: "False",
      reason: "AwaitsSites",
      message: expect.stringContaining("west") as unknown,
      remedy: expect.stringContaining("pulumi up") as unknown,
    });
    expect(told.find(({ type }) => type === "ChannelCreated")).toMatchObject({ status: "False" });
    await agents.become(model);
  });

  test("comes about: channels, members on two sites, a chaincode that organisations of two sites agree on", async () => {
    await agents.settle();
    expect(await heightsByPod()).toEqual({
      "orderer0-order-0": "order@east trade",
      "orderer0-order-1": "order@west trade",
      "orderer0-order-2": "order@third trade",
      "peer0-amber-0": "amber@east trade",
      "peer0-amber-1": "amber@west trade",
      "peer0-birch-0": "birch@west trade",
    });
    for (const agent of [
      ["amber", "east"],
      ["amber", "west"],
      ["birch", "west"],
    ] as const)
      expect(await committed(agent)).toEqual({ sequence: 1, version: "1.0" });
  });

  test("has nothing left to do afterwards, on no site", async () => {
    const steps: string[] = [];
    for (const agent of agents.all())
      await reconcile({ ...agents.options(agent), onStep: (step) => void steps.push(step) });
    expect(steps).toEqual([]);
  });

  test("knows an organisation by the authorities of all its sites", async () => {
    const groups = organisationGroups(await config(), "Application");
    expect(groups.map(([name]) => name)).toEqual(["AmberMSP", "BirchMSP"]);
    const text = Buffer.from(groups[0]![1].serializeBinary()).toString("utf8");
    for (const site of ["east", "west"])
      for (const root of network.organisation("amber", site).material.tlsRootCertificates)
        expect(text).toContain(root.trim());
  });

  test("takes a member from another cluster, whose peer has every block", async () => {
    model = {
      ...network.consortium,
      channels: network.consortium.channels.map((channel) => ({ ...channel, members: ["amber", "birch", "cedar"] })),
    };
    await agents.become(model);
    await agents.settle();
    expect(await heightsByPod()).toMatchObject({ "peer0-cedar-0": "cedar@third trade" });
    expect(await committed(["cedar", "third"])).toEqual({ sequence: 1, version: "1.0" });
  });

  test("goes on while the founding site's agent is away, and changes the channel when it is back", async () => {
    agents.sites.close(...founder);
    const others = agents.all().filter(([name, site]) => name !== "order" || site !== "east");
    // What is there stays known, to whoever has it: no agent is taken along.
    await agents.settle(others);
    const amber: AgentOf = ["amber", "west"];
    expect(agents.sites.post(...amber).conditions()).toContainEqual(
      expect.objectContaining({ type: "BoardReachable", status: "False", object: "board/order/east" }),
    );
    const [channel] = model.channels;
    model = { ...model, channels: [{ ...channel!, batch: { ...channel!.batch, timeout: "150ms" } }] };
    await agents.become(model, [founder]);
    const told = await reconcile(agents.options(amber));
    expect(about(told, "ChannelConfigured")).toMatchObject({
      reason: "AwaitsFounder",
      message: expect.stringContaining("order on east") as unknown,
    });
    await agents.open(founder);
    const before = (await config()).getSequence();
    await agents.settle();
    expect((await config()).getSequence()).toBe(before + 1);
  });

  async function committed(agent: AgentOf) {
    const { consortium, identity, reach } = agents.options(agent);
    const connections = new Connections(identity, reach);
    try {
      const [name, site] = agent;
      const { peers } = consortium.organisations.find((one) => one.name === name)!;
      const node = peers.find((one) => one.site === site)!;
      const { material } = network.organisation(name, site);
      const found = await committedDefinition(
        await connections.to(node, material.tlsRootCertificates),
        identity,
        "trade",
        "asset",
      );
      return found && { sequence: found.sequence, version: found.version };
    } finally {
      connections.close();
    }
  }
});

const joinedIn = (channels: readonly { readonly channel: string }[]) => channels.map(({ channel }) => channel).join();

function about(conditions: readonly Condition[], type: Condition["type"]): Condition {
  const found = conditions.find((condition) => condition.type === type);
  if (found === undefined) throw new Error(`nothing is said of ${type}`);
  return found;
}
