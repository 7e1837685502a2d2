import { loadIdentity } from "../fabric/identity";
import { heightsOf } from "../fabric/status";
import { connectFromEnvironment } from "../kubernetes/cluster";
import type { Log } from "../log";
import { agentMetrics } from "../metrics/metrics";
import { reconcile } from "../reconcile/reconcile";
import { type FabricWork, rhythm } from "./office";
import { runAgent } from "./run";
import { Model, settingsFromEnvironment } from "./settings";

const fabric: FabricWork = { identity: loadIdentity, reconcile, heights: heightsOf };

/** Runs the agent of the pod that this process is in, until Kubernetes ends it. */
export async function startAgent(
  files: { readonly model: string; readonly identity: string },
  log: Log,
): Promise<void> {
  const settings = settingsFromEnvironment(files);
  const end = new AbortController();
  for (const name of ["SIGTERM", "SIGINT"] as const) process.once(name, () => end.abort());
  const office = {
    api: connectFromEnvironment(),
    settings,
    model: new Model(settings),
    fabric,
    metrics: agentMetrics(settings.organisation, settings.pod),
    log,
    rhythm,
  };
  await runAgent(office, end.signal);
}
