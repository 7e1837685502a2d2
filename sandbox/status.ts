/** What there is of a sandbox, asked of its processes and of its API servers. */
import { readAccess } from "./controlplane/kubeconfig";
import { type ClusterPlan, clustersOf } from "./controlplane/plan";
import { isReady } from "./controlplane/readiness";
import { faultyZones, isMemberFault, memberFault } from "./nodes/faults";
import type { ZoneStatus } from "./simulation/zones";
import {
  defaultStateFolder,
  type FederationRecord,
  layout,
  type NodeKind,
  readRecord,
  type SandboxRecord,
} from "./state";
import { conditionOf } from "./supervisor/clean-up";
import { isRunning } from "./supervisor/process-identity";

/** A child of the daemon, as it is now. */
export interface ProcessStatus {
  readonly name: string;
  readonly pid: number;
  readonly running: boolean;
  /** How it ended, where it ended by itself. */
  readonly died?: string;
}

/** A cluster of a federation, as it is now. */
export interface ClusterStatus {
  readonly name: string;
  readonly role: "host" | "member";
  readonly server: string;
  readonly kubeconfig: string;
  /** Whether its API server answers. */
  readonly ready: boolean;
  /** Where it was broken on purpose: everything in it killed, or its API server stopped. */
  readonly fault?: "killed" | "stopped";
}

/** What there is of a sandbox. */
export type SandboxStatus =
  | { readonly state: "absent"; readonly dir: string }
  /** Its daemon is gone; the next `up` or `down` removes what is left. */
  | { readonly state: "stale"; readonly dir: string; readonly processes: readonly ProcessStatus[] }
  | {
      readonly state: SandboxRecord["phase"] | "degraded";
      readonly dir: string;
      readonly daemon: number;
      readonly server?: string;
      readonly kubeconfig: string;
      readonly startedAt: string;
      readonly processes: readonly ProcessStatus[];
      readonly nodes: NodeKind;
      /** Of all members, where it is a federation. */
      readonly zones: readonly ZoneStatus[];
      /** Of a federation, the host first; empty where there is one cluster only. */
      readonly clusters: readonly ClusterStatus[];
      readonly engine?: FederationRecord["engine"];
      /** Pairs of zones between which every packet is lost. */
      readonly cutLinks: readonly (readonly string[])[];
    };

/** What there is in a state folder, asked of the processes and of the API server. */
export async function sandboxStatus(dir: string = defaultStateFolder()): Promise<SandboxStatus> {
  const record = readRecord(dir);
  if (!record) return { state: "absent", dir };
  const processes = record.children.map(({ name, process, died }) => ({
    name,
    pid: process.pid,
    running: isRunning(process),
    ...(died === undefined ? {} : { died }),
  }));
  if (conditionOf(record) === "stale") return { state: "stale", dir, processes };
  const running = record.phase === "running";
  const seen = running ? await Promise.all(clustersOf(dir, record).map((plan) => clusterStatus(record, plan))) : [];
  const clusters = seen.map(({ cluster }) => cluster);
  const failed = clusters.some(({ ready, fault }) => !ready && fault === undefined);
  const { federation, faults } = record;
  return {
    state: running && (failed || processes.some(({ running }) => !running)) ? "degraded" : record.phase,
    dir,
    daemon: (record.daemon ?? record.starter).pid,
    ...(record.server === undefined ? {} : { server: record.server }),
    kubeconfig: layout(dir).kubeconfig,
    startedAt: record.startedAt,
    processes,
    nodes: record.nodes,
    zones: seen.flatMap(({ zones }) => zones),
    clusters: federation ? clusters : [],
    ...(federation ? { engine: federation.engine } : {}),
    cutLinks: Object.keys(faults)
      .filter((name) => !isMemberFault(name))
      .map(faultyZones)
      .filter((ends) => ends.length > 1),
  };
}

interface ClusterSeen {
  readonly cluster: ClusterStatus;
  readonly zones: readonly ZoneStatus[];
}

async function clusterStatus(record: SandboxRecord, plan: ClusterPlan): Promise<ClusterSeen> {
  const { kubeconfig } = plan.folder;
  const access = readAccess(kubeconfig);
  const ready = await isReady(access);
  const fault = record.faults[memberFault(plan.name)];
  const cluster = {
    name: plan.name,
    role: plan.role ?? "host",
    server: access.server,
    kubeconfig,
    ready,
    ...(fault === undefined || fault === "cut" ? {} : { fault }),
  };
  return { cluster, zones: ready ? await zonesOf(record, plan) : [] };
}

/** Loads the Kubernetes client, which takes a second. */
async function zonesOf(record: SandboxRecord, plan: ClusterPlan): Promise<ZoneStatus[]> {
  const { loadConfig } = await import("./controlplane/client");
  const config = loadConfig(plan.folder.kubeconfig);
  const zones =
    record.nodes === "simulated"
      ? await (await import("./simulation/zones")).zoneStatus(config)
      : await (await import("./nodes/real-zones")).realZoneStatus(plan.zones, record.faults, config);
  return zones.map((zone) => ({ ...zone, ...(plan.role === undefined ? {} : { cluster: plan.name }) }));
}
