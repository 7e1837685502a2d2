import { reconcile } from "../../agent/reconcile/reconcile";
import { describeEach } from "../support/describe-each";
import { type Agents, agentsOf } from "./support/agents";
import { type BareNetwork, completeInstallations, startBareNetwork } from "./support/bare-network";
import { publishIdentities } from "./support/folder-board";
import { testChaincode, testChannel } from "./support/network-definition";

jest.setTimeout(180_000);

const installed = completeInstallations();
if (installed.length === 0) test.skip("agents bring a network of real nodes about", () => undefined);

describeEach(installed)("the agents of a network on Fabric $version.text", (programs) => {
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
      channels: [
        testChannel(programs.version, { name: "trade", members: ["amber", "birch"] }),
        testChannel(programs.version, { name: "amber-only", members: ["amber"] }),
      ],
      chaincodes: [
        testChaincode({ name: "asset", channel: "trade", endorsement: "AND('AmberMSP.peer','BirchMSP.peer')" }),
      ],
    });
    agents = agentsOf(network);
    await publishIdentities(network, agents.board);
  });
  afterAll(() => network.stop());

  test("bring channels and chaincodes about, side by side (R3)", async () => {
    await agents.settle(network.consortium);
    const told = await agents.heights(network.consortium);
    const joined = told.map(({ node, channels }) => [node.pod, channels.map(({ channel }) => channel).sort()]);
    expect(Object.fromEntries(joined)).toEqual({
      "orderer0-order-0": ["amber-only", "trade"],
      "orderer0-order-1": ["amber-only", "trade"],
      "orderer0-order-2": ["amber-only", "trade"],
      "peer0-amber-0": ["amber-only", "trade"],
      "peer0-amber-1": ["amber-only", "trade"],
      "peer0-birch-0": ["trade"],
      "peer0-birch-1": ["trade"],
    });
  });

  test("have nothing left to do afterwards", async () => {
    const steps: string[] = [];
    for (const { name } of network.consortium.organisations) {
      const options = agents.options(name, network.consortium);
      await reconcile({ ...options, onStep: (step) => void steps.push(step) });
    }
    expect(steps).toEqual([]);
  });

  test("find all peers of a channel at one height, with one newest block", async () => {
    const ends = await agents.peerEnds(network.consortium, "trade");
    expect(new Set(ends.values()).size).toBe(1);
    expect(ends.size).toBe(4);
  });
});
