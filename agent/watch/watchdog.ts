/** What is known of a node when the watchdog looks. */
export interface Watched {
  /** Anything that names it, and no other node of the network. */
  readonly id: string;
  /** Whether its pod is the own organisation's: only such pods are ever judged. */
  readonly own: boolean;
  /** Whether its pod runs, is not being deleted, and counts as ready. */
  readonly counted: boolean;
  readonly there: boolean;
}

/** Whether to take a pod out of its Services now. */
export interface Verdict {
  readonly id: string;
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
 * A node that did not answer three times in a row is taken out, if more than half of the nodes did answer: where they do
 * not, we may be the ones who are cut off, with whoever still answers us. Of a few nodes half may be too many to lose: then
 * Kubernetes judges, as it does without us. A pod that its kubelet puts back while we still cannot reach it lives beyond a cut of
 * which we see one side only: it is taken out again more and more rarely.
 */
export class Watchdog {
  private readonly failures = new Map<string, number>();
  private suspicious = false;
  private readonly acted = new Map<string, { readonly at: number; readonly wait: number }>();

  /**
   * @param seen Every node that is watched, as it was when it was dialled last.
   * @param now Milliseconds of a clock that only goes forward.
   */
  look(seen: readonly Watched[], now: number): readonly Verdict[] {
    for (const { id, there } of seen) {
      this.failures.set(id, there ? 0 : (this.failures.get(id) ?? 0) + 1);
      if (there) this.acted.delete(id);
    }
    for (const id of this.failures.keys()) if (!seen.some((one) => one.id === id)) this.forget(id);
    this.suspicious = seen.some(({ own, counted, there }) => own && counted && !there);
    if (2 * seen.filter(({ there }) => there).length <= seen.length) return [];
    return seen
      .filter(({ own, counted, id }) => own && counted && this.isDue(id, now))
      .map(({ id }) => ({ id, failures: this.failures.get(id) ?? 0 }));
  }

  /** Whether a pod that counts as ready was silent just now: then whoever is to judge must be looked at as well. */
  get suspects(): boolean {
    return this.suspicious;
  }

  /** To be called when a pod was taken out. */
  done(id: string, now: number): void {
    const before = this.acted.get(id);
    this.acted.set(id, { at: now, wait: before === undefined ? again.first : Math.min(2 * before.wait, again.last) });
  }

  private isDue(id: string, now: number): boolean {
    if ((this.failures.get(id) ?? 0) < failuresNeeded) return false;
    const before = this.acted.get(id);
    return before === undefined || now - before.at >= before.wait;
  }

  private forget(id: string): void {
    this.failures.delete(id);
    this.acted.delete(id);
  }
}
