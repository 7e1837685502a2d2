import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { type ChaincodeEvent, checkpointers } from "@hyperledger/fabric-gateway";
import { inWords, TransactionInvalid } from "../../client/failures";
import { describeEach } from "../support/describe-each";
import { type Pair, testOrganisation } from "./identities";
import { letsIn } from "./node-process";
import { completeInstallations } from "./support/bare-network";
import { buildChaincode } from "./support/chaincode";
import { testChaincode, testChannel } from "./support/network-definition";
import { startTransactingNetwork, type TransactingNetwork } from "./support/transacting-network";

jest.setTimeout(240_000);

const installed = completeInstallations();
if (installed.length === 0) test.skip("clients transact on a network of real nodes", () => undefined);

describeEach(installed)("clients of Fabric $version.text", (programs) => {
  const channel = "main";
  const chaincode = "asset-transfer";
  const prices = "amber-basalt-prices";
  let folder: string;
  let network: TransactingNetwork;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "fabric-topologies-"));
    const file = join(folder, "chaincode.js");
    buildChaincode(chaincode, file);
    const collection = {
      name: prices,
      members: ["amber", "basalt"],
      requiredPeers: 1,
      maxPeers: 2,
      blocksToLive: 0,
      memberOnlyRead: true,
      memberOnlyWrite: true,
      endorsement: "OR('AmberMSP.peer', 'BasaltMSP.peer')",
    };
    network = await startTransactingNetwork(
      {
        programs,
        organisations: [
          { name: "amber", peers: 2 },
          { name: "basalt", peers: 1 },
          { name: "cobalt", peers: 1 },
          { name: "clearing", orderers: 3 },
        ],
        channels: [testChannel(programs.version, { name: channel, members: ["amber", "basalt", "cobalt"] })],
        chaincodes: [
          testChaincode({
            name: chaincode,
            channel,
            endorsement: "AND('AmberMSP.peer', 'BasaltMSP.peer')",
            collections: [collection],
          }),
        ],
      },
      file,
    );
  });
  afterAll(async () => {
    await network.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const call = (name: string, ...args: readonly string[]) => ({ channel, chaincode, function: name, arguments: args });

  const hash = (text: string) => createHash("sha256").update(text).digest("hex");

  test("what one organisation submits another one reads (R1)", async () => {
    const asset = { id: "lc-1", owner: "amber", value: 100 };
    const created = await network.client("amber").submit(call("create", asset.id, asset.owner, `${asset.value}`));
    expect(json(created.result)).toEqual(asset);
    expect(created).toMatchObject({ resubmits: 0, transactionId: expect.stringMatching(/^[0-9a-f]{64}$/) });
    await network.client("amber").submit(call("update", asset.id, "120"));
    await network.client("basalt").submit(call("transfer", asset.id, "basalt"));
    await network.client("amber").submit(call("create", "lc-2", "amber", "7"));
    const readers = ["basalt", "cobalt"].map((name) => network.client(name));
    for (const reader of readers) {
      await eventually(async () =>
        expect(json(await reader.evaluate(call("range", "lc-1", "lc-3")))).toEqual([
          { id: "lc-1", owner: "basalt", value: 120 },
          { id: "lc-2", owner: "amber", value: 7 },
        ]),
      );
    }
    await network.client("amber").submit(call("delete", "lc-2"));
    await expect(network.client("amber").evaluate(call("read", "lc-2"))).rejects.toThrow("asset lc-2 does not exist");
  });

  test("what a chaincode refuses is refused at once, in its own words", async () => {
    const refused = network.client("amber").submit(call("transfer", "nothing", "basalt"));
    const said = await refused.then(
      () => "nothing",
      (error: unknown) => inWords(error),
    );
    expect(said).toContain("asset nothing does not exist");
    expect(said).toContain("AmberMSP");
  });

  test("a signature policy refuses a transaction with one endorsement missing (R3)", async () => {
    const lacking = { ...call("put", "half", "endorsed"), endorsers: ["AmberMSP"] };
    const submitted = network.client("amber").submit(lacking);
    await expect(submitted).rejects.toBeInstanceOf(TransactionInvalid);
    await expect(submitted).rejects.toMatchObject({ code: "ENDORSEMENT_POLICY_FAILURE" });
    const whole = { ...lacking, endorsers: ["AmberMSP", "BasaltMSP"] };
    await network.client("amber").submit(whole);
    expect(text(await network.client("amber").evaluate(call("get", "half")))).toBe("endorsed");
  });

  test("members of a collection read a price, everybody else gets its hash only (R5)", async () => {
    const price = JSON.stringify({ price: "120 EUR", salt: "f0e1d2c3b4a59687" });
    await network.client("amber").submit(call("create", "gold", "amber", "1"));
    await network.client("amber").submit({ ...call("agreePrice", prices, "gold"), transient: { price } });
    await eventually(async () =>
      expect(text(await network.client("basalt").evaluate(call("readPrice", prices, "gold")))).toBe(price),
    );
    const stranger = network.client("cobalt");
    await expect(stranger.evaluate(call("readPrice", prices, "gold"))).rejects.toThrow();
    await eventually(async () =>
      expect(text(await stranger.evaluate(call("priceHash", prices, "gold")))).toBe(hash(price)),
    );
    const verify = (claim: string) =>
      stranger.evaluate({ ...call("verifyPrice", prices, "gold"), transient: { price: claim } });
    expect([text(await verify(price)), text(await verify("100 EUR"))]).toEqual(["true", "false"]);
  });

  test("no block holds a price (R5)", async () => {
    const price = "a price that must never be written to any block";
    const client = network.client("amber");
    await client.submit(call("create", "silver", "amber", "1"));
    const { blockNumber } = await client.submit({ ...call("agreePrice", prices, "silver"), transient: { price } });
    const seen: string[] = [];
    for await (const block of client.blocks(channel, { startBlock: 0n })) {
      seen.push(Buffer.from(block.serializeBinary()).toString("latin1"));
      if (BigInt(block.getHeader()?.getNumber() ?? 0) >= blockNumber) break;
    }
    expect(seen.length).toBe(Number(blockNumber) + 1);
    expect(seen.some((block) => block.includes(price))).toBe(false);
    expect(seen.some((block) => block.includes(Buffer.from(hash(price), "hex").toString("latin1")))).toBe(true);
  });

  test("a chaincode's server refuses who shows no certificate of its organisation", async () => {
    const { authorities, chaincodes } = network.organisation("amber");
    const [host, port] = chaincodes[chaincode]!.split(":") as [string, string];
    const stranger = await testOrganisation({ domain: "stranger.example" });
    const asked = (client?: Pair) => letsIn(Number(port), authorities.tlsAuthority, client, host);
    expect([await asked(authorities.client), await asked(), await asked(stranger.client)]).toEqual([
      true,
      false,
      false,
    ]);
  });

  test("events come in order, each once, and go on after the checkpoint (R1)", async () => {
    const client = network.client("amber");
    const file = join(folder, `checkpoint-${programs.version.text}`);
    const { blockNumber } = await client.submit(call("create", "e-1", "amber", "1"));
    for (const id of ["e-2", "e-3", "e-4"]) await client.submit(call("create", id, "amber", "1"));
    const take = async (count: number) => {
      const ids: string[] = [];
      const checkpointer = await checkpointers.file(file);
      for await (const event of client.chaincodeEvents(channel, chaincode, { startBlock: blockNumber, checkpointer })) {
        ids.push((json(event.payload) as { id: string }).id);
        // An event counts as seen when the next one is asked for, so the last one here will come again.
        if (ids.length === count) break;
      }
      return ids;
    };
    expect(await take(3)).toEqual(["e-1", "e-2", "e-3"]);
    expect(await take(2)).toEqual(["e-3", "e-4"]);
  });

  test("without a place to begin, events are those from now on", async () => {
    const events = network.client("amber").chaincodeEvents(channel, chaincode);
    const next = events.next();
    const writer = network.client("basalt");
    // Listening begins a moment after it was asked for, so there are more events than the one that is awaited.
    const created = await Promise.all(
      Array.from({ length: 5 }, async (_, index) => {
        await pause(index * 100);
        await writer.submit(call("create", `now-${index}`, "amber", "1"));
        return `now-${index}`;
      }),
    );
    const { payload } = (await next).value as ChaincodeEvent;
    expect(created).toContain((json(payload) as { id: string }).id);
    await events.return(undefined);
  });
});

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString("utf8");
const json = (bytes: Uint8Array) => JSON.parse(text(bytes)) as unknown;

/** Another organisation's peer has a block a moment later than the one that told of it. */
async function eventually(expectation: () => Promise<void>): Promise<void> {
  for (const deadline = Date.now() + 10_000; ;) {
    try {
      return await expectation();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await pause(50);
    }
  }
}
