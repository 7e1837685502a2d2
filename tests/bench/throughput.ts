/**
 * What being deployed costs: transactions per second of a network on three real nodes, beside those of the same programs
 * run bare on the same machine, one right after the other. 100 transactions are always on their way.
 *
 * npm run bench [seconds]
 */
import { cpus } from "node:os";
import { Writable } from "node:stream";
import type { LoadSummary } from "../../client/load-record";
import { openClientPod } from "../../cli/network/client";
import { clientPlace } from "../../cli/network/place";
import { runNetwork } from "../drill/support/network";
import { inFlight, measureBare } from "./bare-network";

async function measureDeployed(seconds: number): Promise<LoadSummary> {
  const network = await runNetwork("tests/bench/network.yaml");
  try {
    const pod = await openClientPod(clientPlace(network.plan, { organisation: "amber", channel: "main" }));
    const load = async (length: number) => {
      let text = "";
      const out = new Writable({
        write: (chunk: Buffer, _encoding, done) => {
          text += chunk.toString();
          done();
        },
      });
      const target = ["--channel", "main", "--chaincode", "asset-transfer", "--in-flight", String(inFlight)];
      await pod.run(["load", ...target, "--seconds", String(length), "--json"], { out, err: process.stderr });
      const last = text.trimEnd().split("\n").at(-1) ?? "";
      return JSON.parse(last) as LoadSummary;
    };
    await load(3);
    return await load(seconds);
  } finally {
    await network.stop();
  }
}

async function main(seconds: number): Promise<void> {
  const bare = await measureBare(seconds);
  const deployed = await measureDeployed(seconds);
  const told = ({ throughput, latencies, failed }: LoadSummary) => ({
    transactionsPerSecond: Number(throughput.toFixed(1)),
    p50Ms: latencies?.p50,
    p95Ms: latencies?.p95,
    failed,
  });
  const report = {
    processors: cpus().length,
    inFlight,
    seconds,
    bare: told(bare),
    deployed: told(deployed),
    ratio: Number((deployed.throughput / bare.throughput).toFixed(2)),
  };
  process.stdout.write(`${JSON.stringify(report, undefined, 2)}\n`);
}

main(Number(process.argv[2] ?? 20)).then(
  () => process.exit(),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exit(1);
  },
);
