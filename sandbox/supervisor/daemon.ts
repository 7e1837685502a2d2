/**
 * The sandbox's daemon: a process of its own that owns everything a sandbox runs, started by `startSandbox` with the
 * state folder as its argument. It ends with all its children on SIGTERM, SIGINT and SIGHUP, when its state folder is
 * gone or taken over, when the process it was started for is gone, and when its starter goes before the sandbox is up.
 */
import { appendFileSync, mkdirSync } from "node:fs";
import * as path from "node:path";
import { reasonOf } from "../errors";
import type { Cluster } from "../controlplane/cluster";
import { applyToMembers, impliedFaults } from "../federation/members";
import type { NodesOwner, RealNodes } from "../nodes/real-nodes";
import { killNodes, removeNodes } from "../nodes/remove";
import { type Progress, step } from "../progress";
import { startControlPlane } from "../controlplane/start";
import { readAccess } from "../controlplane/kubeconfig";
import type { NameServer } from "../names/name-server";
import type { Publisher } from "../names/publisher";
import { layout, readRecord, removeStateFolder, type SandboxRecord, writeRecord } from "../state";
import { Children } from "./children";
import { FaultKeeper } from "./fault-keeper";
import type { DaemonMessage } from "./messages";
import { identify, isRunning } from "./process-identity";

const watchMilliseconds = 1_000;

class Daemon {
  private readonly children: Children;
  private record: SandboxRecord;
  private realNodes: RealNodes | undefined;
  /** What runs inside this process. */
  private readonly services: { stop(): Promise<void> }[] = [];
  private watch: NodeJS.Timeout | undefined;
  private ended: Promise<void> | undefined;

  constructor(private readonly root: string) {
    const record = readRecord(root);
    const self = identify(process.pid);
    if (!record || !self) throw new Error(`no sandbox to run in ${root}`);
    this.record = { ...record, daemon: self };
    writeRecord(root, this.record);
    mkdirSync(layout(root).logs, { recursive: true });
    this.children = new Children(
      layout(root).logs,
      (children) => {
        this.update({ children: [...children] });
      },
      this.log,
    );
  }

  async run(): Promise<void> {
    this.log(`daemon started, process ${process.pid}`);
    this.tell({ kind: "hello" });
    for (const name of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
      process.on(name, () => void this.end(name));
    }
    process.on("uncaughtException", (thrown) => void this.end(thrown.stack ?? thrown.message));
    process.on("unhandledRejection", (thrown) => void this.end(reasonOf(thrown)));
    const starterGone = (): void => void this.end("the starting process is gone");
    process.once("disconnect", starterGone);
    this.watch = setInterval(this.look, watchMilliseconds);

    try {
      const progress = (event: Progress): void => {
        this.tell({ kind: "progress", event });
      };
      if (this.record.nodes === "real") await this.createRealNodes(progress);
      const { clusters, nameServer } = await startControlPlane({
        root: this.root,
        record: this.record,
        children: this.children,
        progress,
        ...(this.realNodes ? { realNodes: this.realNodes } : {}),
        ...(this.realNodes && this.record.federation ? { namesAt: this.realNodes.hostAddress } : {}),
      });
      const publisher = nameServer && (await this.publishNames(nameServer));
      await Promise.all(clusters.map((cluster) => this.serve(cluster, publisher)));
      await this.federate(clusters, progress);
      this.keepFaults(clusters);
      process.off("disconnect", starterGone);
      this.update({ phase: "running", ...servers(this.record, clusters, nameServer) });
      this.log("running");
      this.tell({ kind: "ready" });
    } catch (thrown) {
      if (this.ended) return;
      this.tell({ kind: "failed", reason: reasonOf(thrown) });
      await this.end(`start failed: ${reasonOf(thrown)}`);
    }
  }

  /** Starts what does inside the daemon what a cluster's provider would do. */
  private async serve(cluster: Cluster, publisher: Publisher | undefined): Promise<void> {
    const { plan } = cluster;
    if (!cluster.runsPods) return;
    const [{ loadConfig }, { startProvisioner }, { startBalancer }] = await Promise.all([
      import("../controlplane/client"),
      import("../volumes/provisioner"),
      import("../balancer/balancer"),
    ]);
    const config = loadConfig(plan.folder.kubeconfig);
    this.services.push(await startProvisioner(config, plan.nodes, plan.folder.volumes, this.log));
    if (plan.role !== undefined) {
      const [{ define }, { endpointKind }] = await Promise.all([
        import("../federation/objects"),
        import("../names/endpoint-kind"),
      ]);
      await define(config, readAccess(plan.folder.kubeconfig), [endpointKind], cluster.alive);
      this.services.push(await startBalancer(config, this.log));
      await publisher?.follow(config);
    }
    if (!this.realNodes) return;
    const { startPolicyEnforcer } = await import("../policies/enforcer");
    this.services.push(await startPolicyEnforcer(config, this.realNodes.networks(plan), this.log));
  }

  private async publishNames(nameServer: NameServer): Promise<Publisher> {
    const { Publisher } = await import("../names/publisher");
    const publisher = new Publisher(this.root, nameServer, this.log);
    this.services.push(publisher);
    return publisher;
  }

  /** Starts what runs on a federation's host. */
  private async federate(clusters: readonly Cluster[], progress: (event: Progress) => void): Promise<void> {
    const { federation } = this.record;
    const host = clusters.find(({ plan }) => plan.role === "host");
    if (!federation?.module || !host) return;
    const { startEngine } = await import("../federation/engine");
    await step(progress, federation.engine, () => startEngine(host, federation));
  }

  /** From now on breaks and heals what is demanded. */
  private keepFaults(clusters: readonly Cluster[]): void {
    const members = applyToMembers(clusters);
    this.services.push(
      new FaultKeeper(
        this.owner,
        async (demanded, actual) => {
          await Promise.all([members(demanded, actual), this.realNodes?.apply(demanded, actual)]);
        },
        (demanded) => impliedFaults(demanded, clusters),
      ),
    );
  }

  private async createRealNodes(progress: (event: Progress) => void): Promise<void> {
    const { RealNodes } = await import("../nodes/real-nodes");
    this.realNodes = await step(progress, "networks of the zones", () => RealNodes.create(this.owner));
  }

  private get owner(): NodesOwner {
    return {
      root: this.root,
      children: this.children,
      record: () => this.record,
      update: (change) => {
        this.update(change);
      },
      log: this.log,
    };
  }

  /** Ends the sandbox once, whoever asks how often, and then this process. */
  private end(why: string): Promise<void> {
    this.ended ??= this.endOnce(why);
    return this.ended;
  }

  private async endOnce(why: string): Promise<void> {
    this.log(`ending: ${why}`);
    clearInterval(this.watch);
    this.update({ phase: "stopping" });
    try {
      this.realNodes?.stop();
      await Promise.all(this.services.map((service) => service.stop()));
    } finally {
      this.children.kill(({ zone }) => zone !== undefined);
      await killNodes(this.record);
      await this.children.end();
      await removeNodes(this.root, this.record);
      if (this.isOurs()) removeStateFolder(this.root);
    }
    process.exit(0);
  }

  private readonly look = (): void => {
    if (!this.isOurs()) {
      void this.end("the state folder is gone");
    } else if (this.record.owner && !isRunning(this.record.owner)) {
      void this.end(`process ${this.record.owner.pid}, which this sandbox was started for, is gone`);
    }
  };

  private isOurs(): boolean {
    try {
      return readRecord(this.root)?.id === this.record.id;
    } catch {
      return false;
    }
  }

  private update(change: Partial<SandboxRecord>): void {
    this.record = { ...this.record, ...change };
    if (this.isOurs()) writeRecord(this.root, this.record);
  }

  private tell(message: DaemonMessage): void {
    if (process.connected) process.send?.(message);
  }

  private readonly log = (line: string): void => {
    // A folder that somebody is removing must not get a new file.
    if (!this.isOurs()) return;
    try {
      appendFileSync(path.join(layout(this.root).logs, "daemon.log"), `${new Date().toISOString()} ${line}\n`);
    } catch {
      // The folder is gone, and with it whoever could read this.
    }
  };
}

/** Where the API servers listen, as it stands in the record. */
function servers(
  { federation }: SandboxRecord,
  clusters: readonly Cluster[],
  nameServer: NameServer | undefined,
): Partial<SandboxRecord> {
  const of = (name: string) => clusters.find(({ plan }) => plan.name === name)?.server;
  if (!federation) return { server: clusters[0]?.server };
  return {
    server: clusters[0]?.server,
    federation: {
      ...federation,
      nameServer: nameServer?.address,
      clusters: federation.clusters.map((one) => ({ ...one, server: of(one.name) })),
    },
  };
}

const [root] = process.argv.slice(2);
if (root === undefined) throw new Error("usage: daemon <state folder>");
void new Daemon(root).run();
