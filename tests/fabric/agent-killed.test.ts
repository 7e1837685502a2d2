import { common } from "@hyperledger/fabric-protos";
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Connections } from "../../agent/fabric/connection";
import { committedDefinition, installedPackages } from "../../agent/fabric/lifecycle";
import { blockOfPeer } from "../../agent/fabric/peer";
import { packageChaincode } from "../../lib/fabric/chaincode-package";
import type { Consortium } from "../../lib/fabric/consortium";
import type { AgentProcessInput } from "./support/agent-process";
import { type Agents, agentsOf } from "./support/agents";
import { type BareNetwork, completeInstallations, startBareNetwork } from "./support/bare-network";
import { folderBoard, publishIdentities } from "./support/folder-board";
import { testChaincode, testChannel } from "./support/network-definition";

jest.setTimeout(600_000);

const [programs] = completeInstallations();

/** Every run has a channel and a chaincode of its own on the same nodes, whose Raft logs take 128 MB each. */
(programs === undefined ? describe.skip : describe)("an agent that is killed", () => {
  let network: BareNetwork;
  let agents: Agents;

  beforeAll(async () => {
    network = await startBareNetwork({
      programs: programs!,
      organisations: [
        { name: "order", orderers: 3 },
        { name: "amber", peers: 1 },
        { name: "birch", peers: 1 },
      ],
      channels: [],
      chaincodes: Array.from({ length: 40 }, (_, run) => testChaincode({ name: `asset${run}`, channel: `run${run}` })),
    });
    agents = agentsOf(network);
    await publishIdentities(network, agents.board);
  });
  afterAll(() => network.stop());

  const consortiumOf = (run: number): Consortium => ({
    ...network.consortium,
    channels: [testChannel(programs!.version, { name: `run${run}`, members: ["amber", "birch"] })],
    chaincodes: network.consortium.chaincodes.filter(({ name }) => name === `asset${run}`),
  });

  /** Runs the agents as a process; gives its steps, and whether it was killed, by itself or after so many ms. */
  async function run(
    consortium: Consortium,
    dieAfter: number,
    lifetime?: number,
  ): Promise<{ steps: string[]; killed: boolean }> {
    const admins = consortium.organisations.map(({ name }) => [name, network.organisation(name).admin]);
    const input: AgentProcessInput = {
      consortium,
      board: agents.board,
      admins: Object.fromEntries(admins) as Record<string, string>,
      dieAfter,
    };
    const file = join(network.folder, "agent-process.json");
    writeFileSync(file, JSON.stringify(input));
    const program = join(__dirname, "support/agent-process.ts");
    const child = spawn(process.execPath, ["--import", "tsx", program, file], { stdio: ["ignore", "pipe", "pipe"] });
    const end = lifetime === undefined ? undefined : setTimeout(() => child.kill("SIGKILL"), lifetime);
    let said = "";
    let failure = "";
    child.stdout.on("data", (chunk: Buffer) => (said += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (failure += chunk.toString()));
    const signal = await new Promise<string | null>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code, by) => {
        clearTimeout(end);
        if (code === 0 || by === "SIGKILL") resolve(by);
        else reject(new Error(`the agents ended with ${code ?? by ?? "nothing"}: ${failure}`));
      });
    });
    return { steps: said.split("\n").filter((line) => line !== ""), killed: signal === "SIGKILL" };
  }

  /** What must come out the same, whatever happened on the way. */
  async function endState(consortium: Consortium, run: number) {
    const [channel] = consortium.channels;
    const notice = await folderBoard(agents.board, "order").read("order", `channel-${channel!.name}`);
    const published = Buffer.from(notice?.["genesis.block"] ?? []);
    const peers = await Promise.all(
      ["amber", "birch"].map(async (name) => {
        const { identity, reach } = agents.options(name, consortium);
        const connections = new Connections(identity, reach);
        try {
          const [node] = consortium.organisations.find((organisation) => organisation.name === name)!.peers;
          const peer = await connections.to(node!, network.organisation(name).material.tlsRootCertificates);
          const first = await blockOfPeer(peer, identity, channel!.name, 0);
          const committed = await committedDefinition(peer, identity, channel!.name, `asset${run}`);
          const packages = await installedPackages(peer, identity);
          const wanted = packageChaincode(consortium.chaincodes[0]!).packageId;
          return {
            genesis: Buffer.from(first.getData()!.serializeBinary()).equals(dataOf(published)),
            sequence: committed?.sequence,
            version: committed?.version,
            installed: packages.filter((id) => id === wanted).length,
          };
        } finally {
          connections.close();
        }
      }),
    );
    const ends = await agents.peerEnds(consortium, channel!.name);
    const orderers = (await agents.heights(consortium)).filter(({ role }) => role === "orderer");
    const parts = orderers.map(({ channels }) => channels.find((one) => one.channel === channel!.name));
    return {
      peers,
      ends: new Set(ends.values()).size,
      height: Number([...ends.values()][0]?.split(" ")[0]),
      orderers: parts.map((part) => `${part?.status} ${part?.relation}`),
    };
  }

  const settled = (version: string, sequence: number, height: number) => ({
    peers: [
      { genesis: true, sequence, version, installed: 1 },
      { genesis: true, sequence, version, installed: 1 },
    ],
    ends: 1,
    height,
    orderers: ["active consenter", "active consenter", "active consenter"],
  });

  /** Lets one run happen undisturbed, then one for each of its steps that is killed there and begun again. */
  async function killAtEveryStep(model: (run: number) => Consortium, wanted: object): Promise<readonly string[]> {
    const whole = await run(model(0), 0);
    expect(whole.killed).toBe(false);
    expect(await endState(model(0), 0)).toEqual(wanted);
    for (let step = 1; step <= whole.steps.length; step += 1) {
      const first = await run(model(step), step);
      expect(first.killed).toBe(true);
      const second = await run(model(step), 0);
      const killedAfter = first.steps.at(-1);
      expect({ killedAfter, ...(await endState(model(step), step)) }).toEqual({ killedAfter, ...wanted });
      // Fewer, where the nodes had taken a request whose answer the dead process never read. Never more.
      expect(first.steps.length + second.steps.length).toBeLessThanOrEqual(whole.steps.length);
    }
    return whole.steps;
  }

  test("founds the same channel and chaincode, whatever step it was killed after", async () => {
    // The first block, two approvals and one commit: nothing is done twice.
    const steps = await killAtEveryStep(consortiumOf, settled("1.0", 1, 4));
    expect(steps).toHaveLength(12);
  });

  test("changes config and chaincode in the same way, whatever step it was killed after", async () => {
    const changed = (at: number): Consortium => {
      const model = consortiumOf(at);
      return {
        ...model,
        // Both members' admins have to sign this.
        channels: model.channels.map((channel) => ({
          ...channel,
          policies: { ...channel.policies, endorsement: "ANY Endorsement" },
        })),
        chaincodes: model.chaincodes.map((chaincode) => ({ ...chaincode, version: "2.0", sequence: 2 })),
      };
    };
    const steps = await killAtEveryStep(changed, settled("2.0", 2, 8));
    expect(steps.filter((step) => step.startsWith("signed"))).toHaveLength(3);
    expect(steps).toHaveLength(9);
  });

  test("goes on wherever it was, and comes to the same end", async () => {
    const at = 39;
    const consortium = consortiumOf(at);
    let killed = 0;
    for (let lifetime = 700; ; lifetime += 150) {
      const { killed: now } = await run(consortium, 0, lifetime);
      if (!now) break;
      killed += 1;
    }
    expect(killed).toBeGreaterThan(3);
    // A transaction that was on its way when its sender died may leave a second one behind, which is invalid.
    const { height, ...same } = await endState(consortium, at);
    expect(height).toBeGreaterThanOrEqual(4);
    expect(same).toMatchObject({ ends: 1, peers: [{ genesis: true, sequence: 1, installed: 1 }, { genesis: true }] });
  });
});

function dataOf(block: Uint8Array): Uint8Array {
  return common.Block.deserializeBinary(block).getData()?.serializeBinary() ?? new Uint8Array();
}
