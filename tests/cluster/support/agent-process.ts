/**
 * An agent as a process of its own, that does everything with a real cluster and nothing with Fabric: what its nodes
 * "say" stands in a file that the test writes.
 *
 *     tsx agent-process.ts <folder with model.json, identity.json, says.json> <organisation> <namespace> <pod>
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { AdminIdentity } from "../../../agent/fabric/identity";
import type { NodeHeights } from "../../../agent/fabric/status";
import { connectFromEnvironment } from "../../../agent/kubernetes/cluster";
import { createLog } from "../../../agent/log";
import { agentMetrics } from "../../../agent/metrics/metrics";
import { type FabricWork, rhythm } from "../../../agent/run/office";
import { runAgent } from "../../../agent/run/run";
import { Model } from "../../../agent/run/settings";
import type { Condition } from "../../../agent/status/document";

/** What the test says in Fabric's place. */
export interface Says {
  readonly heights: readonly NodeHeights[];
  readonly conditions: readonly Condition[];
}

const [folder = "", organisation = "", namespace = "", pod = ""] = process.argv.slice(2);
const read = <T>(file: string): T => JSON.parse(readFileSync(join(folder, file), "utf8")) as T;
const identity = read<Omit<AdminIdentity, "sign">>("identity.json");
const fabric: FabricWork = {
  identity: () => ({ ...identity, sign: (digest) => Promise.resolve(digest) }),
  reconcile: () => Promise.resolve(read<Says>("says.json").conditions),
  heights: () => Promise.resolve(read<Says>("says.json").heights),
};
const settings = {
  organisation,
  namespace,
  pod,
  model: join(folder, "model.json"),
  identity: folder,
  renewBefore: 1000,
};
const end = new AbortController();
process.once("SIGTERM", () => end.abort());
void runAgent(
  {
    api: connectFromEnvironment(),
    settings,
    model: new Model(settings),
    fabric,
    metrics: agentMetrics(organisation, pod),
    log: createLog("info"),
    rhythm: { ...rhythm, observe: { busy: 0.5, idle: 0.5 }, reconcile: { busy: 0.5, idle: 1 } },
  },
  end.signal,
  {
    ports: { health: 0, metrics: 0 },
    listening: ({ ports }) => console.log(JSON.stringify(ports)),
  },
);
