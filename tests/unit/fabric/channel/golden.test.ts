import { genesisBlock } from "../../../../lib/fabric/channel/block";
import { computeUpdate } from "../../../../lib/fabric/channel/compute-update";
import { decodeConfig, decodeConfigUpdate } from "../../../../lib/fabric/channel/decode";
import { nextConfigUpdate } from "../../../../lib/fabric/channel/next-update";
import { changes } from "../../../support/channel-inputs";
import { configFrom, golden, goldenTexts } from "./goldens";

test("there are goldens of both lines of Fabric, without any private key", () => {
  expect([...goldenTexts.keys()].sort()).toEqual(["2.5.16", "3.1.5"]);
  for (const text of goldenTexts.values()) {
    expect(text).toContain("BEGIN CERTIFICATE");
    expect(text).not.toContain("PRIVATE");
    // "PRIVATE KEY" in each of base64's three alignments.
    for (const hidden of ["UFJJVkFURSBLRV", "BSSVZBVEUgS0VZ", "QUklWQVRFIEtFW"]) expect(text).not.toContain(hidden);
  }
});

describe.each([...goldenTexts.keys()])("Fabric %s", (version) => {
  const { input, spares, block, updates } = golden(version);

  test("our channel config is configtxgen's, field by field", () => {
    expect(decodeConfig(configFrom(input))).toEqual(block.data.data[0].payload.data.config);
  });

  test("our block has configtxgen's metadata", () => {
    const metadata = genesisBlock(input.channel.name, configFrom(input)).getMetadata()?.getMetadataList_asB64();
    expect(metadata).toEqual(block.metadata.metadata);
  });

  test.each(changes)("our update is configtxlator's: $name", ({ name, apply }) => {
    const [current, target] = [configFrom(input), configFrom(apply(input, spares))];
    const computed = computeUpdate(input.channel.name, current, target);
    expect(computed && decodeConfigUpdate(computed.update)).toEqual(updates[name]);
    const step = nextConfigUpdate(input.channel.name, current, target);
    expect(step && decodeConfigUpdate(step.update)).toEqual(updates[name]);
  });
});
