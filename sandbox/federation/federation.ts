/**
 * A federation in the sandbox: a host and several members, each a whole cluster with its own API server, controllers and
 * nodes. They share one store and one daemon. Joining members to the engine is left to who uses it, as on real clusters.
 */
import { SandboxError } from "../errors";
import { clusterFolder } from "../controlplane/plan";
import { readAccess } from "../controlplane/kubeconfig";
import { isReady } from "../controlplane/readiness";
import { imagesOfNodes } from "../images/of-nodes";
import type { ImageArchive } from "../images/image";
import { importIntoZones } from "../nodes/break";
import { checkRealZones } from "../nodes/real-zone-spec";
import { planOf } from "../nodes/plan";
import { requireRealNodes } from "../nodes/tools";
import type { Progress } from "../progress";
import { publish } from "../names/publish";
import type { NameRecord } from "../names/records";
import { simulatedNodes } from "../simulation/nodes";
import { checkZones } from "../simulation/zone-spec";
import {
  defaultStateFolder,
  type FederationRecord,
  layout,
  type NodeKind,
  readRecord,
  type SandboxRecord,
  type ZoneSpec,
} from "../state";
import { bringUp, refuseOther, settled } from "../supervisor/bring-up";
import { conditionOf, removeSandbox } from "../supervisor/clean-up";
import {
  ensurePrograms,
  federationPrograms,
  moduleFolder,
  type Progress as BuildProgress,
  programsFor,
} from "../toolchain";
import { type Faults, federationFaults } from "./faults";

export type Engine = FederationRecord["engine"];

/** A member that is wanted. */
export interface MemberSpec {
  /** Of its context, too. */
  readonly name: string;
  /** Default: one zone, `zone-a`, with one node. A zone's name need be of its own in its member only. */
  readonly zones?: readonly ZoneSpec[];
}

export interface FederationOptions {
  /** The state folder; default: as of a sandbox with one cluster. */
  readonly dir?: string;
  readonly members: readonly MemberSpec[];
  /** The name of the host; default: `host`. */
  readonly host?: string;
  /** What runs on the host; default: nothing. */
  readonly engine?: Engine;
  /** Whether the engine notices a lost member in seconds (default), or in its own time. */
  readonly health?: FederationRecord["health"];
  /** Lets Karmada move what a lost member ran, where a ClusterTaintPolicy says so; default: false, as its own. */
  readonly failover?: boolean;
  /** Default: simulated. Real ones need Linux and root; each zone is then a machine. */
  readonly nodes?: NodeKind;
  /** Imported into real nodes. */
  readonly images?: readonly ImageArchive[];
  /** Told of each step, where the federation is not up already. */
  readonly progress?: (event: Progress) => void;
  /** Told of the building of programs, where any is missing. */
  readonly buildProgress?: (event: BuildProgress) => void;
  /** A process (by its number) whose end is the federation's end too; for tests. */
  readonly owner?: number;
}

/** One cluster that runs. */
export interface FederatedCluster {
  /** Of its context, too. */
  readonly name: string;
  readonly role: "host" | "member";
  /** File of the administrator's kubeconfig for this cluster alone. */
  readonly kubeconfig: string;
  readonly context: string;
  /** URL of its API server. */
  readonly server: string;
  /** Of its nodes, which are also those of its Services of type LoadBalancer; known as soon as it is up. */
  readonly addresses: readonly string[];
}

/** A running federation. */
export interface Federation extends Faults {
  readonly dir: string;
  readonly engine: Engine;
  readonly nodes: NodeKind;
  /** False where it was up already. */
  readonly started: boolean;
  /** File of the administrator's kubeconfig with a context for each cluster; the host's is the current one. */
  readonly kubeconfig: string;
  readonly host: FederatedCluster;
  /** In the order in which they were asked for. */
  readonly members: readonly FederatedCluster[];
  /** The host or a member. Errors: there is none of this name. */
  cluster(name: string): FederatedCluster;
  /** Whether a cluster's API server answers. */
  answers(name: string): Promise<boolean>;
  /** Real nodes: brings further images into every member that runs. */
  importImages(images: readonly ImageArchive[]): Promise<void>;
  /** Real nodes: `address:port` of the DNS that pods ask for names outside their cluster. */
  readonly nameServer?: string;
  /**
   * Tells these names to every member, beside those of the members' DNSEndpoint objects and of the annotations of their
   * Services, which external-dns would tell; in place of what was published before. They are known within two seconds.
   */
  publishNames(records: readonly NameRecord[]): void;
  /** Ends it: no process and no folder remains. */
  stop(): Promise<void>;
}

const defaultZones: readonly ZoneSpec[] = [{ name: "zone-a", nodes: 1 }];

/**
 * Starts a federation and waits until all nodes are Ready and the engine takes members; where it runs already, gives that
 * one. What a killed one left behind is removed first.
 * Errors: {@link SandboxError}; `ToolchainError` where a program cannot be built.
 */
export async function startFederation(options: FederationOptions): Promise<Federation> {
  const root = options.dir ?? defaultStateFolder();
  const nodes = options.nodes ?? "simulated";
  const wanted = federationOf(options);
  const zones = zonesOf(options.members);
  checkZones(zones);
  if (nodes === "real") checkRealZones(zones);
  const running = await settled(root);
  if (running) {
    if (!isSame(running, wanted, zones, nodes)) refuseOther(root, "with other clusters, another engine or other nodes");
    return handle(root, running, false);
  }
  if (nodes === "real") requireRealNodes();
  const { engine } = wanted;
  const engines = engine === "none" ? [] : federationPrograms[engine];
  const build = options.buildProgress ? { progress: options.buildProgress } : {};
  const programs = await ensurePrograms([...programsFor(nodes), ...engines], build);
  const [first] = engines;
  const federation = first === undefined ? wanted : { ...wanted, module: await moduleFolder(first) };
  const images = nodes === "real" ? await imagesOfNodes(options.images, options.buildProgress) : [];
  const fresh = { zones, nodes, images, programs, federation };
  const started = await bringUp(root, fresh, { owner: options.owner, progress: options.progress });
  const record = started ? readRecord(root) : undefined;
  return record ? handle(root, record, true) : startFederation(options);
}

/** The running federation of a state folder, or undefined where none is up. */
export function attachFederation(dir: string = defaultStateFolder()): Federation | undefined {
  const record = readRecord(dir);
  if (record?.phase !== "running" || !record.federation || conditionOf(record) !== "alive") return undefined;
  return handle(dir, record, false);
}

function federationOf({ members, host = "host", engine = "none", health, failover }: FederationOptions) {
  const names = [host, ...members.map(({ name }) => name)];
  for (const name of names) {
    if (/^[a-z0-9]([a-z0-9-]{0,28}[a-z0-9])?$/.test(name)) continue;
    throw new SandboxError(
      `"${name}" is not the name of a cluster`,
      "use lower-case letters, digits and hyphens, 30 at most, such as aws-prod",
    );
  }
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new SandboxError(`cluster ${twice} is named twice`, "name each cluster once");
  if (members.length === 0) throw new SandboxError("a federation without members", "name at least one");
  return {
    engine,
    health: health ?? "fast",
    failover: failover ?? false,
    clusters: names.map((name, index) => ({ name, role: index === 0 ? ("host" as const) : ("member" as const) })),
  } satisfies FederationRecord;
}

/** All zones of all members, under names of their own. */
const zonesOf = (members: readonly MemberSpec[]): ZoneSpec[] =>
  members.flatMap(({ name: cluster, zones = defaultZones }) =>
    zones.map(({ name, nodes }) => ({ name: machineOf(cluster, name), nodes, cluster, label: name })),
  );

/** The name of a zone of a member among all zones; with real nodes, that of its node. */
const machineOf = (member: string, zone: string): string => `${member}-${zone}`;

function isSame(record: SandboxRecord, wanted: FederationRecord, zones: readonly ZoneSpec[], nodes: NodeKind): boolean {
  const { federation } = record;
  if (!federation) return false;
  const shape = ({ engine, health, failover, clusters }: FederationRecord, all: readonly ZoneSpec[], kind: NodeKind) =>
    JSON.stringify([engine, health, failover, clusters.map(({ name, role }) => [name, role]), all, kind]);
  return shape(federation, record.zones, record.nodes) === shape(wanted, zones, nodes);
}

function addressesOf(record: SandboxRecord, zones: readonly ZoneSpec[], number: number): string[] {
  if (record.nodes === "simulated") {
    return simulatedNodes(zones, number).flatMap(({ status }) => status?.addresses?.[0]?.address ?? []);
  }
  const machines = planOf(record)?.zones ?? [];
  return machines.filter(({ zone }) => zones.some(({ name }) => name === zone)).map(({ address }) => address);
}

function handle(root: string, record: SandboxRecord, started: boolean): Federation {
  const { federation, nodes } = record;
  if (!federation) throw new Error(`the sandbox in ${root} is no federation`);
  const clusters = federation.clusters.map(({ name, role, server = "" }, number): FederatedCluster => {
    const { kubeconfig } = clusterFolder(root, name);
    const zones = record.zones.filter(({ cluster }) => cluster === name);
    return { name, role, kubeconfig, context: name, server, addresses: addressesOf(record, zones, number) };
  });
  const cluster = (name: string): FederatedCluster => {
    const found = clusters.find((one) => one.name === name);
    if (found) return found;
    const names = clusters.map((one) => one.name).join(", ");
    throw new SandboxError(`the federation has no cluster "${name}"`, `name one of: ${names}`);
  };
  const [host] = clusters;
  if (!host) throw new Error(`the federation in ${root} has no host`);
  return {
    dir: root,
    engine: federation.engine,
    nodes,
    started,
    kubeconfig: layout(root).kubeconfig,
    host,
    members: clusters.slice(1),
    cluster,
    answers: (name) => isReady(readAccess(cluster(name).kubeconfig)),
    ...(federation.nameServer === undefined ? {} : { nameServer: federation.nameServer }),
    importImages: (images) => importIntoZones(root, images),
    publishNames: (records) => publish(root, records),
    stop: async () => void (await removeSandbox(root)),
    ...federationFaults(root, record, cluster),
  };
}
