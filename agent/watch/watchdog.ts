/** What is known of a node when the watchdog looks. */
export interface Watched {
  readonly pod: string;
  /** Whether its pod is the own organisation's: only such pods are ever judged. */
  readonly own: boolean;
  /** Whether its pod runs, is not being deleted, and counts as ready. */
  readonly counted: boolean;
  readonly there: boolean;
}

/** Whether to take a pod out of its Services now. */
export interface Verdict {
  readonly pod: string;
  readonly failures: number;
}

/** How often in a row a node must not answer. */
export const failuresNeeded = 3;
/** Milliseconds until the same pod may be taken out again, if its kubelet has put it back; doubles, up to the last. */
const again = { first: 10_000, last: 300_000 } as const;

/**
 * Notices nodes that have gone silent sooner than Kubernetes does, which by default waits 40 s for a silent machine:
 * as long as their names resolve, everybody who dials them hangs for up to 20 s, the Raft leader included.
 *
 * A node that did not answer three times in a row is taken out, if another node of the network did answer: where none
 * does, it is we who are cut off. A pod that its kubelet puts back while we still cannot reach it lives beyond a cut of
 * which we see one side only: it is taken out again more and more rarely.
 */
export class Watchdog {
  private readonly failures = new Map<string, number>();
  private readonly acted = new Map<string, { readonly at: number; readonly wait: number }>();

  /**
   * @param seen Every node that was just dialled.
   * @param now Milliseconds of a clock that only goes forward.
   */
  look(seen: readonly Watched[], now: number): readonly Verdict[] {
    for (const { pod, there } of seen) {
      this.failures.set(pod, there ? 0 : (this.failures.get(pod) ?? 0) + 1);
      if (there) this.acted.delete(pod);
    }
    for (const pod of this.failures.keys()) if (!seen.some((one) => one.pod === pod)) this.forget(pod);
    if (!seen.some(({ there }) => there)) return [];
    return seen
      .filter(({ own, counted, pod }) => own && counted && this.isDue(pod, now))
      .map(({ pod }) => ({ pod, failures: this.failures.get(pod) ?? 0 }));
  }

  /** To be called when a pod was taken out. */
  done(pod: string, now: number): void {
    const before = this.acted.get(pod);
    this.acted.set(pod, { at: now, wait: before === undefined ? again.first : Math.min(2 * before.wait, again.last) });
  }

  private isDue(pod: string, now: number): boolean {
    if ((this.failures.get(pod) ?? 0) < failuresNeeded) return false;
    const before = this.acted.get(pod);
    return before === undefined || now - before.at >= before.wait;
  }

  private forget(pod: string): void {
    this.failures.delete(pod);
    this.acted.delete(pod);
  }
}
