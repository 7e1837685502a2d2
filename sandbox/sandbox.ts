/**
 * The sandbox: a real Kubernetes control plane on this machine, its nodes simulated by KWOK or real, in zones that can be
 * lost.
 *
 * A sandbox is run by a daemon and known by its state folder; these functions work from any process.
 */
import { randomUUID } from "node:crypto";
import type { KubeConfig } from "@kubernetes/client-node";
import { SandboxError } from "./errors";
import { readAccess } from "./controlplane/kubeconfig";
import { isReady, until } from "./controlplane/readiness";
import type { ImageArchive } from "./images/image";
import type { Progress } from "./progress";
import { defaultZones } from "./simulation/nodes";
import { checkZones } from "./simulation/zone-spec";
import { breakLink, breakZone, healLink, healZone, importIntoZones } from "./nodes/break";
import { faultyZones } from "./nodes/faults";
import { checkRealZones, defaultRealZones } from "./nodes/real-zone-spec";
import { requireRealNodes } from "./nodes/tools";
import type * as Zones from "./simulation/zones";
import type { ZoneStatus } from "./simulation/zones";
import {
  createStateFolder,
  defaultStateFolder,
  layout,
  type NodeKind,
  readRecord,
  type SandboxRecord,
  type ZoneSpec,
} from "./state";
import { conditionOf, removeSandbox } from "./supervisor/clean-up";
import { launchDaemon } from "./supervisor/launch";
import { identify, isRunning } from "./supervisor/process-identity";
import { controlPlanePrograms, ensurePrograms, nodePrograms, type Progress as BuildProgress } from "./toolchain";

export type { Progress } from "./progress";
export type { ImageArchive } from "./images/image";
export type { ZoneStatus } from "./simulation/zones";
export type { NodeKind, ZoneSpec } from "./state";

/** KWOK plays no real node. */
const realPrograms = [...controlPlanePrograms.filter((name) => name !== "kwok"), ...nodePrograms];

export interface StartOptions {
  /** The state folder; default: `FABRIC_TOPOLOGIES_SANDBOX`, or `.sandbox` in the checkout. */
  readonly dir?: string;
  /** Default: simulated. Real ones need Linux and root. */
  readonly nodes?: NodeKind;
  /**
   * Default: zone-a and zone-b with two nodes each, and zone-c, the witness, with one; where nodes are real, one each.
   */
  readonly zones?: readonly ZoneSpec[];
  /** Imported into real nodes, also into those that run already, beside what they need themselves. */
  readonly images?: readonly ImageArchive[];
  /** Told of each step, where the sandbox is not up already. */
  readonly progress?: (event: Progress) => void;
  /** Told of the building of programs, where any is missing. */
  readonly buildProgress?: (event: BuildProgress) => void;
  /** A process (by its number) whose end is the sandbox's end too; for tests. */
  readonly owner?: number;
}

/** A running sandbox. */
export interface Sandbox {
  readonly dir: string;
  /** File of the administrator's kubeconfig; its context is `sandbox`. */
  readonly kubeconfig: string;
  /** URL of the API server. */
  readonly server: string;
  /** False where it was up already. */
  readonly started: boolean;
  /** Ends it: no process and no folder remains. */
  stop(): Promise<void>;
  readonly nodes: NodeKind;
  /** Takes a zone away: returns when its nodes are NotReady and its pods not ready. Real nodes: {@link cutZone}. */
  loseZone(name: string): Promise<void>;
  /** Brings a zone back, however it was lost: returns when its nodes are Ready, and simulated pods too. */
  restoreZone(name: string): Promise<void>;
  /** Real nodes: takes the zone's cable out; all in it runs on, and nobody hears of it. Returns when that is so. */
  cutZone(name: string): Promise<void>;
  /** Real nodes: kills everything in the zone. Returns when that is so. */
  killZone(name: string): Promise<void>;
  /** Real nodes: loses every packet between two zones, and no other. Returns when that is so. */
  cutLink(one: string, other: string): Promise<void>;
  restoreLink(one: string, other: string): Promise<void>;
  /** Real nodes: brings further images into every zone that runs. */
  importImages(images: readonly ImageArchive[]): Promise<void>;
}

/** A child of the daemon, as it is now. */
export interface ProcessStatus {
  readonly name: string;
  readonly pid: number;
  readonly running: boolean;
  /** How it ended, where it ended by itself. */
  readonly died?: string;
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
      readonly zones: readonly ZoneStatus[];
      /** Pairs of zones between which every packet is lost. */
      readonly cutLinks: readonly (readonly string[])[];
    };

/**
 * Starts a sandbox and waits until its nodes are Ready; where it runs already, gives that one. What a killed sandbox
 * left behind is removed first. Of several calls at the same time one starts it and the others wait.
 * Errors: {@link SandboxError}; `ToolchainError` where a program cannot be built.
 */
export async function startSandbox(options: StartOptions = {}): Promise<Sandbox> {
  const root = options.dir ?? defaultStateFolder();
  const nodes = options.nodes ?? "simulated";
  const zones = options.zones ?? (nodes === "real" ? defaultRealZones : defaultZones);
  const progress = options.progress ?? (() => undefined);
  checkZones(zones);
  if (nodes === "real") checkRealZones(zones);
  const running = await existing(root, options);
  if (running) {
    if (running.nodes === "real" && options.images) await running.importImages(options.images);
    return running;
  }

  if (nodes === "real") requireRealNodes();
  const programs = await ensurePrograms(nodes === "real" ? realPrograms : controlPlanePrograms, {
    ...(options.buildProgress ? { progress: options.buildProgress } : {}),
  });
  const wanted = nodes === "real" ? [...(await nodeImages(options)), ...(options.images ?? [])] : [];
  const images = [...new Map(wanted.map((image) => [image.reference, image])).values()];
  const starter = identify(process.pid);
  const owner = options.owner === undefined ? undefined : identify(options.owner);
  if (!starter || (options.owner !== undefined && !owner)) {
    throw new SandboxError(`process ${options.owner ?? process.pid} does not run`, "name a running process");
  }
  const created = createStateFolder(root, {
    id: randomUUID(),
    phase: "starting",
    starter,
    ...(owner ? { owner } : {}),
    children: [],
    zones: [...zones],
    nodes,
    machines: {},
    faults: {},
    images,
    programs,
    startedAt: new Date().toISOString(),
  });
  if (!created) return startSandbox(options);
  try {
    await launchDaemon(root, progress);
  } catch (thrown) {
    await removeSandbox(root);
    throw thrown;
  }
  return { ...handle(root), started: true };
}

/** The running sandbox of a state folder, or undefined where none is up. */
export function attachSandbox(dir: string = defaultStateFolder()): Sandbox | undefined {
  const record = readRecord(dir);
  return record?.phase === "running" && conditionOf(record) === "alive" ? handle(dir) : undefined;
}

/** Ends the sandbox of a state folder, also one whose daemon was killed; false where there was none. */
export async function stopSandbox(dir: string = defaultStateFolder()): Promise<boolean> {
  if (!readRecord(dir)) return false;
  await removeSandbox(dir);
  return true;
}

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
  const { kubeconfig } = layout(dir);
  const ready = record.phase === "running" && (await isReady(readAccess(kubeconfig)));
  const zones = ready ? await zonesOf(record, kubeconfig) : [];
  const broken = record.phase === "running" && (!ready || processes.some(({ running }) => !running));
  return {
    state: broken ? "degraded" : record.phase,
    dir,
    daemon: (record.daemon ?? record.starter).pid,
    ...(record.server === undefined ? {} : { server: record.server }),
    kubeconfig,
    startedAt: record.startedAt,
    processes,
    nodes: record.nodes,
    zones,
    cutLinks: Object.keys(record.faults)
      .map(faultyZones)
      .filter((ends) => ends.length > 1),
  };
}

/** What every real node needs, and the images that a person has put there. */
async function nodeImages({ buildProgress }: StartOptions): Promise<readonly ImageArchive[]> {
  const { prepareNodeImages } = await import("./images/prepare");
  return prepareNodeImages(buildProgress ? { progress: buildProgress } : {});
}

/** The sandbox that is up or coming up in this folder; removes a stale one. */
async function existing(root: string, wanted: StartOptions): Promise<Sandbox | undefined> {
  let record = readRecord(root);
  if (record && conditionOf(record) === "alive" && record.phase !== "running") {
    // Another command starts or ends it; whichever it is, it does not take long.
    await until(
      `the sandbox in ${root} is ${record.phase}`,
      () => {
        record = readRecord(root);
        return !record || record.phase === "running" || conditionOf(record) === "stale";
      },
      { seconds: 180 },
    );
  }
  if (!record) return undefined;
  if (conditionOf(record) === "stale") {
    await removeSandbox(root);
    return undefined;
  }
  const dead = record.children.find((child) => child.died !== undefined);
  if (dead) {
    throw new SandboxError(
      `the sandbox in ${root} runs, but its ${dead.name} ended by itself (${dead.died})`,
      `see ${layout(root).logs}; end it with "fabric-topologies sandbox down" and start it again`,
    );
  }
  if (wanted.nodes && wanted.nodes !== record.nodes) {
    throw new SandboxError(
      `the sandbox in ${root} runs with ${record.nodes} nodes`,
      `end it with "fabric-topologies sandbox down" first`,
    );
  }
  if (wanted.zones && JSON.stringify(wanted.zones) !== JSON.stringify(record.zones)) {
    throw new SandboxError(
      `the sandbox in ${root} runs with other zones: ${record.zones.map(({ name, nodes }) => `${name} (${nodes})`).join(", ")}`,
      `end it with "fabric-topologies sandbox down" first`,
    );
  }
  return handle(root);
}

function handle(root: string): Sandbox {
  const { kubeconfig } = layout(root);
  const nodes = readRecord(root)?.nodes ?? "simulated";
  const stop = async (): Promise<void> => void (await removeSandbox(root));
  const known = { dir: root, kubeconfig, server: readAccess(kubeconfig).server, started: false, nodes, stop };
  if (nodes === "real") {
    return {
      ...known,
      loseZone: async (name) => {
        await breakZone(root, name, "cut");
        const { zoneLost } = await import("./nodes/real-zones");
        await zoneLost(await configOf(kubeconfig), name);
      },
      restoreZone: async (name) => {
        const begun = Date.now();
        const restarted = await healZone(root, name);
        const { zoneBack } = await import("./nodes/real-zones");
        await zoneBack(await configOf(kubeconfig), name, { begun, restarted });
      },
      cutZone: (name) => breakZone(root, name, "cut"),
      killZone: (name) => breakZone(root, name, "killed"),
      cutLink: (one, other) => breakLink(root, one, other),
      restoreLink: (one, other) => healLink(root, one, other),
      importImages: (images) => importIntoZones(root, images),
    };
  }
  const refuse = (): Promise<never> =>
    Promise.reject(
      new SandboxError(
        `the sandbox in ${root} has simulated nodes, and no network or container to do this to`,
        "end it and start real nodes: fabric-topologies sandbox up --nodes real",
      ),
    );
  return {
    ...known,
    loseZone: (name) => withClient(kubeconfig, ({ loseZone }, config) => loseZone(config, name)),
    restoreZone: (name) => withClient(kubeconfig, ({ restoreZone }, config) => restoreZone(config, name)),
    cutZone: refuse,
    killZone: refuse,
    cutLink: refuse,
    restoreLink: refuse,
    importImages: refuse,
  };
}

async function zonesOf(record: SandboxRecord, kubeconfig: string): Promise<ZoneStatus[]> {
  if (record.nodes === "simulated") return withClient(kubeconfig, ({ zoneStatus }, config) => zoneStatus(config));
  const { realZoneStatus } = await import("./nodes/real-zones");
  return realZoneStatus(record, await configOf(kubeconfig));
}

/** Loads the Kubernetes client, which takes a second, only for what needs it. */
async function withClient<T>(
  kubeconfig: string,
  action: (zones: typeof Zones, config: KubeConfig) => Promise<T>,
): Promise<T> {
  const [{ loadConfig }, zones] = await Promise.all([import("./controlplane/client"), import("./simulation/zones")]);
  return action(zones, loadConfig(kubeconfig));
}

const configOf = async (kubeconfig: string): Promise<KubeConfig> =>
  (await import("./controlplane/client")).loadConfig(kubeconfig);
