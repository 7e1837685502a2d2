import { z } from "zod";
import type { Path } from "../../spec/problem";
import { text } from "../../spec/scalars";
import { isMapping, type Manifest } from "./manifest";
import type { Notebook } from "./notebook";
import { both, chosenByLabels, everywhere, type Chosen, type labelSelector } from "./placement";
import type { Division } from "./policies";

const count = z.number("a whole number").int().min(0);

const schema = z.strictObject({
  targetKind: text("FederatedDeployment or FederatedReplicaSet"),
  totalReplicas: count,
  rebalance: z.boolean("true or false").optional(),
  intersectWithClusterSelector: z.boolean("true or false").optional(),
  clusters: z
    .record(
      z.string(),
      z.strictObject({ minReplicas: count.optional(), maxReplicas: count.optional(), weight: count.optional() }),
    )
    .optional(),
});
type Preference = NonNullable<z.output<typeof schema>["clusters"]>[string];

/** A ReplicaSchedulingPreference, read. */
export interface Preferences {
  readonly manifest: Manifest;
  readonly spec: z.output<typeof schema>;
}

/** Whether an object is a ReplicaSchedulingPreference. */
export const isPreference = ({ value: { apiVersion, kind } }: Manifest): boolean =>
  apiVersion.startsWith("scheduling.kubefed.io/") && kind === "ReplicaSchedulingPreference";

/** By `kind/namespace/name` of the object whose replicas they divide. */
export function preferencesIn(manifests: readonly Manifest[], notebook: Notebook): ReadonlyMap<string, Preferences> {
  const preferences = new Map<string, Preferences>();
  for (const manifest of manifests.filter(isPreference)) {
    const spec = notebook.read(manifest, ["spec"], manifest.value["spec"], schema);
    if (spec === undefined) continue;
    const { namespace, name } = manifest.value.metadata;
    if (!["FederatedDeployment", "FederatedReplicaSet"].includes(spec.targetKind)) {
      notebook.tell(manifest, ["spec", "targetKind"], {
        subject: "replicas",
        weight: "same",
        kubefed: `replicas of ${spec.targetKind} are never divided: KubeFed knows FederatedDeployment and FederatedReplicaSet`,
        karmada: "left out, so every member has the template's number, as before",
      });
      continue;
    }
    const key = `${spec.targetKind}/${namespace ?? ""}/${name}`;
    const exists = manifests.some(
      ({ value: { kind, metadata } }) => `${kind}/${metadata.namespace ?? ""}/${metadata.name}` === key,
    );
    if (exists) preferences.set(key, { manifest, spec });
    else {
      notebook.tell(manifest, ["metadata", "name"], {
        subject: "replicas",
        weight: "lost",
        kubefed: `divides the replicas of ${spec.targetKind} ${name}, which is not among the files`,
        karmada: "left out: in Karmada the division belongs to that object's policy",
        remedy: `convert it together with ${spec.targetKind} ${name}`,
      });
    }
  }
  return preferences;
}

/** What a preference makes of its object. */
export interface Divided {
  readonly total: number;
  readonly chosen: Chosen;
  readonly division: Division;
}

/**
 * KubeFed divides over every ready cluster, whatever the object's own placement says; undefined, with the reason in the
 * notebook, where Karmada cannot do alike.
 */
export function dividedBy(
  { manifest, spec }: Preferences,
  selector: z.output<typeof labelSelector> | undefined,
  notebook: Notebook,
): Divided | undefined {
  const preferences: Readonly<Record<string, Preference>> =
    Object.keys(spec.clusters ?? {}).length === 0 ? { "*": { weight: 1 } } : (spec.clusters ?? {});
  const named = Object.entries(preferences).filter(([name]) => name !== "*");
  const rest = preferences["*"]?.weight ?? 0;
  const weighted = named.filter(([, { weight }]) => (weight ?? 0) > 0);
  if (weighted.length === 0 && rest === 0) {
    notebook.refuse(manifest, {
      path: ["spec", "clusters"],
      found: "weights that sum to zero",
      allowed:
        "at least one weight above 0: KubeFed gives each cluster its minReplicas and the rest to nobody, and Karmada divides evenly",
      fix: "Give each cluster the weight that it is to have, such as its minReplicas.",
    });
    return undefined;
  }
  if (spec.intersectWithClusterSelector === true && selector === undefined) {
    notebook.refuse(manifest, {
      path: ["spec", "intersectWithClusterSelector"],
      found: `intersectWithClusterSelector, but no clusterSelector in ${spec.targetKind} ${manifest.value.metadata.name}`,
      allowed: "a clusterSelector in its placement: without one KubeFed never divides",
      fix: "Add the clusterSelector, or take intersectWithClusterSelector away.",
    });
    return undefined;
  }
  tellLosses({ manifest, spec }, preferences, notebook);
  const byName: Chosen = rest > 0 ? everywhere : { names: weighted.map(([name]) => name), selectors: [] };
  const byLabels = spec.intersectWithClusterSelector === true ? chosenByLabels(selector ?? {}) : everywhere;
  return {
    total: spec.totalReplicas,
    chosen: both(byName, byLabels) ?? byName,
    division: {
      replicaSchedulingType: "Divided",
      replicaDivisionPreference: "Weighted",
      weightPreference: {
        staticWeightList: [
          ...weighted.map(([name, { weight }]) => ({ targetCluster: { clusterNames: [name] }, weight: weight ?? 0 })),
          // Of several rules that fit a cluster, Karmada takes the greatest weight: the others' clusters must not fit this one.
          ...(rest > 0
            ? [
                {
                  targetCluster: named.length === 0 ? { labelSelector: {} } : { exclude: named.map(([name]) => name) },
                  weight: rest,
                },
              ]
            : []),
        ],
      },
    },
  };
}

function tellLosses(
  { manifest, spec }: Preferences,
  preferences: Readonly<Record<string, Preference>>,
  notebook: Notebook,
): void {
  const tell = (path: Path, weight: "lost" | "changed", kubefed: string, karmada: string): void =>
    notebook.tell(manifest, path, { subject: "replicas", weight, kubefed, karmada });
  for (const [name, { minReplicas, maxReplicas }] of Object.entries(preferences)) {
    const cluster = name === "*" ? "every other cluster" : name;
    const at = ["spec", "clusters", name];
    if ((minReplicas ?? 0) > 0) {
      tell([...at, "minReplicas"], "lost", `${cluster} has at least ${minReplicas} replicas`, "only its weight counts");
    }
    if (maxReplicas !== undefined) {
      tell([...at, "maxReplicas"], "lost", `${cluster} has at most ${maxReplicas} replicas`, "only its weight counts");
    }
  }
  if (!dividesEvenly(spec.totalReplicas, preferences)) {
    tell(
      ["spec", "totalReplicas"],
      "changed",
      "what does not divide evenly is rounded up, beginning with the greatest weight",
      "it is rounded down, and the rest given out by weight: a member may have one replica more or less",
    );
  }
  tell(
    ["spec"],
    "changed",
    "ready clusters without weight have the object with 0 replicas, and replicas of a cluster that is not ready are given to the others",
    "clusters without weight do not have the object, and replicas stay where they are",
  );
  if (spec.rebalance !== true) {
    tell(
      ["spec"],
      "changed",
      "replicas that run are not moved when weights change (rebalance is not set)",
      "replicas always follow the weights",
    );
  }
}

/** Whether rounding plays no part; with clusters that are not named, nobody can tell. */
function dividesEvenly(total: number, preferences: Readonly<Record<string, Preference>>): boolean {
  if ("*" in preferences) return false;
  const weights = Object.values(preferences).map(({ weight }) => weight ?? 0);
  const sum = weights.reduce((one, other) => one + other, 0);
  return weights.every((weight) => (total * weight) % sum === 0);
}

/** An object with as many replicas in all as its preference says. */
export function withReplicas<T extends { readonly [field: string]: unknown }>(object: T, replicas: number): T {
  const { spec } = object;
  return { ...object, spec: { ...(isMapping(spec) ? spec : {}), replicas } };
}
