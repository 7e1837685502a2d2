import { cpSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { compareWithEngine, type Comparison } from "../../../cli/plan/compare";
import type { Engine } from "../../../cli/plan/engine";
import { pulumiProject } from "../../../lib/spec/source/pulumi-project";
import type { SiteManifests } from "../../../lib/constructs/manifests";
import type { NetworkInput } from "../../../lib/spec/network";
import type { SettingsInput } from "../../../lib/spec/settings";
import { zonalProvisioner } from "../../../sandbox/simulation/labels";
import { planStack, type Plan } from "../../../topologies/plan";
import type { Cluster } from "./cluster";
import { engineSteps, type EngineSteps } from "./engine-steps";
import { removeNetwork } from "./leftovers";
import { packFolder, summary, TestStack, type Run } from "./stack";

/**
 * The Pulumi program of this checkout, as people run it, under a stack of its own: a folder with links to the program,
 * `Pulumi.dev.yaml` for the sandbox, and a network file.
 */
export class NetworkStack {
  private readonly networks = new Set<string>();

  private constructor(
    private readonly cluster: Cluster,
    private readonly pulumi: TestStack,
  ) {}

  /**
   * @param network A network file, seen from the checkout, or what one would say.
   * @param further Settings of the stack beside its site.
   */
  static async make(
    cluster: Cluster,
    network: string | NetworkInput,
    further: Readonly<Record<string, boolean>> = {},
  ): Promise<NetworkStack> {
    const pulumi = await TestStack.make((folder) => {
      holdsProgram(folder, settings(cluster, join(folder, "network.yaml"), further));
    });
    const stack = new NetworkStack(cluster, pulumi);
    stack.describes(network);
    return stack;
  }

  /** What the next commands bring up. */
  describes(network: string | NetworkInput): void {
    const file = join(this.pulumi.folder, "network.yaml");
    if (typeof network === "string") cpSync(network, file);
    // JSON is YAML.
    else writeFileSync(file, JSON.stringify(network, undefined, 2));
    this.networks.add(typeof network === "string" ? this.plan().network.name : network.name);
  }

  /** Other settings for the next commands: on the sandbox's cluster and with its disks, whatever they say of both. */
  configures(said: SettingsInput): void {
    const { sites, ...others } = said;
    const here = siteOf(this.cluster);
    const placed = sites.map((site) => ({
      ...here,
      ...site,
      storage: { ...site.storage, ...here.storage },
      apiServer: { ...site.apiServer, ...here.apiServer },
    }));
    const network = join(this.pulumi.folder, "network.yaml");
    writeFileSync(join(this.pulumi.folder, "Pulumi.dev.yaml"), stackFile({ ...others, network, sites: placed }));
  }

  /** Its settings; beside them lie the program and the network file. */
  get settingsFile(): string {
    return join(this.pulumi.folder, "Pulumi.dev.yaml");
  }

  get engine(): Engine {
    return this.pulumi.engine;
  }

  /** The network checked and placed, as every command sees it. */
  plan(): Plan {
    return planStack({ settings: this.settingsFile });
  }

  /** What the stack has to make. */
  manifests(): SiteManifests {
    const [site] = this.plan().synthesise();
    if (site === undefined) throw new RangeError("the network has no site");
    return site;
  }

  /** What `plan --engine` compares, of a plan that may be another than the engine's. */
  compared(plan: Plan = this.plan()): Promise<Comparison> {
    const project = pulumiProject(this.settingsFile);
    if (project === undefined) throw new RangeError("the stack has no Pulumi.yaml");
    return compareWithEngine(plan, project, "dev", this.engine);
  }

  preview = (): Promise<Run> => this.pulumi.preview();

  /** `pulumi preview` or `up`, the latter with its preview, under the policy pack. */
  underPack = (command: "preview" | "up", ...args: readonly string[]): Promise<Run> =>
    this.pulumi.run([command, ...(command === "up" ? ["--yes"] : []), "--policy-pack", packFolder, ...args]);

  /** `pulumi up` without the preview, however it ends. */
  up = (env?: NodeJS.ProcessEnv): Promise<Run> => this.pulumi.up(env);

  /** `pulumi up` without the preview, and what the engine did to each resource. */
  async upInSteps(): Promise<Run & { readonly steps: EngineSteps }> {
    const log = join(this.pulumi.folder, "events.jsonl");
    rmSync(log, { force: true });
    const run = await this.pulumi.run(["up", "--yes", "--skip-preview", "--event-log", log], {
      PULUMI_DEBUG_COMMANDS: "true",
    });
    return { ...run, steps: engineSteps(readFileSync(log, "utf8")) };
  }

  /** `pulumi up` that must succeed; gives the counts of its summary. */
  async succeeds(): Promise<Readonly<Record<string, number>>> {
    return counts(await this.up());
  }

  /** Everything that the engine keeps on disk, as one text. */
  state = (): string => this.pulumi.state();

  refresh = (): Promise<string> => this.pulumi.succeed("refresh", "--yes", "--skip-preview");
  destroy = (): Promise<string> => this.pulumi.succeed("destroy", "--yes", "--skip-preview");

  /** Removes the stack's files; its cluster is about to go. */
  forget(): void {
    this.pulumi.remove();
  }

  /** Removes the stack and every trace of its networks in the cluster, also after a failed test. */
  async remove(): Promise<void> {
    for (const network of this.networks) await removeNetwork(this.cluster.config, network);
    this.pulumi.remove();
  }
}

/** The counts of a run that must have succeeded. */
export function counts(run: Run): Readonly<Record<string, number>> {
  if (run.exit !== 0) throw new Error(`pulumi ended with ${run.exit}:\n${run.output}`);
  return summary(run);
}

/** The objects that a run has changed, or that a preview would change: `update StatefulSet/<namespace>/<name>`. */
export function changes({ output }: Run): string[] {
  const lines = output.matchAll(/^ [-+~]+ +kubernetes:\S+ sandbox:(\S+) (create|update|delete|replace)d?\b(?!ing)/gm);
  return [...new Set([...lines].map(([, key, what]) => `${what} ${key}`))].sort();
}

/** Makes a folder a Pulumi project: the program of this checkout, with settings for the stack `dev`. */
export function holdsProgram(folder: string, stackSettings: string): void {
  cpSync("Pulumi.yaml", join(folder, "Pulumi.yaml"));
  // Node follows links before it looks for what a file imports: the program runs as in the checkout.
  for (const name of ["index.ts", "package.json", "tsconfig.json"]) symlinkSync(resolve(name), join(folder, name));
  writeFileSync(join(folder, "Pulumi.dev.yaml"), stackSettings);
}

/** As `make up` writes them. */
function settings(cluster: Cluster, networkFile: string, further: Readonly<Record<string, boolean>>): string {
  return stackFile({ topology: "dual-active", network: networkFile, sites: [siteOf(cluster)], ...further });
}

function siteOf({ sandbox }: Cluster) {
  return {
    name: "sandbox",
    kubeconfig: sandbox.kubeconfig,
    context: "sandbox",
    zones: [{ name: "zone-a" }, { name: "zone-b" }, { name: "zone-c", witness: true }],
    storage: { provisioner: zonalProvisioner },
    apiServer: { port: Number(new URL(sandbox.server).port) },
  };
}

/** The file of a stack that says something of the network's settings. */
export function stackFile(said: object): string {
  const config = Object.entries(said).map(([key, value]): [string, unknown] => [`fabric-topologies:${key}`, value]);
  return JSON.stringify({ config: Object.fromEntries(config) });
}
