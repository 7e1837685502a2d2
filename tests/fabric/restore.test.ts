/**
 * The city is lost for good: ordering nodes of one center are put back from a shipped snapshot beside the one that is left,
 * and what a standby peer has beyond them is given to them again (requirement R8).
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { common } from "@hyperledger/fabric-protos";
import { Connections, type NodeConnection } from "../../agent/fabric/connection";
import { blockOfOrderer, broadcast, numberOf } from "../../agent/fabric/ordering";
import { blockOfPeer, chainEnd } from "../../agent/fabric/peer";
import { isAbsentBlock, hashOf, replayBlock } from "../../agent/failover/replay";
import { readRaft } from "../../agent/status/orderer-metrics";
import { loadIdentity } from "../../lib/fabric/identity";
import { restorable } from "../../lib/recovery/failover/restore";
import { missingForBtrfs } from "../storage/btrfs-file-systems";
import { describeEach } from "../support/describe-each";
import { get, until } from "./node-process";
import { completeInstallations } from "./support/bare-network";
import type { BareNode } from "./support/bare-node";
import { buildChaincode } from "./support/chaincode";
import { testChaincode, testChannel } from "./support/network-definition";
import { ShippedUnit } from "./support/shipped-unit";
import { startTransactingNetwork, type TransactingNetwork } from "./support/transacting-network";

jest.setTimeout(300_000);

const installed = completeInstallations();
const reason = missingForBtrfs() ?? (installed.length === 0 ? "no peer and orderer" : undefined);
if (reason !== undefined) {
  process.stderr.write(`fabric: skipped: restoring ordering nodes: ${reason}\n`);
  test.skip("ordering nodes are put back, and lose nothing", () => undefined);
}

const told = (text: string) => process.stderr.write(`restore: ${text}\n`);
const since = (begun: number) => `${((performance.now() - begun) / 1000).toFixed(1)} s`;

describeEach(reason === undefined ? installed.slice(0, 1) : [])("a lost city of Fabric $version.text", (programs) => {
  const channel = "main";
  const acknowledged: string[] = [];
  let folder: string;
  let network: TransactingNetwork;
  let unit: ShippedUnit;
  let connections: Connections;
  /** Center-1: two nodes; center-2: two; the remote one. */
  let ordering: readonly [BareNode, BareNode, BareNode, BareNode, BareNode];
  let standby: BareNode;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "fabric-topologies-"));
    const chaincode = join(folder, "chaincode.js");
    buildChaincode("asset-transfer", chaincode);
    const batch = { timeout: "400ms", maxMessages: 100, absoluteMaxBytes: 10_485_760, preferredMaxBytes: 2_097_152 };
    network = await startTransactingNetwork(
      {
        programs,
        organisations: [
          { name: "amber", peers: 2 },
          { name: "clearing", orderers: 5 },
        ],
        channels: [testChannel(programs.version, { name: channel, members: ["amber"], batch })],
        chaincodes: [testChaincode({ name: "asset-transfer", channel, endorsement: "OR('AmberMSP.peer')" })],
      },
      chaincode,
    );
    const at = (index: number) => network.node(`orderer0-clearing-${index}`);
    ordering = [at(0), at(1), at(2), at(3), at(4)];
    standby = network.node("peer0-amber-1");
    const { mspId, admin } = network.organisation("clearing");
    connections = new Connections(loadIdentity(mspId, admin), (node) => Promise.resolve(node.host));
    unit = await ShippedUnit.of(ordering.slice(0, 2), network.folder);
  });
  afterAll(async () => {
    connections.close();
    await network.stop();
    await unit.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  const clearing = () => {
    const { mspId, admin, material } = network.organisation("clearing");
    return { identity: loadIdentity(mspId, admin), authorities: material.tlsRootCertificates };
  };
  const ofOrderer = ({ node }: BareNode): Promise<NodeConnection> => connections.to(node, clearing().authorities);
  const blockAt = async (node: BareNode, number: number | "newest") =>
    blockOfOrderer(await ofOrderer(node), clearing().identity, channel, number);

  /** The standby peer's ledger, asked as its own organisation asks. */
  async function onStandby<T>(ask: (connection: NodeConnection, as: ReturnType<typeof loadIdentity>) => Promise<T>) {
    const { mspId, admin, material } = network.organisation("amber");
    const identity = loadIdentity(mspId, admin);
    const own = new Connections(identity, (node) => Promise.resolve(node.host));
    try {
      return await ask(await own.to(standby.node, material.tlsRootCertificates), identity);
    } finally {
      own.close();
    }
  }
  const standbyBlock = (number: number) => onStandby((peer, as) => blockOfPeer(peer, as, channel, number));
  const standbyHeight = async () => (await onStandby((peer, as) => chainEnd(peer, as, channel))).height;

  const client = () => network.client("amber", { pods: [standby.node.pod] });
  const call = (name: string, ...args: string[]) => ({
    ...{ channel, chaincode: "asset-transfer", function: name, arguments: args },
  });

  /** Each is acknowledged before it counts; several at once, so that blocks hold several. */
  async function submit(count: number): Promise<void> {
    const from = acknowledged.length;
    const one = client();
    for (let begun = 0; begun < count; begun += 5) {
      const keys = Array.from({ length: Math.min(5, count - begun) }, (_, index) => `key-${from + begun + index}`);
      await Promise.all(keys.map((key) => one.submit(call("put", key, `of ${key}`))));
      acknowledged.push(...keys);
    }
  }

  async function lost(): Promise<readonly string[]> {
    const one = client();
    const missing: string[] = [];
    for (const key of acknowledged) {
      const value = await one.evaluate(call("get", key)).then(
        (bytes) => Buffer.from(bytes).toString(),
        () => "",
      );
      if (value !== `of ${key}`) missing.push(key);
    }
    return missing;
  }

  async function leads({ operations, node }: BareNode): Promise<boolean> {
    const { tlsAuthority, client: pair } = network.organisation("clearing").authorities;
    const answer = await get(`${operations}/metrics`, tlsAuthority, pair).catch(() => undefined);
    if (answer !== undefined && answer.status !== 200) throw new Error(`${node.pod}: ${answer.status}`);
    return readRaft(answer?.body ?? "").leads.includes(channel);
  }

  test("ordering nodes are put back beside the one that is left, the tail is replayed to the same headers, nothing is lost (R8)", async () => {
    const [one, two, three, four, left] = ordering;
    await submit(20);
    expect(await unit.ship()).toMatchObject({ state: "verified" });
    await submit(20);
    const shipped = await unit.ship();
    expect(shipped).toMatchObject({ state: "verified" });
    // What the remote ordering node has beyond the snapshot, and then what only the standby peer has.
    await submit(10);
    const leftHeight = numberOf(await blockAt(left, "newest")) + 1;
    await left.process().kill();
    await submit(20);
    const end = await standbyHeight();
    await Promise.all([one, two, three, four, network.node("peer0-amber-0")].map((node) => node.process().kill()));
    const snapshot = unit.newest();
    const inSnapshot = Math.min(
      ...snapshot.chains.filter((chain) => chain.channel === channel).map(({ height }) => height),
    );
    told(
      `the snapshot ends at ${inSnapshot}, the ordering node that is left at ${leftHeight}, the standby peer at ${end}`,
    );
    expect(inSnapshot).toBeLessThan(leftHeight);
    expect(leftHeight).toBeLessThan(end);

    // Reads go on with no ordering node at all.
    expect(await lost()).toEqual([]);

    // Alone it asks for votes, gets none, and orders nothing.
    await left.restart();
    await until(left.process(), () =>
      Promise.resolve(
        left.process().log().split("is starting a new election").length > 2 ? undefined : "has asked for no votes yet",
      ),
    );
    expect(await leads(left)).toBe(false);
    const tail = await standbyBlock(end - 1);
    const envelopesOf = (block: common.Block) =>
      (block.getData()?.getDataList_asU8() ?? []).map((bytes) => common.Envelope.deserializeBinary(bytes));
    // It refuses, or does not answer in time; what counts is that no block comes of it.
    await expect(broadcast(await ofOrderer(left), ...envelopesOf(tail))).rejects.toThrow(
      /leader|UNAVAILABLE|DEADLINE_EXCEEDED/i,
    );
    expect(numberOf(await blockAt(left, "newest")) + 1).toBe(leftHeight);

    // The unit of one center and the one that is left: three of five.
    const consenters = { units: { "center-1": ["one", "two"], "center-2": ["three", "four"] }, target: ["left"] };
    expect(restorable("center-1", consenters)).toBe(true);
    const restoring = performance.now();
    await left.process().kill();
    unit.restore(snapshot, [one, two], network.folder);
    const restored = [left, one, two] as const;
    await Promise.all(restored.map((node) => node.restart()));
    let leader: BareNode | undefined;
    while (leader === undefined) {
      for (const node of restored) if (await leads(node)) leader = node;
      await pause(50);
      if (performance.now() - restoring > 60_000)
        throw new Error(restored.map((node) => node.process().log().slice(-2000)).join("\n---\n"));
    }
    told(`cloned, three of five ordering nodes started, and ${leader.node.pod} leads after ${since(restoring)}`);
    // Whoever knows most: nobody else gets the vote of the one that is left.
    expect(leader.node.pod).toBe(left.node.pod);

    const replaying = performance.now();
    const connection = await ofOrderer(leader);
    const ground = {
      channel,
      theirs: standbyBlock,
      ours: (number: number) => blockAt(left, number).catch(isAbsentBlock),
      order: (envelopes: readonly common.Envelope[]) => broadcast(connection, ...envelopes),
    };
    // Too early, onto another chain, or called off: nothing may reach the ordering nodes, as it could not be taken back.
    let given = 0;
    const counting = {
      ...ground,
      order: (envelopes: readonly common.Envelope[]) => {
        given += envelopes.length;
        return Promise.resolve();
      },
    };
    const never = new AbortController().signal;
    const early = await replayBlock(counting, leftHeight + 1, 1_000, never);
    expect(early).toMatchObject({ impossible: expect.stringContaining("do not have the block before it") as string });
    const forked = {
      ...counting,
      ours: (number: number) => (number < leftHeight ? blockAt(left, 1) : ground.ours(number)),
    };
    const other = await replayBlock(forked, leftHeight, 1_000, never);
    expect(other).toMatchObject({ impossible: expect.stringContaining("have another block before it") as string });
    await expect(replayBlock(counting, leftHeight, 1_000, AbortSignal.abort())).rejects.toThrow(/abort/i);
    expect(given).toBe(0);
    for (let number = leftHeight; number < end; number += 1) {
      const block = await replayBlock(ground, number, 10_000, new AbortController().signal);
      expect(block).toMatchObject({ channel, number, ours: hashOf(await standbyBlock(number)) });
    }
    told(`${end - leftHeight} blocks replayed in ${since(replaying)}, their headers those of before`);
    // Asked for once more, as after a crash, it is only compared.
    expect(await replayBlock(ground, end - 1, 10_000, new AbortController().signal)).toMatchObject({
      ours: hashOf(await standbyBlock(end - 1)),
    });

    const writing = performance.now();
    for (;;) {
      const done = await submit(1).then(
        () => true,
        () => false,
      );
      if (done) break;
      if (performance.now() - writing > 60_000) throw new Error("no transaction commits after the replay");
    }
    told(
      `the first transaction committed ${since(writing)} after the replay, ${since(restoring)} after the restore began`,
    );
    await submit(9);
    expect(await lost()).toEqual([]);
    const height = await standbyHeight();
    for (let number = 0; number < height; number += 1) {
      const theirs = hashOf(await standbyBlock(number));
      for (const node of restored) {
        await until(node.process(), () => blockAt(node, number).then(() => undefined, String));
        expect([node.node.pod, number, hashOf(await blockAt(node, number))]).toEqual([node.node.pod, number, theirs]);
      }
    }
    for (const node of [...restored, standby]) expect(node.process().log()).not.toMatch(/^panic:/m);
    told(
      `${acknowledged.length} transactions acknowledged, 0 lost; ${height} blocks, one chain on ${restored.length} ordering nodes and the standby peer`,
    );
  });
});
