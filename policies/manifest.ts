import type { Manifest, Stack } from "./rule";

/**
 * Looking into objects of which nothing is known but that they are JSON. What is not there, or has another type than it
 * should, is nothing: rules judge what is said, and the API server refuses what makes no sense.
 */
export type Fields = Readonly<Record<string, unknown>>;

/** A mapping, or an empty one. */
export function fields(value: unknown): Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

/** The mappings of a list. */
export function items(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.map(fields) : [];
}

/** The texts of a list. */
export function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
}

/** The texts of a mapping, by their keys. */
export function textsOf(value: unknown): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(fields(value)).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}

/** What stands behind a chain of keys. */
export function at(value: unknown, ...keys: readonly string[]): unknown {
  return keys.reduce<unknown>((inner, key) => fields(inner)[key], value);
}

/** A value as it stands in the object, for a sentence. */
export function shown(value: unknown, absent = "not set"): string {
  if (value === undefined || value === null) return absent;
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** `Deployment/trade-amber/agent`: kind, namespace where there is one, name. */
export function keyOf({ kind, metadata: { namespace, name } }: Manifest): string {
  return namespace === undefined ? `${kind}/${name}` : `${kind}/${namespace}/${name}`;
}

export const roleLabel = "fabric-topologies.dev/role";
export const organisationLabel = "fabric-topologies.dev/organisation";

/** What the pods of a workload do, by their label. */
export function roleOf(object: Manifest): string | undefined {
  return textsOf(podOf(object)?.labels)[roleLabel] ?? textsOf(object.metadata.labels)[roleLabel];
}

/** Kinds that run pods. */
export const podKinds = ["Pod", "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "CronJob"] as const;

/** The pods that an object makes: their labels and their specification. */
interface PodTemplate {
  readonly labels: Readonly<Record<string, string>>;
  readonly spec: Fields;
}

/** The template of the pods that an object makes; a pod is its own. */
export function podOf(object: Manifest): PodTemplate | undefined {
  if (!(podKinds as readonly string[]).includes(object.kind)) return undefined;
  const template =
    object.kind === "Pod"
      ? object
      : object.kind === "CronJob"
        ? at(object, "spec", "jobTemplate", "spec", "template")
        : at(object, "spec", "template");
  return { labels: textsOf(at(template, "metadata", "labels")), spec: fields(at(template, "spec")) };
}

/** A container of a pod and what it is called. */
interface NamedContainer {
  readonly name: string;
  readonly container: Fields;
}

/** All containers of an object's pods, those that run before the others too. */
export function containersOf(object: Manifest): readonly NamedContainer[] {
  const spec = podOf(object)?.spec;
  return ["initContainers", "containers", "ephemeralContainers"].flatMap((key) =>
    items(spec?.[key]).map((container) => ({ name: shown(container["name"], "?"), container })),
  );
}

/** Every object of every site. */
export function objectsOf(stack: Stack): readonly Manifest[] {
  return stack.sites.flatMap(({ objects }) => objects);
}

/** How many pods a workload keeps (Kubernetes: 1 where it does not say). */
export function replicasOf(object: Manifest): number {
  const replicas = at(object, "spec", "replicas");
  return typeof replicas === "number" ? replicas : 1;
}

/** Whether a label selector takes pods with these labels. An empty one takes all. */
export function selects(selector: unknown, labels: Readonly<Record<string, string>>): boolean {
  const { matchLabels, matchExpressions } = fields(selector);
  const equal = Object.entries(textsOf(matchLabels)).every(([key, value]) => labels[key] === value);
  return equal && items(matchExpressions).every((expression) => holds(expression, labels));
}

function holds(expression: Fields, labels: Readonly<Record<string, string>>): boolean {
  const value = labels[String(expression["key"])];
  const values = texts(expression["values"]);
  switch (expression["operator"]) {
    case "In":
      return value !== undefined && values.includes(value);
    case "NotIn":
      return value === undefined || !values.includes(value);
    case "Exists":
      return value !== undefined;
    case "DoesNotExist":
      return value === undefined;
    default:
      return false;
  }
}
