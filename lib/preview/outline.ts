import { labelKeys } from "../constructs/labels";
import { fieldAt } from "../deploy/fields";
import { identityOf } from "../deploy/recorded";
import { counted, listed } from "../spec/words";
import type { RecordedGraph, RecordedResource } from "./graph";

/** The objects of one site as people look for them. */
export interface SiteOutline {
  readonly site: string;
  readonly objects: number;
  /** First what belongs to no organisation, then the organisations by name. */
  readonly groups: readonly GroupOutline[];
}

export interface GroupOutline {
  /** None for what the whole site shares. */
  readonly organisation?: string;
  readonly namespaces: readonly string[];
  readonly objects: number;
  /** What runs, what holds volumes, and what can be reached from outside, one by one. */
  readonly notable: readonly NotableObject[];
  /** All kinds, counted. */
  readonly kinds: readonly (readonly [kind: string, count: number])[];
}

export interface NotableObject {
  readonly kind: string;
  readonly name: string;
  /** What is worth knowing of it, in a few words. */
  readonly says: string;
}

/** Everything in a recorded graph by site and organisation, and beside it what is no object of a site. */
export interface Outline {
  readonly sites: readonly SiteOutline[];
  /** Resources that are no Kubernetes objects, by type; components, providers and the stack are not counted. */
  readonly others: readonly (readonly [type: string, count: number])[];
  /** How many objects stay when the stack is destroyed. */
  readonly retained: number;
}

/** An object of a site, told from its resource. */
interface SiteObject {
  readonly site: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly resource: RecordedResource;
}

export function outlineOf({ resources }: RecordedGraph): Outline {
  const objects = resources.flatMap(siteObject);
  const others = resources.filter(({ custom, type }) => custom && !/^(kubernetes|pulumi:providers):/.test(type));
  return {
    sites: grouped(objects, ({ site }) => site).map(([site, its]) => ({
      site,
      objects: its.length,
      groups: grouped(its, ({ labels }) => labels[labelKeys.organisation] ?? "").map(([organisation, members]) =>
        groupOutline(organisation, members),
      ),
    })),
    others: countedBy(others.map(({ type }) => type)),
    retained: objects.filter(({ resource }) => resource.retainOnDelete).length,
  };
}

function siteObject(resource: RecordedResource): SiteObject[] {
  const site = identityOf(resource.urn)?.site;
  const { kind, metadata } = resource.inputs;
  const [name, namespace] = [fieldAt(metadata, ["name"]), fieldAt(metadata, ["namespace"])];
  if (site === undefined || typeof kind !== "string" || typeof name !== "string") return [];
  const labels = (fieldAt(metadata, ["labels"]) ?? {}) as Readonly<Record<string, string>>;
  return [{ site, kind, name, namespace: typeof namespace === "string" ? namespace : undefined, labels, resource }];
}

function groupOutline(organisation: string, objects: readonly SiteObject[]): GroupOutline {
  const namespaces = objects.flatMap(({ kind, name, namespace }) =>
    kind === "Namespace" ? [name] : (namespace ?? []),
  );
  return {
    ...(organisation === "" ? {} : { organisation }),
    namespaces: [...new Set(namespaces)].sort(),
    objects: objects.length,
    notable: objects.flatMap((object) => {
      const says = tell(object, objects);
      return says === undefined ? [] : [{ kind: object.kind, name: object.name, says }];
    }),
    kinds: countedBy(objects.map(({ kind }) => kind)),
  };
}

/** What is said of an object; undefined for one that is only counted. */
function tell(object: SiteObject, all: readonly SiteObject[]): string | undefined {
  const spec = (...path: string[]) => fieldAt(object.resource.inputs, ["spec", ...path]);
  switch (object.kind) {
    case "StatefulSet":
      return [pods(spec("replicas")), ...volumes(object, all)].join("; ");
    case "Deployment":
      return pods(spec("replicas"));
    case "Job":
      return "runs once";
    case "Service":
      return spec("type") === "LoadBalancer" || spec("type") === "NodePort"
        ? `${String(spec("type"))}: reachable from outside of the cluster`
        : undefined;
    case "Ingress":
      return "reachable from outside of the cluster";
    default:
      return undefined;
  }
}

function pods(replicas: unknown): string {
  return counted(typeof replicas === "number" ? replicas : 1, "pod");
}

const instanceLabel = "app.kubernetes.io/instance";
const zoneLabel = "topology.kubernetes.io/zone";

/** The volumes of a StatefulSet's pods: those of one name and size together, with their zones. */
function volumes(set: SiteObject, all: readonly SiteObject[]): string[] {
  const claims = all.filter(
    ({ kind, namespace, labels }) =>
      kind === "PersistentVolumeClaim" && namespace === set.namespace && labels[instanceLabel] === set.name,
  );
  const called = ({ name, resource }: SiteObject) => {
    const size = fieldAt(resource.inputs, ["spec", "resources", "requests", "storage"]);
    return `${name.slice(0, name.indexOf(`-${set.name}`))} ${String(size)}`;
  };
  return grouped(claims, called).map(([volume, its]) => {
    const zones = [...new Set(its.map(({ labels }) => labels[zoneLabel] ?? "any zone"))];
    return `${volume} in ${listed(zones, "and")}`;
  });
}

/** Items under their keys, in the order of the keys. */
function grouped<T>(items: readonly T[], key: (item: T) => string): [string, T[]][] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const its = groups.get(key(item));
    if (its === undefined) groups.set(key(item), [item]);
    else its.push(item);
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1));
}

function countedBy(names: readonly string[]): [string, number][] {
  return grouped(names, (name) => name).map(([name, all]) => [name, all.length]);
}
