/** Loses members of a federation, and brings them back, inside the daemon. */
import type { Cluster } from "../controlplane/cluster";
import { type ApplyFaults, type Faults, memberFault } from "../nodes/faults";

/** With a member that is killed go its machines, where nodes are real. */
export function impliedFaults(demanded: Faults, clusters: readonly Cluster[]): Faults {
  const dead = clusters.filter(({ plan }) => demanded[memberFault(plan.name)] === "killed");
  const machines = dead.flatMap(({ plan }) => (plan.nodes === "real" ? plan.zones.map(({ name }) => name) : []));
  return { ...demanded, ...Object.fromEntries(machines.map((name) => [name, "killed" as const])) };
}

/** Makes what is broken of members what is demanded to be broken. */
export const applyToMembers =
  (clusters: readonly Cluster[]): ApplyFaults =>
  async (demanded, actual) => {
    await Promise.all(
      clusters.map(async (cluster) => {
        const name = memberFault(cluster.plan.name);
        if (demanded[name] === actual[name]) return;
        if (actual[name] !== undefined) await bringBack(cluster, actual[name] === "killed");
        if (demanded[name] !== undefined) {
          await cluster.kill(demanded[name] === "killed" ? "everything" : "API server");
        }
      }),
    );
  };

async function bringBack(cluster: Cluster, wasKilled: boolean): Promise<void> {
  await cluster.startApiServer();
  if (!wasKilled) return;
  await cluster.startControllers();
  // Real ones start with their machines.
  if (cluster.plan.nodes === "simulated") await cluster.startNodes();
}
