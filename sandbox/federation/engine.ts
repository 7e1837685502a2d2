/** What runs on a federation's host beside its API server. */
import type { Cluster } from "../controlplane/cluster";
import type { FederationRecord } from "../state";
import { startKarmada } from "./karmada";
import { startKubeFed } from "./kubefed";

/** Starts the engine of a federation and waits until it takes members. */
export async function startEngine(host: Cluster, federation: FederationRecord): Promise<void> {
  const { engine, module = "", failover } = federation;
  const fast = federation.health === "fast";
  if (engine === "karmada") await startKarmada(host, { module, fast, failover });
  else if (engine === "kubefed") await startKubeFed(host, { module, fast });
}
