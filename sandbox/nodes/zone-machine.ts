/** One zone: its machine with containerd, kubelet and kube-proxy in it. */
import { existsSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import * as path from "node:path";
import type { NodeCredentials } from "../controlplane/credentials";
import { until } from "../controlplane/readiness";
import type { ImageArchive } from "../images/image";
import type { Children } from "../supervisor/children";
import type { ProcessIdentity } from "../supervisor/process-identity";
import { createCgroups, inMachineGroup, removeCgroups } from "./cgroups";
import { type ZoneFolder, zoneFolder } from "./files";
import { importImages } from "./images";
import { kubeletConfig, proxyConfig } from "./kubelet";
import { insideMachine, startMachine, toolPath } from "./machine";
import { removePodCables } from "./network";
import type { NodePlan, ZonePlan } from "./plan";
import { killZoneProcesses } from "./processes";
import { run } from "./run";
import { networkConfig, runtimeConfig, runtimeSocket } from "./runtime";
import type { NodeTools } from "./tools";

/**
 * How long kubelet and kube-proxy believe in a silent connection to the API server, in seconds. By default it is 45: a
 * zone whose cable is in again would wait as long for the news.
 */
const patience = { HTTP2_READ_IDLE_TIMEOUT_SECONDS: "4", HTTP2_PING_TIMEOUT_SECONDS: "2" };

/** What a zone is made with. */
export interface ZoneSetting {
  readonly root: string;
  readonly plan: NodePlan;
  readonly zone: ZonePlan;
  readonly tools: NodeTools;
  readonly children: Children;
  readonly images: readonly ImageArchive[];
  /** Environment of containerd: how it reaches registries. */
  readonly registryAccess: Readonly<Record<string, string>>;
}

/** Starts, kills and restarts what runs in one zone. */
export class ZoneMachine {
  private readonly folder: ZoneFolder;
  private first: ProcessIdentity | undefined;

  constructor(private readonly setting: ZoneSetting) {
    this.folder = zoneFolder(setting.root, setting.zone.zone);
  }

  get zone(): string {
    return this.setting.zone.zone;
  }

  /** Starts the machine and containerd, and imports the images; gives the machine's first process. */
  async boot(): Promise<ProcessIdentity> {
    const { root, plan, zone, children, tools, images, registryAccess } = this.setting;
    await this.writeFiles();
    createCgroups({ cgroup: plan.cgroup, zones: [zone] });
    const first = await startMachine(root, zone, children);
    this.first = first;
    await this.start("containerd", tools.containerd, ["--config", this.inside("containerd.toml")], registryAccess);
    await until(`containerd of ${zone.zone}`, () => this.answers(first), {
      seconds: 60,
      everyMilliseconds: 50,
      alive: () => children.assertAlive(),
    });
    await importImages(root, zone.zone, first, images);
    return first;
  }

  /** Starts kubelet and kube-proxy: the node registers itself. */
  async join(credentials: NodeCredentials): Promise<void> {
    const { zone, tools } = this.setting;
    await writeFile(this.outside("kubelet.yaml"), kubeletConfig(zone, this.folder, credentials));
    await writeFile(this.outside("kube-proxy.yaml"), proxyConfig(credentials));
    await this.start("kubelet", tools.kubelet, [
      `--config=${this.inside("kubelet.yaml")}`,
      `--kubeconfig=${credentials.kubelet}`,
      `--root-dir=${this.inside("kubelet")}`,
      `--cert-dir=${this.inside("kubelet-pki")}`,
      `--hostname-override=${zone.node}`,
      `--node-ip=${zone.address}`,
      `--node-labels=topology.kubernetes.io/zone=${zone.label},topology.kubernetes.io/region=${zone.cluster ?? "sandbox"}`,
    ]);
    await this.start("kube-proxy", tools["kube-proxy"], [
      `--config=${this.inside("kube-proxy.yaml")}`,
      `--hostname-override=${zone.node}`,
    ]);
  }

  /** Kills everything in the zone. Its network stays, and answers that nobody is there. */
  async kill(): Promise<void> {
    this.first = undefined;
    this.setting.children.kill((child) => child.zone === this.zone);
    await killZoneProcesses(this.setting.zone);
    await removePodCables(this.setting.zone);
    // A kubelet that starts would take the groups of dead pods for living ones.
    await removeCgroups(this.setting.zone);
  }

  private outside(name: string): string {
    return path.join(this.folder.outside, name);
  }

  private inside(name: string): string {
    return path.join(this.folder.inside, name);
  }

  private async writeFiles(): Promise<void> {
    const { zone, tools } = this.setting;
    await mkdir(this.outside("cni"), { recursive: true, mode: 0o700 });
    await Promise.all([
      mkdir(this.outside("pod-logs"), { recursive: true }),
      // The node's state of a machine that was killed would be about pods that are no more.
      rm(this.outside("machine-up"), { force: true }),
      writeFile(this.outside("containerd.toml"), runtimeConfig(this.folder, tools.networkPlugins)),
      writeFile(this.outside("cni/10-sandbox.conflist"), networkConfig(zone)),
      // No server outside is in reach, and CoreDNS must not ask itself.
      writeFile(this.outside("resolv.conf"), ""),
    ]);
  }

  private async start(
    name: string,
    file: string,
    args: readonly string[],
    environment: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    if (!this.first) throw new Error(`the machine of ${this.zone} does not run`);
    await this.setting.children.start({
      name: `${this.zone}.${name}`,
      zone: this.zone,
      ...inMachineGroup(this.setting.zone, insideMachine(this.first, file, args)),
      environment: { PATH: toolPath(), HOME: "/root", ...patience, ...environment },
    });
  }

  private async answers(first: ProcessIdentity): Promise<boolean> {
    if (!existsSync(`/proc/${first.pid}/root${runtimeSocket}`)) return false;
    const command = insideMachine(first, "ctr", ["--address", runtimeSocket, "--timeout", "1s", "version"]);
    return run(command.file, command.arguments, { timeout: 5_000 }).then(
      () => true,
      () => false,
    );
  }
}
