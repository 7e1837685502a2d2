import { objectKey, type KubeObject } from "../constructs/manifests";
import type { Answer, ApiServer } from "./api-server";
import { asApplied, asLeft, fieldManager } from "./protection";

/** An object as the API server keeps it. */
export interface LiveObject {
  readonly metadata: {
    readonly name: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly deletionTimestamp?: string;
    readonly managedFields?: readonly { readonly manager?: string }[];
  };
  readonly [field: string]: unknown;
}

/** The API server's reason for refusing a request (`meta/v1 Status`). */
export interface Refusal {
  readonly code: number;
  readonly message: string;
  readonly causes: readonly { readonly reason?: string; readonly message?: string; readonly field?: string }[];
}

/** A desired object beside what the cluster has and says of it. */
export interface Inspected {
  readonly key: string;
  readonly desired: KubeObject;
  /** Undefined where the cluster has no object of this name. */
  readonly live?: LiveObject;
  /** Why the object cannot be read. */
  readonly unreadable?: Refusal;
  /** Why the API server would not take it (server-side apply as a dry run under our field manager). */
  readonly refusal?: Refusal;
  /** What the object would be then, where the API server would take it. */
  readonly applied?: LiveObject;
}

/** Looks at every desired object in the cluster: two requests each, many at a time, nothing changed. */
export async function inspect(
  api: ApiServer,
  objects: readonly KubeObject[],
  options: { readonly force: boolean; readonly stack?: string | undefined },
): Promise<Inspected[]> {
  const paths = await resourcePaths(api, new Set(objects.map(({ apiVersion }) => apiVersion)));
  return Promise.all(
    objects.map(async (desired): Promise<Inspected> => {
      const known = { key: objectKey(desired), desired };
      const path = paths(desired);
      // A kind that the cluster does not know yet: its CustomResourceDefinition is among the objects, or `up` says so.
      if (path === undefined) return known;
      const found = await api.get(path);
      if (found.status !== 200 && found.status !== 404) return { ...known, unreadable: refusalOf(found) };
      const live = found.status === 200 ? { live: found.body as LiveObject } : {};
      const query = `fieldManager=${fieldManager}&force=${options.force}&dryRun=All&fieldValidation=Strict`;
      const tried = await api.apply(`${path}?${query}`, asLeft(asApplied(desired, options.stack), live.live));
      const outcome = tried.status < 300 ? { applied: tried.body as LiveObject } : { refusal: refusalOf(tried) };
      return { ...known, ...live, ...outcome };
    }),
  );
}

function refusalOf({ status, body }: Answer): Refusal {
  const answer = body as { message?: string; details?: { causes?: Refusal["causes"] } } | string;
  if (typeof answer === "string") return { code: status, message: answer.slice(0, 300), causes: [] };
  return { code: status, message: answer.message ?? `HTTP ${status}`, causes: answer.details?.causes ?? [] };
}

interface Discovery {
  readonly resources?: readonly { readonly name: string; readonly kind: string; readonly namespaced: boolean }[];
}

/** The path of an object in the API, by what the server says of its own kinds. */
export async function resourcePaths(
  api: ApiServer,
  apiVersions: ReadonlySet<string>,
): Promise<(object: KubeObject) => string | undefined> {
  const known = new Map<string, { name: string; namespaced: boolean }>();
  const root = (apiVersion: string) => (apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`);
  await Promise.all(
    [...apiVersions].map(async (apiVersion) => {
      const { status, body } = await api.get(root(apiVersion));
      if (status !== 200) return;
      for (const { name, kind, namespaced } of (body as Discovery).resources ?? []) {
        // Subresources are listed too, as "statefulsets/scale".
        if (!name.includes("/")) known.set(`${apiVersion}/${kind}`, { name, namespaced });
      }
    }),
  );
  return ({ apiVersion, kind, metadata }) => {
    const resource = known.get(`${apiVersion}/${kind}`);
    if (resource === undefined) return undefined;
    const namespace = resource.namespaced ? `/namespaces/${metadata.namespace ?? "default"}` : "";
    return `${root(apiVersion)}${namespace}/${resource.name}/${metadata.name}`;
  };
}
