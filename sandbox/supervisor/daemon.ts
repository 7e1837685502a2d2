/**
 * The sandbox's daemon: a process of its own that owns everything a sandbox runs, started by `startSandbox` with the
 * state folder as its argument. It ends with all its children on SIGTERM, SIGINT and SIGHUP, when its state folder is
 * gone or taken over, when the process it was started for is gone, and when its starter goes before the sandbox is up.
 */
import { appendFileSync, mkdirSync } from "node:fs";
import * as path from "node:path";
import { reasonOf } from "../errors";
import type { RealNodes } from "../nodes/real-nodes";
import { killNodes, removeNodes } from "../nodes/remove";
import { type Progress, step } from "../progress";
import { startControlPlane } from "../controlplane/start";
import type { PolicyEnforcer } from "../policies/enforcer";
import { layout, readRecord, removeStateFolder, type SandboxRecord, writeRecord } from "../state";
import type { Provisioner } from "../volumes/provisioner";
import { Children } from "./children";
import type { DaemonMessage } from "./messages";
import { identify, isRunning } from "./process-identity";

const watchMilliseconds = 1_000;

class Daemon {
  private readonly children: Children;
  private record: SandboxRecord;
  private provisioner: Provisioner | undefined;
  private realNodes: RealNodes | undefined;
  private policyEnforcer: PolicyEnforcer | undefined;
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
      const server = await startControlPlane({
        root: this.root,
        record: this.record,
        children: this.children,
        progress,
        ...(this.realNodes ? { realNodes: this.realNodes } : {}),
      });
      const [{ loadConfig }, { startProvisioner }] = await Promise.all([
        import("../controlplane/client"),
        import("../volumes/provisioner"),
      ]);
      const { kubeconfig, volumes } = layout(this.root);
      this.provisioner = await startProvisioner(loadConfig(kubeconfig), this.record.nodes, volumes, this.log);
      if (this.realNodes) {
        const { startPolicyEnforcer } = await import("../policies/enforcer");
        this.policyEnforcer = await startPolicyEnforcer(loadConfig(kubeconfig), this.realNodes.networks, this.log);
      }
      process.off("disconnect", starterGone);
      this.update({ phase: "running", server });
      this.log("running");
      this.tell({ kind: "ready" });
    } catch (thrown) {
      if (this.ended) return;
      this.tell({ kind: "failed", reason: reasonOf(thrown) });
      await this.end(`start failed: ${reasonOf(thrown)}`);
    }
  }

  private async createRealNodes(progress: (event: Progress) => void): Promise<void> {
    const { RealNodes } = await import("../nodes/real-nodes");
    this.realNodes = await step(progress, "networks of the zones", () =>
      RealNodes.create({
        root: this.root,
        children: this.children,
        record: () => this.record,
        update: (change) => {
          this.update(change);
        },
        log: this.log,
      }),
    );
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
      await Promise.all([this.provisioner?.stop(), this.policyEnforcer?.stop(), this.realNodes?.stop()]);
    } finally {
      for (const { name } of this.record.zones) this.children.kill(name);
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
    try {
      appendFileSync(path.join(layout(this.root).logs, "daemon.log"), `${new Date().toISOString()} ${line}\n`);
    } catch {
      // The folder is gone, and with it whoever could read this.
    }
  };
}

const [root] = process.argv.slice(2);
if (root === undefined) throw new Error("usage: daemon <state folder>");
void new Daemon(root).run();
