import { z } from "zod";
import { text } from "../../spec/scalars";
import { isMapping, present } from "./manifest";

const requirement = z.strictObject({
  key: text("a label's name"),
  operator: z.enum(["In", "NotIn", "Exists", "DoesNotExist"]),
  values: z.array(z.string("a label's value")).optional(),
});

/** Kubernetes' own selector of labels. */
export const labelSelector = z.strictObject({
  matchLabels: z.record(z.string(), z.string("a label's value")).optional(),
  matchExpressions: z.array(requirement).optional(),
});
type LabelSelector = z.output<typeof labelSelector>;

/** `spec.placement` of every federated kind. */
export const placementSchema = z.strictObject({
  clusters: z.array(z.strictObject({ name: text("the name of a KubeFedCluster") })).optional(),
  clusterSelector: labelSelector.optional(),
});
type Placement = z.output<typeof placementSchema>;

/** A null is the same as nothing to KubeFed. */
export const withoutNulls = (value: unknown): unknown =>
  isMapping(value) ? Object.fromEntries(present(value)) : value;

/** Clusters by name, by labels, or both; with neither, every cluster that there is or will be. */
export interface Chosen {
  readonly names?: readonly string[];
  /** All of these. */
  readonly selectors: readonly LabelSelector[];
}

/** Every cluster. */
export const everywhere: Chosen = { selectors: [] };

/** Why KubeFed puts an object nowhere. */
export interface Nowhere {
  readonly nowhere: string;
}

/**
 * The clusters that a placement chooses by KubeFed's rules: names win over labels even where the list is empty, and an
 * empty selector means all while none means nowhere.
 */
export function chosenBy(placement: Placement | undefined): Chosen | Nowhere {
  const { clusters, clusterSelector } = placement ?? {};
  if (clusters !== undefined) {
    if (clusters.length === 0) return { nowhere: "an empty list of clusters, which wins over any selector" };
    return { names: [...new Set(clusters.map(({ name }) => name))], selectors: [] };
  }
  if (clusterSelector === undefined) return { nowhere: "neither clusters nor clusterSelector" };
  return chosenByLabels(clusterSelector);
}

/** The clusters that a selector chooses. */
export function chosenByLabels(selector: LabelSelector): Chosen {
  const empty = Object.keys(selector.matchLabels ?? {}).length + (selector.matchExpressions ?? []).length === 0;
  return empty ? everywhere : { selectors: [selector] };
}

/** What both choose; undefined where they name no cluster in common. */
export function both(one: Chosen, other: Chosen): Chosen | undefined {
  const selectors = [...one.selectors, ...other.selectors].filter(
    (selector, index, all) => all.findIndex((same) => JSON.stringify(same) === JSON.stringify(selector)) === index,
  );
  const names =
    one.names === undefined || other.names === undefined
      ? (one.names ?? other.names)
      : one.names.filter((name) => other.names?.includes(name));
  if (names === undefined) return { selectors };
  return names.length === 0 ? undefined : { names, selectors };
}

/** Karmada's `ClusterAffinity`. It asks for names and labels together, and is never empty: that would mean everywhere. */
export interface Affinity {
  readonly clusterNames?: readonly string[];
  readonly labelSelector?: LabelSelector;
  readonly exclude?: readonly string[];
}

/** The same as Karmada's affinity; every cluster is an empty selector, written out. */
export function affinityOf({ names, selectors }: Chosen): Affinity {
  const [first, ...others] = selectors;
  const labels = first === undefined ? undefined : others.reduce(together, first);
  return {
    ...(names === undefined ? {} : { clusterNames: names }),
    ...(labels === undefined ? (names === undefined ? { labelSelector: {} } : {}) : { labelSelector: labels }),
  };
}

/** One selector that asks for what both ask. A label of both with two values fits no cluster, and stays so. */
function together(one: LabelSelector, other: LabelSelector): LabelSelector {
  const expressions = [
    ...(one.matchExpressions ?? []),
    ...(other.matchExpressions ?? []),
    ...Object.entries(other.matchLabels ?? {}).map(([key, value]) => ({
      key,
      operator: "In" as const,
      values: [value],
    })),
  ];
  return {
    ...(one.matchLabels === undefined ? {} : { matchLabels: one.matchLabels }),
    ...(expressions.length === 0 ? {} : { matchExpressions: expressions }),
  };
}

/** `aws-prod and gcp-staging`, for reports. */
export function chosenText({ names, selectors }: Chosen): string {
  const labels = selectors.length === 0 ? "" : "clusters by labels";
  if (names === undefined) return labels === "" ? "every cluster" : labels;
  return `${names.join(", ")}${labels === "" ? "" : ", as far as their labels fit"}`;
}
