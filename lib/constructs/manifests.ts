/** A value of JSON, as it stands in a manifest. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** A Kubernetes object as plain JSON: what `kubectl apply` would be given. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
}

/** Every object of one site (one cluster), and what must stand before what. */
export interface SiteManifests {
  /** The site's name in the stack settings. */
  readonly site: string;
  readonly objects: readonly KubeObject[];
  /** By {@link objectKey}: the objects that must exist before this one is made. */
  readonly dependencies: ReadonlyMap<string, readonly string[]>;
}

/** Every object that we make carries this label with the network's name; by it the objects are found again. */
export const networkLabel = "fabric-topologies.dev/network";

/**
 * On what is the body of an ordering node that is at home on another site: its set, which has no pods, and its claim. Only
 * a restore starts it, when the other one is fenced (`lib/recovery/failover/restore.ts`).
 */
export const dormantLabel = "fabric-topologies.dev/dormant";

/**
 * On a ConfigMap that is to hold what ConfigMaps `msp` of the same namespace say on other sites: names of these, with commas
 * between them. Nobody knows that before the authorities there have been made.
 */
export const publishedOn = "fabric-topologies.dev/published-on";

/** The name of an object within its site: `<Kind>/<namespace>/<name>`, or `<Kind>/<name>` where it has no namespace. */
export function objectKey(object: Pick<KubeObject, "kind" | "metadata">): string {
  const { name, namespace } = object.metadata;
  return namespace === undefined ? `${object.kind}/${name}` : `${object.kind}/${namespace}/${name}`;
}
