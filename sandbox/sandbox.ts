/**
 * The sandbox: a real Kubernetes control plane on this machine, its nodes simulated by KWOK or real, in zones that can be
 * lost.
 *
 * A sandbox is run by a daemon and known by its state folder; these functions work from any process.
 */
import type { KubeConfig } from "@kubernetes/client-node";
import { SandboxError } from "./errors";
import { readAccess } from "./controlplane/kubeconfig";
import type { ImageArchive } from "./images/image";
import type { Progress } from "./progress";
import { defaultZones } from "./simulation/nodes";
import { checkZones } from "./simulation/zone-spec";
import { breakLink, breakZone, healLink, healZone, importIntoZones } from "./nodes/break";
import { checkRealZones, defaultRealZones } from "./nodes/real-zone-spec";
import { requireRealNodes } from "./nodes/tools";
import type * as Zones from "./simulation/zones";
import { defaultStateFolder, layout, type NodeKind, readRecord, type ZoneSpec } from "./state";
import { bringUp, refuseOther, settled } from "./supervisor/bring-up";
import { conditionOf, removeSandbox } from "./supervisor/clean-up";
import { ensurePrograms, type Progress as BuildProgress, programsFor } from "./toolchain";
import { imagesOfNodes } from "./images/of-nodes";

export type { Progress } from "./progress";
export type { ImageArchive } from "./images/image";
export type { ZoneStatus } from "./simulation/zones";
export { sandboxStatus, type SandboxStatus } from "./status";
export type { NodeKind, ZoneSpec } from "./state";

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

/**
 * Starts a sandbox and waits until its nodes are Ready; where it runs already, gives that one. What a killed sandbox
 * left behind is removed first. Of several calls at the same time one starts it and the others wait.
 * Errors: {@link SandboxError}; `ToolchainError` where a program cannot be built.
 */
export async function startSandbox(options: StartOptions = {}): Promise<Sandbox> {
  const root = options.dir ?? defaultStateFolder();
  const nodes = options.nodes ?? "simulated";
  const zones = options.zones ?? (nodes === "real" ? defaultRealZones : defaultZones);
  checkZones(zones);
  if (nodes === "real") checkRealZones(zones);
  const running = await existing(root, options);
  if (running) {
    if (running.nodes === "real" && options.images) await running.importImages(options.images);
    return running;
  }

  if (nodes === "real") requireRealNodes();
  const programs = await ensurePrograms(programsFor(nodes), {
    ...(options.buildProgress ? { progress: options.buildProgress } : {}),
  });
  const images = nodes === "real" ? await imagesOfNodes(options.images, options.buildProgress) : [];
  const fresh = { zones: [...zones], nodes, images, programs };
  if (!(await bringUp(root, fresh, { owner: options.owner, progress: options.progress }))) return startSandbox(options);
  return { ...handle(root), started: true };
}

/** The running sandbox of a state folder, or undefined where none is up. */
export function attachSandbox(dir: string = defaultStateFolder()): Sandbox | undefined {
  const record = readRecord(dir);
  if (record?.phase !== "running" || record.federation || conditionOf(record) !== "alive") return undefined;
  return handle(dir);
}

/** Ends the sandbox of a state folder, also one whose daemon was killed; false where there was none. */
export async function stopSandbox(dir: string = defaultStateFolder()): Promise<boolean> {
  if (!readRecord(dir)) return false;
  await removeSandbox(dir);
  return true;
}

/** The sandbox that is up or coming up in this folder; removes a stale one. */
async function existing(root: string, wanted: StartOptions): Promise<Sandbox | undefined> {
  const record = await settled(root);
  if (!record) return undefined;
  if (record.federation) refuseOther(root, "as a federation");
  if (wanted.nodes && wanted.nodes !== record.nodes) refuseOther(root, `with ${record.nodes} nodes`);
  if (wanted.zones && JSON.stringify(wanted.zones) !== JSON.stringify(record.zones)) {
    refuseOther(root, `with other zones: ${record.zones.map(({ name, nodes }) => `${name} (${nodes})`).join(", ")}`);
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
