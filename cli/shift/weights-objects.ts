/**
 * The weights in clusters: the object of the federation's host, or one on every site. Imported where it is used: the
 * Kubernetes client takes a second to load.
 */
import { KubernetesObjectApi, type KubernetesObject } from "@kubernetes/client-node";
import { readKubeconfig } from "../../lib/deploy/kubeconfig";
import { reach } from "../../lib/deploy/reach";
import type { SiteAccess } from "../../lib/deploy/site-access";
import type { Weights } from "../../lib/ingress/model";
import { readWeights, weightsName } from "../../lib/ingress/weights";
import { shiftAnnotation } from "../../lib/traffic/record";
import type { Standing, WeightsStore } from "../../lib/traffic/run";
import { CommandError, messageOf } from "../errors";
import { siteError } from "../network/refusals";

/** Milliseconds within which an API server answers. */
const answerWithin = 5000;

/** Who owns the fields that a shift writes. */
const fieldManager = "fabric-topologies-shift";

/** How an object holds the data of the weights' ConfigMap. */
export interface Holding {
  readonly apiVersion: string;
  readonly kind: string;
  readonly data: (object: HeldWeights) => Readonly<Record<string, string>> | undefined;
  readonly withData: (object: HeldWeights, data: Readonly<Record<string, string>>) => HeldWeights;
}

interface HeldWeights extends KubernetesObject {
  readonly data?: Readonly<Record<string, string>>;
  readonly spec?: { readonly template?: { readonly data?: Readonly<Record<string, string>> } };
}

/** On a site, and on Karmada's host: the ConfigMap itself. */
const native: Holding = {
  apiVersion: "v1",
  kind: "ConfigMap",
  data: ({ data }) => data,
  withData: (object, data) => ({ ...object, data }),
};

/** On KubeFed's host: what it makes ConfigMaps of. */
const federated: Holding = {
  apiVersion: "types.kubefed.io/v1beta1",
  kind: "FederatedConfigMap",
  data: ({ spec }) => spec?.template?.data,
  withData: (object, data) => ({
    ...object,
    spec: { ...object.spec, template: { ...object.spec?.template, data } },
  }),
};

export const holdings = { karmada: native, kubefed: federated, direct: native } as const;

export interface WeightsPlaces {
  /** The clusters where the truth is: the federation's host, or every site. */
  readonly clusters: readonly SiteAccess[];
  readonly namespace: string;
  readonly holding: Holding;
  /** What follows from weights, as it stands in the ConfigMap. */
  readonly render: (weights: Weights) => Readonly<Record<string, string>>;
  /** Told of a cluster that does not answer, and does not get the weights now. */
  readonly silent: (cluster: string, why: string) => void;
}

/** The weights of a network in its clusters. */
export function weightsObjects(places: WeightsPlaces): WeightsStore {
  return new WeightsObjects(places);
}

interface Held {
  readonly api: KubernetesObjectApi;
  readonly object: HeldWeights;
}

class WeightsObjects implements WeightsStore {
  private held = new Map<string, Held>();
  private readonly told = new Set<string>();

  constructor(private readonly places: WeightsPlaces) {}

  /** @throws CommandError where no cluster answers, or one refuses to show the weights */
  async read(): Promise<Standing> {
    const read = await Promise.all(this.places.clusters.map((cluster) => this.readAt(cluster)));
    this.held = new Map(read.flatMap((one) => (one === undefined ? [] : [one])));
    const [first] = this.held.values();
    if (first === undefined) {
      throw new CommandError("no cluster that holds the weights answers", "make one of them answer, then run again");
    }
    // A shift that reached one site only stands there; it must be seen.
    const marked = [...this.held.values()].find(({ object }) => object.metadata?.annotations?.[shiftAnnotation]);
    const { object } = marked ?? first;
    const record = object.metadata?.annotations?.[shiftAnnotation];
    const weights = readWeights(this.places.holding.data(object));
    return { weights, ...(record === undefined ? {} : { record }) };
  }

  async write(weights: Weights, record: string): Promise<boolean> {
    const data = this.places.render(weights);
    const written = await Promise.all(
      [...this.held].map(async ([name, { api, object }]) => {
        const annotations = { ...object.metadata?.annotations, [shiftAnnotation]: record };
        const next = this.places.holding.withData({ ...object, metadata: { ...object.metadata, annotations } }, data);
        try {
          const stands = await within(api.replace(next, undefined, undefined, fieldManager));
          this.held.set(name, { api, object: stands });
          return true;
        } catch (error) {
          if ((error as { code?: number }).code === 409) return false;
          this.held.delete(name);
          this.tell(name, messageOf(error));
          return undefined;
        }
      }),
    );
    if (written.every((one) => one === undefined)) {
      throw new CommandError(
        "no cluster that holds the weights takes them any more",
        "when one answers again, finish the shift with --resume or take it back with --undo",
      );
    }
    return !written.includes(false);
  }

  private tell(cluster: string, why: string): void {
    if (this.told.has(cluster)) return;
    this.told.add(cluster);
    this.places.silent(cluster, why);
  }

  private async readAt(cluster: SiteAccess): Promise<readonly [string, Held] | undefined> {
    const reached = await reach(cluster, answerWithin);
    if ("found" in reached) {
      this.tell(cluster.name, reached.found);
      return undefined;
    }
    reached.api.close();
    const config = readKubeconfig(cluster);
    if ("found" in config) throw siteError(cluster.name, config);
    const { apiVersion, kind } = this.places.holding;
    const api = KubernetesObjectApi.makeApiClient(config);
    try {
      const metadata = { name: weightsName, namespace: this.places.namespace };
      return [cluster.name, { api, object: await within(api.read<HeldWeights>({ apiVersion, kind, metadata })) }];
    } catch (error) {
      const code = (error as { code?: number }).code;
      throw new CommandError(
        code === 404
          ? `${cluster.name} has no ${kind} ${weightsName} in ${this.places.namespace}`
          : `${cluster.name} does not show ${kind} ${weightsName}: ${messageOf(error)}`,
        code === 404
          ? "bring the network up first (`pulumi up`)"
          : "bind the role fabric-topologies-shift of docs/cluster-role.yaml to this user",
      );
    }
  }
}

/** An answer, or an error when it takes too long. */
async function within<T>(answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${answerWithin / 1000} s`)), answerWithin);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
