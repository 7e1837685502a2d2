/**
 * How many transactions each second a network of bare processes commits on this machine, and how long each takes: 100 on
 * their way, blocks cut after 100 ms. Compare it with what `load --in-flight 100` says of a deployed one, in the same
 * minutes on the same machine. One JSON object on standard output.
 *
 * npm run bench:bare [seconds]
 */
import { mkdtempSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { runLoad } from "../../client/load";
import { completeInstallations } from "../fabric/support/bare-network";
import { buildChaincode } from "../fabric/support/chaincode";
import { testChaincode, testChannel } from "../fabric/support/network-definition";
import { startTransactingNetwork } from "../fabric/support/transacting-network";

const inFlight = 100;
const warmUpMs = 3_000;

async function main(seconds: number): Promise<void> {
  const [programs] = completeInstallations();
  if (programs === undefined)
    throw new Error("no peer and orderer of the same version: see tests/fabric/installations.ts");
  const folder = mkdtempSync(join(tmpdir(), "fabric-topologies-bench-"));
  const file = join(folder, "chaincode.js");
  const target = { channel: "main", chaincode: "asset-transfer" };
  try {
    buildChaincode(target.chaincode, file);
    const network = await startTransactingNetwork(
      {
        programs,
        organisations: [
          { name: "amber", peers: 2 },
          { name: "basalt", peers: 2 },
          { name: "clearing", orderers: 3 },
        ],
        channels: [testChannel(programs.version, { name: target.channel, members: ["amber", "basalt"] })],
        chaincodes: [testChaincode({ name: target.chaincode, channel: target.channel })],
      },
      file,
    );
    try {
      const client = network.client("amber");
      await runLoad(client, { ...target, pace: { inFlight }, durationMs: warmUpMs });
      const summary = await runLoad(client, {
        ...target,
        pace: { inFlight },
        durationMs: seconds * 1000,
        verify: true,
      });
      const machine = { processors: cpus().length, model: cpus()[0]?.model };
      process.stdout.write(`${JSON.stringify({ fabric: programs.version.text, inFlight, machine, ...summary })}\n`);
    } finally {
      await network.stop();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

main(Number(process.argv[2] ?? 20)).catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
});
