import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { common } from "@hyperledger/fabric-protos";
import { configOf } from "../lib/fabric/channel/block";
import {
  channelTools,
  freshInput,
  generatedBlock,
  translated,
  translatorsUpdate,
} from "../tests/fabric/support/channel-tools";
import { changes } from "../tests/support/channel-inputs";

/**
 * Writes what Fabric's own tools say of the sample channel, so that unit tests can do without them:
 * `npx tsx scripts/write-channel-goldens.ts`, with the tools in `$FABRIC_BIN` or the cache. Certificates are made
 * anew each time; their private keys are never written.
 */
async function main(): Promise<void> {
  const folder = join(__dirname, "../tests/unit/fabric/channel/golden");
  mkdirSync(folder, { recursive: true });
  for (const tools of channelTools()) {
    const { input, spares } = await freshInput(tools.version);
    const block = generatedBlock(tools, input);
    const { name } = input.channel;
    const config = configOf(common.Block.deserializeBinary(block));
    const updates = changes.map((change) => {
      const target = generatedBlock(tools, change.apply(input, spares));
      const update = translatorsUpdate(
        tools,
        name,
        config.serializeBinary(),
        configOf(common.Block.deserializeBinary(target)).serializeBinary(),
      );
      return [change.name, update] as const;
    });
    const golden = {
      input,
      spares,
      block: translated(tools, "common.Block", block),
      updates: Object.fromEntries(updates),
    };
    writeFileSync(join(folder, `${tools.version.text}.json`), `${JSON.stringify(golden, undefined, 1)}\n`);
  }
}

void main();
