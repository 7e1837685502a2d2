import { at, fields, textsOf } from "./manifest";
import type { CloudResource, Manifest, Stack } from "./rule";

/** A resource of a Pulumi program: as it was recorded, or as the engine shows it to a policy pack. */
export interface SeenResource {
  readonly type: string;
  /** That of a Kubernetes object of ours is `<site>:<Kind>/<namespace>/<name>`. */
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

/**
 * A Pulumi program's resources as rules see them: Kubernetes objects by the site that their names begin with, and the
 * resources of clouds. Components, providers and the stack itself are nothing that runs.
 */
export function stackOf(resources: readonly SeenResource[]): Stack {
  return trace(resources).stack;
}

/** The same, and for each object of it the resource that asks for it. */
export function trace<T extends SeenResource>(
  resources: readonly T[],
): { readonly stack: Stack; readonly sources: ReadonlyMap<Manifest, T> } {
  const sources = new Map<Manifest, T>();
  const sites = new Map<string, Manifest[]>();
  const others: CloudResource[] = [];
  for (const resource of resources) {
    const object = objectIn(resource);
    if (object === undefined) {
      if (isOfCloud(resource)) others.push(resource);
      continue;
    }
    sources.set(object, resource);
    const site = siteOf(resource);
    const objects = sites.get(site);
    if (objects === undefined) sites.set(site, [object]);
    else objects.push(object);
  }
  return { stack: { sites: [...sites].map(([site, objects]) => ({ site, objects })), resources: others }, sources };
}

/** The Kubernetes object that a resource asks for; undefined where it is another resource. */
export function objectIn({ type, inputs }: SeenResource): Manifest | undefined {
  const { apiVersion, kind, metadata } = inputs;
  if (!type.startsWith("kubernetes:") || typeof apiVersion !== "string" || typeof kind !== "string") return undefined;
  const said = fields(metadata);
  const { namespace } = said;
  return {
    ...inputs,
    apiVersion,
    kind,
    metadata: {
      ...said,
      // One whose name Pulumi makes up has none until then.
      name: isMadeUp(metadata) ? "" : (textsOf(metadata)["name"] ?? ""),
      labels: textsOf(said["labels"]),
      annotations: textsOf(said["annotations"]),
      ...(typeof namespace === "string" ? { namespace } : {}),
    },
  };
}

/** Pulumi's Kubernetes provider marks what it has named itself, with a random end. */
function isMadeUp(metadata: unknown): boolean {
  return at(metadata, "annotations", "pulumi.com/autonamed") === "true";
}

function isOfCloud({ type }: SeenResource): boolean {
  return /^[a-z-]+:[^:]+:[^:]+$/.test(type) && !/^(kubernetes|pulumi|fabric):/.test(type);
}

function siteOf({ name }: SeenResource): string {
  const colon = name.indexOf(":");
  return colon < 0 ? "" : name.slice(0, colon);
}
