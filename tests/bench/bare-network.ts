import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runLoad } from "../../client/load";
import type { LoadSummary } from "../../client/load-record";
import { completeInstallations } from "../fabric/support/bare-network";
import { startTradingNetwork } from "../fabric/support/transacting-network";

/** Transactions that are always on their way. */
export const inFlight = 100;
const warmUpMs = 3_000;

/**
 * What a network of bare processes commits on this machine: two organisations with two peers each, three ordering nodes,
 * blocks cut after 100 ms.
 */
export async function measureBare(seconds: number): Promise<LoadSummary> {
  const [programs] = completeInstallations();
  if (programs === undefined)
    throw new Error("no peer and orderer of the same version: see tests/fabric/installations.ts");
  const folder = mkdtempSync(join(tmpdir(), "fabric-topologies-bench-"));
  const target = { channel: "main", chaincode: "asset-transfer" };
  try {
    const network = await startTradingNetwork({ programs, folder, ...target });
    try {
      const client = network.client("amber");
      await runLoad(client, { ...target, pace: { inFlight }, durationMs: warmUpMs });
      return await runLoad(client, {
        ...target,
        pace: { inFlight },
        durationMs: seconds * 1000,
        verify: true,
      });
    } finally {
      await network.stop();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
