import { common } from "@hyperledger/fabric-protos";
import { createHash } from "node:crypto";
import { blockDataHash, blockHeaderHash, configOf, genesisBlock } from "../../../../lib/fabric/channel/block";
import { channelConfig } from "../../../../lib/fabric/channel/config";
import { decodeConfig } from "../../../../lib/fabric/channel/decode";
import { changes } from "../../../support/channel-inputs";
import { configFrom, golden } from "./goldens";

const { input, spares } = golden("3.1.5");

function headersOf(block: common.Block): { channel: common.ChannelHeader; signature: common.SignatureHeader } {
  const [entry] = block.getData()?.getDataList_asU8() ?? [];
  const envelope = common.Envelope.deserializeBinary(entry ?? new Uint8Array());
  expect(envelope.getSignature_asU8()).toHaveLength(0);
  const header = common.Payload.deserializeBinary(envelope.getPayload_asU8()).getHeader();
  if (header === undefined) throw new Error("the block has no headers");
  return {
    channel: common.ChannelHeader.deserializeBinary(header.getChannelHeader_asU8()),
    signature: common.SignatureHeader.deserializeBinary(header.getSignatureHeader_asU8()),
  };
}

test("the same config makes the same bytes, another config or channel others", () => {
  const bytes = (name: string, change = input) =>
    Buffer.from(genesisBlock(name, configFrom(change)).serializeBinary()).toString("hex");
  expect(bytes("records")).toBe(bytes("records", golden("3.1.5").input));
  expect(bytes("records")).not.toBe(bytes("others"));
  for (const { apply } of changes) expect(bytes("records")).not.toBe(bytes("records", apply(input, spares)));
});

test("headers and hash are as Fabric wants them", () => {
  const block = genesisBlock("records", configFrom(input));
  const { channel, signature } = headersOf(block);
  expect(channel.getType()).toBe(common.HeaderType.CONFIG);
  expect(channel.getVersion()).toBe(1);
  expect(channel.getChannelId()).toBe("records");
  expect(signature.getCreator_asU8()).toHaveLength(0);
  expect(signature.getNonce_asU8()).toHaveLength(24);
  expect(channel.getTxId()).toBe(createHash("sha256").update(signature.getNonce_asU8()).digest("hex"));
  const data = block.getData() ?? new common.BlockData();
  expect(block.getHeader()?.getDataHash_asU8()).toEqual(blockDataHash(data));
  expect(block.getHeader()?.getNumber()).toBe(0);
  expect(block.getHeader()?.getPreviousHash_asU8()).toHaveLength(0);
  expect(block.getMetadata()?.getMetadataList()).toHaveLength(5);
});

test("the block's time is when its youngest certificate became valid", () => {
  const seconds =
    headersOf(genesisBlock("records", configFrom(input)))
      .channel.getTimestamp()
      ?.getSeconds() ?? 0;
  // The goldens' certificates were made within a minute, an hour after they became valid.
  expect(new Date(seconds * 1000).getUTCFullYear()).toBeGreaterThanOrEqual(2025);
  const words = { ...input, consenters: [], materials: {} };
  const material = { rootCertificates: ["soon"], intermediateCertificates: [], tlsRootCertificates: [] };
  const materials = new Map(
    words.consortium.organisations.map(({ name, mspId }) => [
      name,
      { mspId, ...material, tlsIntermediateCertificates: [] },
    ]),
  );
  const preview = channelConfig(words.channel, words.consortium, materials, []);
  expect(headersOf(genesisBlock("records", preview)).channel.getTimestamp()?.getSeconds()).toBe(0);
});

test("a config block gives back the config", () => {
  const config = configFrom(input);
  const block = common.Block.deserializeBinary(genesisBlock("records", config).serializeBinary());
  expect(decodeConfig(configOf(block))).toEqual(decodeConfig(config));
});

test("a block that carries no config says so", () => {
  expect(() => configOf(new common.Block())).toThrow("The block is empty");
  const channelHeader = new common.ChannelHeader();
  channelHeader.setType(common.HeaderType.ENDORSER_TRANSACTION);
  channelHeader.setChannelId("records");
  const header = new common.Header();
  header.setChannelHeader(channelHeader.serializeBinary());
  const payload = new common.Payload();
  payload.setHeader(header);
  const envelope = new common.Envelope();
  envelope.setPayload(payload.serializeBinary());
  const data = new common.BlockData();
  data.setDataList([envelope.serializeBinary()]);
  const block = new common.Block();
  block.setData(data);
  expect(() => configOf(block)).toThrow("Block 0 of channel records is no config block");
});

test.each([
  [0, "300702010004000400"],
  [1, "300702010104000400"],
  [127, "300702017f04000400"],
  [128, "30080202008004000400"],
  [65_535, "3009020300ffff04000400"],
])("the hash of header %d is over its DER", (number, der) => {
  const header = new common.BlockHeader();
  header.setNumber(number);
  const expected = createHash("sha256").update(Buffer.from(der, "hex")).digest("hex");
  expect(Buffer.from(blockHeaderHash(header)).toString("hex")).toBe(expected);
});

test("the hash of a header covers both hashes in it", () => {
  const header = new common.BlockHeader();
  header.setNumber(300);
  header.setPreviousHash(Buffer.alloc(32, 1));
  header.setDataHash(Buffer.alloc(32, 2));
  const der = `30480202012c0420${"01".repeat(32)}0420${"02".repeat(32)}`;
  const expected = createHash("sha256").update(Buffer.from(der, "hex")).digest("hex");
  expect(Buffer.from(blockHeaderHash(header)).toString("hex")).toBe(expected);
});
