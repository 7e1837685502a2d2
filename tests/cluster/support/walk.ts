/** A network that goes from one change to the next, under the real engine, and what each change came to. */
import { previewOfPlan } from "../../../cli/preview/previewed";
import type { Preview } from "../../../lib/preview/document";
import { InvalidInput } from "../../../lib/spec/problem";
import { stackName, start, type Model } from "../../support/changes/model";
import { changed, changeOf, type ChangeId } from "../../support/changes/table";
import type { Cluster } from "./cluster";
import type { EngineSteps } from "./engine-steps";
import { NetworkStack } from "./network-stack";
import { observe, settled, type Observed } from "./observed";
import { PodHistory } from "./pod-history";
import type { Run } from "./stack";

/** A change that was asked of the engine. */
export interface Walked {
  readonly from: Preview;
  /** Undefined where the documents are refused. */
  readonly to: Preview | undefined;
  readonly run: Run;
  readonly steps: EngineSteps;
  readonly before: Observed;
  readonly after: Observed;
  readonly history: PodHistory;
}

/** A stack whose documents change step by step. */
export class Walk {
  private constructor(
    private readonly cluster: Cluster,
    private readonly stack: NetworkStack,
    private model: Model,
    private readonly made: Set<ChangeId>,
  ) {}

  /** Brings up what every change begins with, after the given ones. */
  static async begin(cluster: Cluster, ...earlier: readonly ChangeId[]): Promise<Walk> {
    const model = earlier.reduce(changed, start());
    const walk = new Walk(cluster, await NetworkStack.make(cluster, model.network), model, new Set(earlier));
    walk.stack.configures(model.settings);
    await walk.stack.succeeds();
    return walk;
  }

  /** Makes a change. Where the engine refuses it, the network stays what it was, and so do its documents. */
  async make(id: ChangeId): Promise<Walked> {
    for (const earlier of changeOf(id).after ?? []) {
      if (!this.made.has(earlier as ChangeId)) throw new Error(`${id} comes after ${earlier}, which has not been made`);
    }
    // A change that was given up, as it took too long, may still be under way.
    if (this.under !== undefined) throw new Error(`${id} cannot be made: ${this.under} before it has not ended`);
    this.under = id;
    const { config } = this.cluster;
    const { name } = this.model.network;
    const from = await this.preview();
    const next = changed(this.model, id);
    this.writes(next);
    const to = await this.previewIfThereIs();
    const previews = to === undefined ? [from] : [from, to];
    const before = await observe(config, name, previews);
    const history = await PodHistory.begin(config, name);
    const { steps, ...run } = await this.stack.upInSteps();
    await settled(config, name);
    history.end();
    const after = await observe(config, name, previews);
    if (run.exit === 0) {
      this.model = next;
      this.made.add(id);
    } else {
      this.writes(this.model);
    }
    this.under = undefined;
    return { from, to, run, steps, before, after, history };
  }

  /** The change that is being made. */
  private under: ChangeId | undefined;

  remove = (): Promise<void> => this.stack.remove();

  private writes({ network, settings }: Model): void {
    this.stack.describes(network);
    this.stack.configures(settings);
  }

  private preview = async (): Promise<Preview> => (await previewOfPlan(this.stack.plan(), stackName)).preview;

  private async previewIfThereIs(): Promise<Preview | undefined> {
    try {
      return await this.preview();
    } catch (error) {
      if (error instanceof InvalidInput) return undefined;
      throw error;
    }
  }
}

/**
 * Pods that became other pods, by workload as `<namespace>/<Kind>/<name>`: of a StatefulSet in the order in which they did,
 * of a Deployment those of another template, as Kubernetes makes its pods anew, too, where their node is lost.
 */
export function restarted({ before, after, history }: Walked): Map<string, string[]> {
  const workloads = (of: Observed) => new Set([...of.pods.values()].map(({ workload }) => workload));
  const stayed = [...workloads(after)].filter((workload) => workloads(before).has(workload));
  return new Map(
    stayed.sort().flatMap((workload): [string, string[]][] => {
      const now = podsOf(after, workload);
      const known = new Set(podsOf(before, workload).map(([, { revision }]) => revision));
      const others =
        workload.split("/")[1] === "StatefulSet"
          ? history.made(
              now.flatMap(([name]) => (before.pods.has(name) ? [name] : [])),
              (name) => before.pods.get(name)?.uid,
            )
          : now.flatMap(([name, { revision }]) => (known.has(revision) ? [] : [name]));
      return others.length === 0 ? [] : [[workload, others]];
    }),
  );
}

const podsOf = ({ pods }: Observed, workload: string) => [...pods].filter(([, pod]) => pod.workload === workload);

/** What the engine did, as the diff calls it: `<action> <urn>`. What it deleted may be in the cluster still. */
export function done({ steps, before, after }: Walked): string[] {
  return [...steps]
    .map(([urn, step]) => {
      if (step !== "delete") return `${step} ${urn}`;
      const [was, is] = [before.objects.get(urn), after.objects.get(urn)];
      return `${was !== undefined && is?.uid === was.uid ? "release" : "remove"} ${urn}`;
    })
    .sort();
}
