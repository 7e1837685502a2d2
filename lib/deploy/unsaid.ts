import type { KubeObject } from "../constructs/manifests";

type Part = Readonly<Record<string, unknown>>;

/** Environment variables of the containers of a pod template. `*` is each item of a list. */
const environment = ["containers", "initContainers"].map((list) => `spec.template.spec.${list}.*.env.*.value`);

/**
 * Fields that Kubernetes' own types leave out where they say nothing: an empty text, list or map, or `false` (`omitempty`
 * in k8s.io/api). Pulumi's Kubernetes provider (4.25, `normalizeInputs`) takes every object through these types before the
 * engine sees it. Others, such as `emptyDir: {}` or `automountServiceAccountToken: false`, mean something and stay.
 */
const omitted: Readonly<Record<string, readonly string[]>> = {
  DaemonSet: environment,
  Deployment: environment,
  Job: environment,
  NetworkPolicy: ["spec.egress", "spec.ingress"],
  Service: ["spec.publishNotReadyAddresses"],
  StatefulSet: environment,
  StorageClass: ["parameters"],
};

/**
 * An object without what goes without saying, so that the engine has nothing to leave out: what the program asks for is
 * what the engine sees and keeps in its state. A NetworkPolicy whose `ingress: []` is gone still lets nobody in.
 */
export function withoutUnsaid(object: KubeObject): KubeObject {
  return (omitted[object.kind] ?? []).reduce((left, path) => without(left, path.split(".")), object);
}

function without<T>(value: T, [key = "", ...rest]: readonly string[]): T {
  if (key === "*") return Array.isArray(value) ? (value.map((item: unknown) => without(item, rest)) as T) : value;
  if (typeof value !== "object" || value === null || !(key in value)) return value;
  const { [key]: inner, ...others } = value as Part;
  if (rest.length > 0) return { ...value, [key]: without(inner, rest) };
  return saysNothing(inner) ? (others as T) : value;
}

function saysNothing(value: unknown): boolean {
  if (value === "" || value === false) return true;
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}
