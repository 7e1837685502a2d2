/** Breaks and heals what somebody demands, for as long as the daemon runs. */
import { existsSync, type FSWatcher, mkdirSync, watch } from "node:fs";
import { reasonOf } from "../errors";
import { type ApplyFaults, demandedFaults, type Faults } from "../nodes/faults";
import type { NodesOwner } from "../nodes/real-nodes";
import { layout } from "../state";

/** Looks again, should a change of the folder of faults not be told. */
const lookMilliseconds = 1_000;

/** Runs inside the daemon. */
export class FaultKeeper {
  private readonly watcher: FSWatcher;
  private readonly timer: NodeJS.Timeout;
  private running: Promise<void> = Promise.resolve();
  private stopped = false;

  /** @param implied what a demanded fault breaks beside what it names */
  constructor(
    private readonly owner: NodesOwner,
    private readonly apply: ApplyFaults,
    private readonly implied: (demanded: Faults) => Faults = (demanded) => demanded,
  ) {
    const { faults } = layout(owner.root);
    mkdirSync(faults, { recursive: true });
    this.watcher = watch(faults, this.look);
    this.timer = setInterval(this.look, lookMilliseconds);
  }

  /** No longer breaks or heals anything. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.watcher.close();
    clearInterval(this.timer);
    await this.running;
  }

  /** One after the other, whatever is asked meanwhile. */
  private readonly look = (): void => {
    this.running = this.running.then(async () => {
      // Without the folder the sandbox is being removed, and nothing is to be healed or told any more.
      if (this.stopped || !this.isThere()) return;
      try {
        await this.reconcile();
      } catch (thrown) {
        if (!this.isThere()) return;
        if (this.owner.record().faultFailure !== reasonOf(thrown)) {
          this.owner.log(`faults: ${reasonOf(thrown)}`);
          this.owner.update({ faultFailure: reasonOf(thrown) });
        }
      }
    });
  };

  private isThere(): boolean {
    return existsSync(layout(this.owner.root).faults);
  }

  private async reconcile(): Promise<void> {
    const demanded = this.implied(demandedFaults(this.owner.root));
    const actual = this.owner.record().faults;
    const names = new Set([...Object.keys(demanded), ...Object.keys(actual)]);
    if ([...names].every((name) => demanded[name] === actual[name])) return;
    await this.apply(demanded, actual);
    this.owner.update({ faults: { ...demanded }, faultFailure: undefined });
    this.owner.log(`faults: ${JSON.stringify(demanded)}`);
  }
}
