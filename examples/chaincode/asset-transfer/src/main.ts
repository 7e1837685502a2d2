import { JSONSerializer } from "fabric-contract-api";
import { Shim } from "fabric-shim";
// Not in the shim's public types. Its public way, the program fabric-chaincode-node, looks for contracts by reading
// package.json at run time, so it cannot be bundled into one file. That is why the version is pinned.
import ChaincodeFromContract from "fabric-shim/lib/contract-spi/chaincodefromcontract";
import { AssetTransfer } from "./contract";
import { settings } from "./settings";

const serializers = { transaction: "jsonSerializer", serializers: { jsonSerializer: JSONSerializer } };

async function main(): Promise<void> {
  const options = settings(process.env);
  const chaincode = new ChaincodeFromContract([AssetTransfer], serializers, {}, "asset-transfer", "1.0.0");
  await Shim.server(chaincode, options).start();
  process.stdout.write(
    `${JSON.stringify({ message: "chaincode serves", id: options.ccid, address: options.address })}\n`,
  );
}

// Kubernetes asks with SIGTERM; nothing here needs to be saved.
for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => process.exit(0));

main().catch((error: unknown) => {
  process.stderr.write(`${JSON.stringify({ message: "chaincode cannot serve", error: String(error) })}\n`);
  process.exitCode = 1;
});
