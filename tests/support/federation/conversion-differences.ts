import type { Conversion } from "../../../lib/federation/convert/convert";
import type { ManifestObject, Texts } from "../../../lib/federation/convert/manifest";
import type { Change } from "../../../lib/federation/convert/notebook";
import type { Placed } from "./conversion-models";

/** Labels by which Karmada is told something; members get them, too. */
const karmadas = /^(namespace|resourcetemplate)\.karmada\.io\//;

/**
 * What members have otherwise after a conversion, and the report does not say: `member: Kind/namespace/name what`. Nothing
 * is as it should be.
 */
export function unsaidDifferences(before: Placed, after: Placed, { changes }: Conversion): string[] {
  return [...new Set([...before.keys(), ...after.keys()])].sort().flatMap((key) => {
    const [one, other] = [before.get(key), after.get(key)];
    const said = saidOf((one ?? other) as ManifestObject, changes);
    if (one === undefined) return [`${key} is new`];
    if (other === undefined) return said("0 replicas") && replicasOf(one) === 0 ? [] : [`${key} is gone`];
    const rounded = said("rounded") || said("at least") || said("at most");
    return (["content", "labels", "annotations"] as const)
      .filter((part) => JSON.stringify(partOf(one, part, rounded)) !== JSON.stringify(partOf(other, part, rounded)))
      .filter((part) => part !== "annotations" || !said("annotation"))
      .map((part) => `${key} has other ${part}`);
  });
}

/** Whether the report says a word about an object. */
function saidOf({ kind, metadata: { name, namespace } }: ManifestObject, changes: readonly Change[]) {
  const place = `${namespace ?? (kind === "Namespace" ? name : "")}/${name}`.replace(/^\//, "");
  const titles = [`Federated${kind} ${place}`, `ReplicaSchedulingPreference ${place}`];
  return (word: string): boolean =>
    changes.some(({ object, kubefed }) => titles.includes(object) && kubefed.includes(word));
}

const replicasOf = ({ spec }: ManifestObject) => (spec as { readonly replicas?: number } | undefined)?.replicas;

function partOf(object: ManifestObject, part: "content" | "labels" | "annotations", rounded: boolean): unknown {
  const { metadata, ...content } = object;
  if (part === "annotations") return sorted(metadata.annotations);
  if (part === "labels") return sorted(metadata.labels).filter(([key]) => !karmadas.test(key));
  const spec = content["spec"] as object | undefined;
  return sorted(rounded ? { ...content, spec: { ...spec, replicas: "by weight" } } : content);
}

const sorted = (mapping: Texts | Readonly<Record<string, unknown>> = {}): [string, unknown][] =>
  Object.entries(mapping)
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([key, value]) => [key, inner(value)]);

const inner = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(inner)
    : typeof value === "object" && value !== null
      ? sorted(value as Readonly<Record<string, unknown>>)
      : value;
