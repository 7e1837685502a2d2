import { execFile } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { Connections } from "../../agent/fabric/connection";
import { survivingChain, toldBlocks } from "../../agent/fabric/surviving-chain";
import { loadIdentity } from "../../lib/fabric/identity";
import { readLedger } from "../../lib/fabric/ledger/block-files";
import { type LedgerFolder, ledgersBelow } from "../../lib/fabric/ledger/folders";
import { damageOfLevelDb } from "../../lib/fabric/ledger/leveldb/damage";
import type { StoredBlock } from "../../lib/fabric/ledger/record";
import { ordererLayout, peerLayout } from "../../lib/fabric/layout";
import { type LedgerAnchor, walkBlocks, walkFiles } from "../../lib/recovery/continuity/chain";
import { relationTo, type Survivor } from "../../lib/recovery/continuity/survivors";
import { type ContinuityVerdict, judgeContinuity, type StateEvidence } from "../../lib/recovery/continuity/verdict";
import { describeEach } from "../support/describe-each";
import { completeInstallations } from "./support/bare-network";
import { buildChaincode } from "./support/chaincode";
import { testChaincode, testChannel } from "./support/network-definition";
import { startTransactingNetwork, type TransactingNetwork } from "./support/transacting-network";

jest.setTimeout(240_000);

const ledgerUtility = ({ peer }: { readonly peer: { readonly program: string } }) =>
  join(dirname(peer.program), "ledgerutil");
const installed = completeInstallations().filter((programs) => existsSync(ledgerUtility(programs)));
if (installed.length === 0) {
  process.stderr.write("fabric: skipped: no ledgerutil beside a peer to hold the continuity check against\n");
  test.skip("the continuity check finds what is wrong with real ledgers", () => undefined);
}

describeEach(installed.slice(0, 1))("ledgers of Fabric $version.text", (programs) => {
  const channel = "main";
  const transactions = 40;
  let folder: string;
  let network: TransactingNetwork;
  let connections: Connections;
  /** The peer that goes on running. */
  let survivor: Survivor;
  /** A copy of what the stopped peer has left. */
  let peerCopy: string;
  let anchor: LedgerAnchor;
  let copies = 0;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "fabric-topologies-"));
    const chaincode = join(folder, "chaincode.js");
    buildChaincode("asset-transfer", chaincode);
    network = await startTransactingNetwork(
      {
        programs,
        organisations: [
          { name: "amber", peers: 2 },
          { name: "clearing", orderers: 1 },
        ],
        channels: [testChannel(programs.version, { name: channel, members: ["amber"] })],
        chaincodes: [testChaincode({ name: "asset-transfer", channel, endorsement: "OR('AmberMSP.peer')" })],
      },
      chaincode,
    );
    const client = network.client("amber");
    for (let index = 0; index < transactions; index += 1) {
      const call = { channel, chaincode: "asset-transfer", function: "create", arguments: [`lc-${index}`, "a", "1"] };
      await client.submit(call);
    }
    await network.agents.peerEnds(network.consortium, channel);
    const amber = network.organisation("amber");
    const identity = loadIdentity(amber.mspId, amber.admin);
    connections = new Connections(identity, (node) => Promise.resolve(node.host));
    const connection = await connections.to(network.node("peer0-amber-1").node, amber.material.tlsRootCertificates);
    survivor = await survivingChain(connection, identity, channel);
    const told = await walkBlocks(toldBlocks(connection, identity, channel));
    expect(told).toMatchObject({ faults: [], height: survivor.height, hash: await survivor.hashAt(survivor.height) });
    // At its start LevelDB makes tables of its log, so that the copies have both.
    await network.node("peer0-amber-0").restart();
    await network.node("peer0-amber-0").process().kill();
    await network.node("orderer0-clearing-0").process().kill();
    peerCopy = peerLayout(join(network.folder, "peer0-amber-0")).ledger;
    const sound = await walkFiles((await ledgerIn(peerCopy)).blocks);
    anchor = sound.anchor!;
  });
  afterAll(async () => {
    connections.close();
    await network.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function ledgerIn(node: string): Promise<LedgerFolder> {
    const [found] = await ledgersBelow(node);
    if (found === undefined) throw new Error(`${node} has no ledger`);
    return found;
  }

  /** The peer's folder once more, for damage. */
  function copy(): string {
    const path = join(folder, `copy-${(copies += 1)}`);
    cpSync(peerCopy, path, { recursive: true });
    return path;
  }

  async function judged(node: string): Promise<ContinuityVerdict> {
    const ledger = await ledgerIn(node);
    const chain = await walkFiles(ledger.blocks);
    const survivors = [await relationTo(chain, survivor)];
    return judgeContinuity({ name: channel, chain, survivors, state: await stateIn(ledger) });
  }

  async function stateIn({ databases }: LedgerFolder): Promise<StateEvidence> {
    if (databases === undefined) return { kind: "none" };
    if (databases.state === undefined) return { kind: "rebuilt" };
    const [damage] = await damageOfLevelDb(databases.state);
    return damage === undefined
      ? { kind: "unproven" }
      : { kind: "damaged", reason: `${damage.file}: ${damage.reason}` };
  }

  /** What Fabric's own program finds in the blocks; undefined where it fails itself. */
  async function foundByFabric(node: string): Promise<readonly unknown[] | undefined> {
    const out = join(folder, `verified-${(copies += 1)}`);
    mkdirSync(out);
    const failed = await promisify(execFile)(ledgerUtility(programs), ["verify", node, "-o", out]).then(
      () => false,
      () => true,
    );
    const results = readdirSync(out, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".json"));
    if (failed && results.length === 0) return undefined;
    return results.flatMap((name) => JSON.parse(readFileSync(join(out, name), "utf8")) as unknown[]);
  }

  function flip(path: string, offset: number, count = 4): void {
    const bytes = readFileSync(path);
    for (let at = offset; at < offset + count; at += 1) bytes[at] = (bytes[at] ?? 0) ^ 0x5a;
    writeFileSync(path, bytes);
  }

  test("a sound peer's and a sound ordering node's ledger are one chain with what the living peer tells", async () => {
    const peer = await judged(peerCopy);
    expect(peer).toMatchObject({
      outcome: "unproven",
      faults: [],
      height: survivor.height,
      hash: await survivor.hashAt(survivor.height),
      survivors: [{ kind: "equal", transactions: "same" }],
    });
    expect(peer.height).toBeGreaterThan(transactions);
    const orderer = await judged(ordererLayout(join(network.folder, "orderer0-clearing-0")).ledger);
    expect(orderer).toMatchObject({ outcome: "continuous", faults: [], hash: peer.hash });
    expect(await foundByFabric(copy())).toEqual([]);
  });

  /** Where a record of a ledger's first file begins, and where the next one does. */
  async function recordIn(blocks: string, number: number): Promise<readonly [number, number, StoredBlock]> {
    for await (const entry of readLedger(blocks)) {
      if (entry.kind === "block" && entry.block.header.number === number) {
        return [entry.place.offset, entry.place.offset + entry.bytes, entry.block];
      }
    }
    throw new Error(`no block ${number}`);
  }

  test("bytes flipped in an old block are found, as Fabric's own program finds them", async () => {
    const damaged = copy();
    const { blocks } = await ledgerIn(damaged);
    const [start] = await recordIn(blocks, 20);
    flip(join(blocks, "blockfile_000000"), start + 500);
    expect(await judged(damaged)).toMatchObject({
      outcome: "damaged",
      soundHeight: 20,
      faults: [{ kind: "data", number: 20 }],
    });
    expect(await foundByFabric(damaged)).toEqual([{ blockNum: 20, valid: false, errors: ["DataHash mismatch"] }]);
  });

  test("flags of transactions changed in an old block are found beside another peer's files, and by nobody else", async () => {
    const damaged = copy();
    const { blocks } = await ledgerIn(damaged);
    const [, end, block] = await recordIn(blocks, 20);
    // The record ends with its one flag, the ordering node's entry and the commit hash, each with a byte of length before it.
    const [orderer = 0, commit = 0] = block.metadata.slice(3).map(({ length }) => length);
    expect([orderer < 128, commit < 128, block.metadata[2]?.length]).toEqual([true, true, 1]);
    flip(join(blocks, "blockfile_000000"), end - commit - 1 - orderer - 1 - 1, 1);
    expect(await judged(damaged)).toMatchObject({ faults: [], survivors: [{ transactions: "same" }] });
    expect(await foundByFabric(damaged)).toEqual([]);
    const beside = { name: "peer0-amber-1", ...(await walkFiles((await ledgerIn(copy())).blocks)) };
    const relation = await relationTo(await walkFiles(blocks), beside);
    expect(relation).toMatchObject({ kind: "equal", transactions: "different" });
  });

  test("a torn last block is found with its place", async () => {
    const damaged = copy();
    const file = join((await ledgerIn(damaged)).blocks, "blockfile_000000");
    truncateSync(file, readFileSync(file).length - 1000);
    expect(await judged(damaged)).toMatchObject({
      outcome: "damaged",
      faults: [{ kind: "torn", number: survivor.height - 1 }],
      lost: { first: survivor.height - 1, last: survivor.height - 1 },
    });
  });

  test("a damaged state database is found, of which blocks and Fabric's own program say nothing", async () => {
    const damaged = copy();
    const state = (await ledgerIn(damaged)).databases?.state ?? "";
    const tables = readdirSync(state).filter((name) => name.endsWith(".ldb"));
    expect(tables).not.toEqual([]);
    const table = join(state, tables[0] ?? "");
    for (const offset of [100, readFileSync(table).length - 100]) {
      flip(table, offset);
      expect(await judged(damaged)).toMatchObject({ outcome: "damaged", faults: [{ kind: "state" }] });
      expect(await foundByFabric(damaged)).toEqual([]);
      flip(table, offset);
    }
    expect(await judged(damaged)).toMatchObject({ outcome: "unproven" });
    rmSync(state, { recursive: true });
    expect(await judged(damaged)).toMatchObject({ outcome: "continuous", state: { kind: "rebuilt" } });
  });

  test("from its anchor a ledger is verified in milliseconds", async () => {
    const { blocks } = await ledgerIn(peerCopy);
    const began = performance.now();
    const chain = await walkFiles(blocks, anchor);
    const took = performance.now() - began;
    expect(chain).toMatchObject({ faults: [], from: anchor.height - 1, height: anchor.height });
    expect(took).toBeLessThan(100);
  });
});
