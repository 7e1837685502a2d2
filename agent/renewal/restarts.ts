import type { ApiServer } from "../kubernetes/api-server";
import { evict } from "../kubernetes/evict";
import { holds, type Pod } from "../kubernetes/objects";
import type { Log } from "../log";
import { decideRenewal } from "./decide";
import { LockUnreachable, type RestartLock } from "./lock";
import type { Refusal, RenewalStep, RenewalView } from "./view";

/** Milliseconds that the lock is held before anything is evicted: what others tell of their nodes is as old as this. */
const secondLook = 12_000;
/** Milliseconds after which a pod that does not come back no longer keeps the lock; that it is missing still counts. */
const patience = 600_000;

/** Who acts, and on what. */
export interface RestartOptions {
  readonly api: ApiServer;
  /** Of the own pods. */
  readonly namespace: string;
  /** Undefined in a network without ordering nodes. */
  readonly lock: RestartLock | undefined;
  /** Who it is that holds the lock. */
  readonly self: string;
  readonly log: Log;
  /** Told of every pod that is evicted. */
  readonly evicted: (pod: string) => void;
}

/** Restarts pods so that they renew their certificates, one after the other, as {@link decideRenewal} says. */
export class Restarts {
  private holdsSince: number | undefined;
  private readonly refused = new Map<string, Refusal>();
  private restarting: { readonly pod: string; readonly uid: string | undefined; readonly at: number } | undefined;

  constructor(private readonly options: RestartOptions) {}

  /**
   * One step, if one is due.
   * @param now Milliseconds of a clock that only goes forward.
   * @returns What is being done or waited for.
   * @throws ApiError
   */
  async pass(view: RenewalView, pods: ReadonlyMap<string, Pod>, now: number): Promise<RenewalStep> {
    if (this.restarting !== undefined) {
      if (!this.isBack(this.restarting, view, pods, now)) {
        if (this.holdsSince !== undefined) await this.lock(now);
        return { kind: "wait", pod: this.restarting.pod, why: "it is being restarted" };
      }
      this.options.log("info", "restarted for new certificates", { pod: this.restarting.pod });
      this.restarting = undefined;
    }
    const step = decideRenewal({ ...view, refused: this.refused });
    if (step.kind !== "restart") {
      await this.unlock();
      return step;
    }
    if (step.lease) {
      const refusal = await this.lock(now, step.down);
      if (refusal !== undefined) return { kind: "wait", pod: step.pod, why: refusal };
      if (this.holdsSince !== undefined && now - this.holdsSince < secondLook)
        return { kind: "wait", pod: step.pod, why: "it is looked at again before it is restarted" };
    }
    const uid = pods.get(step.pod)?.metadata.uid;
    const { api, namespace, log, evicted } = this.options;
    const refusal = await evict(api, namespace, step.pod, uid);
    if (refusal !== undefined) {
      this.refused.set(step.pod, { why: refusal, at: view.now });
      await this.unlock();
      return { kind: "wait", pod: step.pod, why: refusal };
    }
    this.refused.delete(step.pod);
    log("info", "evicted, so that it renews its certificates", { pod: step.pod });
    evicted(step.pod);
    this.restarting = { pod: step.pod, uid, at: now };
    return step;
  }

  /** Gives the lock back, if it is held. @throws ApiError */
  async unlock(): Promise<void> {
    if (this.holdsSince === undefined || this.options.lock === undefined) return;
    await this.options.lock.release(this.options.self);
    this.holdsSince = undefined;
  }

  /**
   * Takes the lock, or keeps it; gives why it cannot be had. Where whoever keeps it cannot be asked, only a node that is of
   * no use any more, as its certificate has ended, may be started anew without it: it is away already.
   */
  private async lock(now: number, down = false): Promise<string | undefined> {
    const { lock, self, log } = this.options;
    if (lock === undefined) return "the model has no ordering organisation";
    let holder: string | undefined;
    try {
      holder = await lock.take(self, now);
    } catch (error) {
      if (!(error instanceof LockUnreachable)) throw error;
      this.holdsSince = undefined;
      if (down) {
        log("warn", "restarts a node that is down, without the lock", { why: error.message });
        return undefined;
      }
      return `the lock of restarts cannot be asked for, and without it nothing restarts whose certificate still holds: ${error.message}`;
    }
    if (holder === self) {
      this.holdsSince ??= now;
      return undefined;
    }
    this.holdsSince = undefined;
    return holder === undefined ? "the lock of restarts cannot be had yet" : `${holder} restarts an ordering node`;
  }

  private isBack(
    { pod, uid, at }: { readonly pod: string; readonly uid: string | undefined; readonly at: number },
    view: RenewalView,
    pods: ReadonlyMap<string, Pod>,
    now: number,
  ): boolean {
    if (now - at > patience) return true;
    const found = pods.get(pod);
    // The pods of a Deployment come back under other names; that there are enough of them its budget sees to.
    if (found === undefined) return !view.pods.some((one) => one.pod === pod) && isOfDeployment(pod, view);
    if (found.metadata.uid === uid || !holds(found, "Ready")) return false;
    const consenter = view.consenters.find((one) => one.own && one.pod === pod);
    return consenter === undefined || (consenter.up && consenter.behindFor === 0);
  }
}

/** Peers and ordering nodes come back under their own names. */
const isOfDeployment = (pod: string, { peers, consenters }: RenewalView): boolean =>
  !peers.some((one) => one.pod === pod) && !consenters.some((one) => one.own && one.pod === pod);
