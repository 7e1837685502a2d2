import { common } from "@hyperledger/fabric-protos";
import { configOf, genesisBlock } from "../../lib/fabric/channel/block";
import { computeUpdate } from "../../lib/fabric/channel/compute-update";
import { channelConfig } from "../../lib/fabric/channel/config";
import { decodeConfig, decodeConfigUpdate } from "../../lib/fabric/channel/decode";
import { nextConfigUpdate } from "../../lib/fabric/channel/next-update";
import { type ChannelInput, changes, type Spares } from "../support/channel-inputs";
import { describeEach } from "../support/describe-each";
import { lookedIn } from "./installations";
import { channelTools, freshInput, generatedBlock, translated, translatorsUpdate } from "./support/channel-tools";

jest.setTimeout(120_000);

const installed = channelTools();
if (installed.length === 0) {
  process.stderr.write(`fabric: skipped: no configtxgen and configtxlator (looked in ${lookedIn})\n`);
  test.skip("channel configs are those of Fabric's tools", () => undefined);
}

function configFrom({ channel, consortium, materials, consenters }: ChannelInput): common.Config {
  return channelConfig(channel, consortium, new Map(Object.entries(materials)), consenters);
}

/** What may differ between two first blocks of the same channel, and does. */
function withoutChance(text: string): string {
  return text.replaceAll(/"(timestamp|nonce|tx_id|data_hash)":"[^"]*"/g, '"$1":"…"').replaceAll(":null", ':""');
}

describeEach(installed)("Fabric $version.text", (tools) => {
  let input: ChannelInput;
  let spares: Spares;
  let theirs: Uint8Array;

  beforeAll(async () => {
    ({ input, spares } = await freshInput(tools.version));
    theirs = generatedBlock(tools, input);
  });

  test("our first block is configtxgen's, field by field", () => {
    const ours = genesisBlock(input.channel.name, configFrom(input)).serializeBinary();
    const [own, other] = [ours, theirs].map((bytes) =>
      withoutChance(JSON.stringify(translated(tools, "common.Block", bytes))),
    );
    expect(own).toBe(other);
    expect(ours.length).toBe(theirs.length);
  });

  test("we read a config as configtxlator does", () => {
    const config = configOf(common.Block.deserializeBinary(theirs));
    expect(decodeConfig(config)).toEqual(translated(tools, "common.Config", config.serializeBinary()));
  });

  test.each(changes)("our update is configtxlator's: $name", ({ apply }) => {
    const { name } = input.channel;
    const current = configOf(common.Block.deserializeBinary(theirs));
    const target = configFrom(apply(input, spares));
    const expected = translatorsUpdate(tools, name, configFrom(input).serializeBinary(), target.serializeBinary());
    const computed = computeUpdate(name, current, target);
    expect(computed && decodeConfigUpdate(computed.update)).toEqual(expected);
    expect(computed && translated(tools, "common.ConfigUpdate", computed.update.serializeBinary())).toEqual(expected);
    const step = nextConfigUpdate(name, current, target);
    expect(step && decodeConfigUpdate(step.update)).toEqual(expected);
    expect(step && nextConfigUpdate(name, step.result, target)).toBeUndefined();
  });
});
