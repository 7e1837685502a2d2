/**
 * The sandbox's state folder: which sandbox this is, who runs it, and where its files are.
 *
 * Everything a sandbox leaves on disk is inside this folder, and everything it runs is recorded in its `sandbox.json`
 * before anything else is done with it, so that a later command can always clean up.
 */
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { z } from "zod";
import { SandboxError } from "./errors";

/** Overrides the place of the state folder. */
export const stateFolderVariable = "FABRIC_TOPOLOGIES_SANDBOX";

const record = "sandbox.json";

const identity = z.object({ pid: z.int().positive(), started: z.string() });

const child = z.object({
  name: z.string(),
  process: identity,
  /** The zone whose machine it belongs to, where nodes are real. */
  zone: z.string().optional(),
  /** The cluster of a federation that it belongs to. */
  cluster: z.string().optional(),
  /** How it ended, where it ended without being told to. */
  died: z.string().optional(),
});

const zone = z.object({
  name: z.string(),
  nodes: z.int().positive(),
  /** The member of a federation that it is in, and what its nodes' zone label says: there, names are of all members. */
  cluster: z.string().optional(),
  label: z.string().optional(),
});

const federation = z.object({
  /** What runs on the host. */
  engine: z.enum(["karmada", "kubefed", "none"]),
  /** Whether the engine notices a lost member in seconds, or with its own defaults; and whether it may move work then. */
  health: z.enum(["fast", "usual"]),
  failover: z.boolean(),
  /** Where the world's DNS answers, where nodes are real. */
  nameServer: z.string().optional(),
  /** Folder of the engine's Go module, which holds the objects that its host needs. */
  module: z.string().optional(),
  clusters: z.array(z.object({ name: z.string(), role: z.enum(["host", "member"]), server: z.string().optional() })),
});

const image = z.object({ reference: z.string(), archive: z.string() });

const schema = z.object({
  /** Tells this sandbox from an earlier or later one in the same folder. */
  id: z.string(),
  phase: z.enum(["starting", "running", "stopping"]),
  /** The process that asked for the sandbox; it matters only until the daemon has recorded itself. */
  starter: identity,
  /** Where present, the sandbox ends when this process does. */
  owner: identity.optional(),
  daemon: identity.optional(),
  children: z.array(child),
  /** Whether containers run on the nodes. */
  nodes: z.enum(["simulated", "real"]).default("simulated"),
  /** Of real nodes: the number of their range of addresses, recorded before anything is made in it. */
  range: z.int().optional(),
  /** Of real nodes: the first process of each zone's machine. */
  machines: z.record(z.string(), identity).default({}),
  /** What is broken on purpose of real nodes and of members, see nodes/faults.ts; and why something could not be broken or healed. */
  faults: z.record(z.string(), z.enum(["cut", "killed", "stopped"])).default({}),
  faultFailure: z.string().optional(),
  /** Of real nodes: what is imported into each. */
  images: z.array(image).default([]),
  zones: z.array(zone).min(1),
  /** Where there are several clusters. */
  federation: federation.optional(),
  /** Program name to the file that is run. */
  programs: z.record(z.string(), z.string()),
  server: z.string().optional(),
  startedAt: z.string(),
});

export type SandboxRecord = z.infer<typeof schema>;
export type ChildRecord = z.infer<typeof child>;
/** Whether nodes are played by KWOK, or are network namespaces of this machine with kubelet and containerd. */
export type NodeKind = SandboxRecord["nodes"];
export type ZoneSpec = z.infer<typeof zone>;
export type FederationRecord = z.infer<typeof federation>;

/** The files of one sandbox. */
export interface StateFolder {
  readonly root: string;
  readonly kubeconfig: string;
  readonly pki: string;
  readonly logs: string;
  readonly etcd: string;
  readonly volumes: string;
  readonly run: string;
  /** One folder for each zone's machine, where nodes are real. */
  readonly nodes: string;
  /** What is to be broken. */
  readonly faults: string;
  /** What the world's DNS says, where nodes are real. */
  readonly names: string;
  /** One folder for each cluster of a federation, laid out as this one. */
  readonly clusters: string;
  /** What the Pulumi engine keeps: stacks, plug-ins, the passphrase. */
  readonly engine: string;
}

/** The state folder to use where none is named: `FABRIC_TOPOLOGIES_SANDBOX`, or `.sandbox` in the checkout. */
export function defaultStateFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const named = environment[stateFolderVariable];
  return named ? path.resolve(named) : path.resolve(__dirname, "..", ".sandbox");
}

/** Where things are inside a state folder. */
export function layout(root: string): StateFolder {
  const at = (name: string): string => path.join(root, name);
  return {
    root,
    kubeconfig: at("kubeconfig"),
    pki: at("pki"),
    logs: at("logs"),
    etcd: at("etcd"),
    volumes: at("volumes"),
    run: at("run"),
    nodes: at("nodes"),
    faults: at("faults"),
    names: at("names"),
    clusters: at("clusters"),
    engine: at("pulumi"),
  };
}

/**
 * What the folder holds: nothing of a sandbox, or the record of one.
 * Errors: the folder holds other things. It is never touched then: a mistyped variable must not cost anybody's files.
 */
export function readRecord(root: string): SandboxRecord | undefined {
  let text: string;
  try {
    text = readFileSync(path.join(root, record), "utf8");
  } catch (thrown) {
    const code = (thrown as NodeJS.ErrnoException).code;
    if (code === "ENOTDIR") throw notOurs(root);
    if (code !== "ENOENT") throw thrown;
    if (listing(root).length > 0) throw notOurs(root);
    return undefined;
  }
  const parsed = schema.safeParse(parseJson(text));
  if (!parsed.success) {
    throw new SandboxError(
      `${path.join(root, record)} is not the record of a sandbox that this version understands`,
      `end its processes by hand and remove ${root}`,
    );
  }
  return parsed.data;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function listing(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw thrown;
  }
}

const notOurs = (root: string): SandboxError =>
  new SandboxError(
    `${root} exists and is not a sandbox's state folder`,
    `set ${stateFolderVariable} to a folder that is empty or does not exist`,
  );

/**
 * Makes the folder with its record in one step, so that of two commands started together exactly one succeeds.
 * False where somebody else's folder is there already.
 */
export function createStateFolder(root: string, value: SandboxRecord): boolean {
  mkdirSync(path.dirname(root), { recursive: true });
  const prepared = `${root}.${value.id}.new`;
  try {
    mkdirSync(prepared, { mode: 0o700 });
    writeRecord(prepared, value);
    // Renaming onto an existing folder works only while that folder is empty.
    renameSync(prepared, root);
    return true;
  } catch (thrown) {
    const code = (thrown as NodeJS.ErrnoException).code;
    if (code === "ENOTEMPTY" || code === "EEXIST") return false;
    throw thrown;
  } finally {
    rmSync(prepared, { recursive: true, force: true });
  }
}

/** Replaces the record; a reader sees either the old or the new one. */
export function writeRecord(root: string, value: SandboxRecord): void {
  const file = path.join(root, record);
  writeFileSync(`${file}.new`, `${JSON.stringify(value, undefined, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** Removes the folder, the record last: a removal that is interrupted can be taken up again. */
export function removeStateFolder(root: string): void {
  for (const name of listing(root)) {
    if (name !== record) rmSync(path.join(root, name), { recursive: true, force: true });
  }
  rmSync(root, { recursive: true, force: true });
}
