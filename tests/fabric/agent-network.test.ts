import { type Agents, agentsOf } from "./support/agents";
import { type BareNetwork, completeInstallations, startBareNetwork } from "./support/bare-network";
import { publishIdentities } from "./support/folder-board";
import { testChaincode, testChannel } from "./support/network-definition";

describe.each(completeInstallations().map((programs) => [programs.version.text, programs] as const))(
  "the agents of a network on Fabric %s",
  (_, programs) => {
    let network: BareNetwork;
    let agents: Agents;

    beforeAll(async () => {
      network = await startBareNetwork({
        programs,
        organisations: [
          { name: "order", orderers: 3 },
          { name: "amber", peers: 2 },
          { name: "birch", peers: 2 },
        ],
        channels: [testChannel(programs.version, { name: "trade", members: ["amber", "birch"] })],
        chaincodes: [testChaincode({ name: "asset", channel: "trade" })],
      });
      agents = agentsOf(network);
      await publishIdentities(network, agents.board);
    }, 120_000);

    afterAll(() => network.stop());

    test("bring a channel and a chaincode about", async () => {
      await agents.settle(network.consortium);
      const heights = await agents.heights(network.consortium);
      expect(heights.map(({ channels }) => channels.map(({ channel }) => channel))).toEqual(
        heights.map(() => ["trade"]),
      );
    }, 120_000);
  },
);
