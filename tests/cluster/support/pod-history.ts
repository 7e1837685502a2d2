/** What became of a network's pods while something was done to it. */
import { type KubeConfig, type V1Pod, Watch } from "@kubernetes/client-node";
import { networkLabel } from "../../../lib/constructs/manifests";
import { isPodReady } from "../../../sandbox/simulation/zones";
import { eventually, listPods } from "./cluster";

interface Seen {
  /** `<namespace>/<name>` */
  readonly pod: string;
  readonly uid: string;
  /** It is there, it is ready, and nobody has asked it to go. */
  readonly up: boolean;
  /** Somebody asked it to go and left it time to: a controller does. */
  readonly asked: boolean;
  /** What tells why it came or went: revision, node, phase and what its conditions say. */
  readonly says: string;
}

/** Watches pods from {@link PodHistory.begin} to {@link PodHistory.end}. */
export class PodHistory {
  readonly seen: Seen[] = [];
  private failure: unknown;
  private stop: AbortController | undefined;

  private constructor() {}

  /** Begins to watch, and returns when every pod that there is has been seen. */
  static async begin(config: KubeConfig, network: string): Promise<PodHistory> {
    const labelSelector = `${networkLabel}=${network}`;
    const history = new PodHistory();
    const now = await listPods(config, { labelSelector });
    history.stop = await new Watch(config).watch(
      "/api/v1/pods",
      { labelSelector },
      (phase, pod: V1Pod) => history.seen.push(told(phase, pod)),
      (error: unknown) => (history.failure = error),
    );
    const names = new Set(now.map(({ namespace, name }) => `${namespace}/${name}`));
    await eventually("the watch has told of every pod", () => {
      const known = new Set(history.seen.map(({ pod }) => pod));
      return [...names].every((name) => known.has(name));
    });
    return history;
  }

  /** Stops watching. Errors: the watch ended before, and may have missed something. */
  end(): void {
    if (this.failure !== undefined) throw new Error("the watch of the pods has ended early", { cause: this.failure });
    this.stop?.abort();
  }

  /**
   * The pods that were made, in the order in which they were: those of the given names, each time that it was another one
   * because the one before was asked to go. The simulation ends a pod by its name, whoever bears it by then, and so now and
   * then strikes the successor of the one that it meant (KWOK 0.8.0, `deleteResource`): no controller asked for that.
   */
  made(names: readonly string[], before: (pod: string) => string | undefined): string[] {
    const uids = new Map(names.map((name) => [name, before(name)]));
    const asked = new Set<string>();
    return this.seen.flatMap((one) => {
      if (one.asked) asked.add(one.uid);
      const last = uids.get(one.pod);
      if (!uids.has(one.pod) || last === one.uid) return [];
      uids.set(one.pod, one.uid);
      return last === undefined || last === before(one.pod) || asked.has(last) ? [one.pod] : [];
    });
  }

  /** Everything that was seen of pods that are made more often than once: what it was can be read nowhere else afterwards. */
  toldOf(made: readonly string[]): string[] {
    const again = new Set(made.filter((pod, index) => made.indexOf(pod) < index));
    return this.seen.flatMap(({ pod, uid, up, says }) =>
      again.has(pod) ? [`${pod} ${uid} ${up ? "up" : "down"}: ${says}`] : [],
    );
  }

  /** The most of these pods that were down at the same moment; those that were not up at the beginning count from when they are. */
  downAtOnce(names: readonly string[]): number {
    const up = new Map<string, boolean>();
    let most = 0;
    for (const seen of this.seen.filter(({ pod }) => names.includes(pod))) {
      if (seen.up || up.has(seen.pod)) up.set(seen.pod, seen.up);
      most = Math.max(most, [...up.values()].filter((one) => !one).length);
    }
    return most;
  }
}

function told(phase: string, pod: V1Pod): Seen {
  const { namespace = "", name = "", uid = "", deletionTimestamp, labels } = pod.metadata ?? {};
  const conditions = pod.status?.conditions?.map(({ type, status, reason = "" }) =>
    `${type}=${status} ${reason}`.trim(),
  );
  return {
    pod: `${namespace}/${name}`,
    uid,
    up: phase !== "DELETED" && deletionTimestamp === undefined && isPodReady(pod),
    asked: deletionTimestamp !== undefined && (pod.metadata?.deletionGracePeriodSeconds ?? 0) > 0,
    says: [
      `${phase} at ${pod.metadata?.resourceVersion}`,
      labels?.["controller-revision-hash"] ?? "no revision",
      pod.spec?.nodeName ?? "no node",
      pod.status?.phase ?? "no phase",
      pod.status?.reason ?? "no reason",
      deletionTimestamp === undefined ? "stays" : `goes since ${deletionTimestamp.toISOString()}`,
      ...(conditions ?? []),
    ].join(", "),
  };
}
