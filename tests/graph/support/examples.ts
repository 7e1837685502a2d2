import { join } from "node:path";
import type { RecordedGraph } from "../../../lib/preview/graph";
import { recordNetwork } from "../../../lib/preview/record";
import { example } from "../../../scripts/pages/examples";

/** The examples whose stability is kept. */
export const examples = ["minimal", "trade-finance"] as const;

/** What the Pulumi program asks for to bring an example up on the sites that come with the topology. */
export function recordExample(name: (typeof examples)[number]): Promise<RecordedGraph> {
  return recordNetwork(example(name), { project: "fabric-topologies", stack: "example" });
}

/** The file with the fingerprints of an example. */
export function goldenFile(name: (typeof examples)[number]): string {
  return join(__dirname, "../golden", `${name}.json`);
}
