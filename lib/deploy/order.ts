import { objectKey, type KubeObject, type SiteManifests } from "../constructs/manifests";

/** The fields of objects that say what else must stand first; the API server keeps them in these shapes. */
interface Spec {
  readonly storageClassName?: string;
  readonly volumeName?: string;
  readonly replicas?: number;
  readonly group?: string;
  readonly names?: { readonly kind?: string };
  readonly volumeClaimTemplates?: readonly { readonly metadata?: { readonly name?: string } }[];
}

const specOf = (object: KubeObject): Spec => (object["spec"] as Spec | undefined) ?? {};

/** What Kubernetes itself asks to stand before an object, by key; keys that are not of this site are left to the caller. */
function implied(object: KubeObject, definitions: ReadonlyMap<string, string>): string[] {
  const { namespace, name } = object.metadata;
  const spec = specOf(object);
  const keys: string[] = [];
  if (namespace !== undefined) keys.push(`Namespace/${namespace}`);

  const group = object.apiVersion.split("/").slice(0, -1).join("/");
  const definition = definitions.get(`${group}/${object.kind}`);
  if (definition !== undefined) keys.push(definition);

  if (object.kind === "PersistentVolumeClaim") {
    if (spec.storageClassName !== undefined) keys.push(`StorageClass/${spec.storageClassName}`);
    if (spec.volumeName !== undefined) keys.push(`PersistentVolume/${spec.volumeName}`);
  }
  // A StatefulSet makes the claims that it does not find, and one that it made is bound to no zone of ours.
  if (object.kind === "StatefulSet") {
    for (const template of spec.volumeClaimTemplates ?? []) {
      for (let ordinal = 0; ordinal < (spec.replicas ?? 1); ordinal++) {
        keys.push(`PersistentVolumeClaim/${namespace}/${template.metadata?.name}-${name}-${ordinal}`);
      }
    }
  }
  return keys;
}

/** An object with the keys of everything that must exist before it. */
interface Step {
  readonly key: string;
  readonly object: KubeObject;
  readonly after: readonly string[];
}

/**
 * The objects of a site in an order in which each can be made, always the same for the same objects, with what each
 * waits for: the given dependencies, and what Kubernetes itself asks (a namespace before its content, a
 * CustomResourceDefinition before its objects, a StorageClass before its claims, claims before their StatefulSet).
 *
 * @throws Error two objects of one name, a dependency on an object that is not there, or a circle
 */
export function inOrder({ site, objects, dependencies }: SiteManifests): Step[] {
  const byKey = new Map<string, KubeObject>();
  for (const object of objects) {
    const key = objectKey(object);
    if (byKey.has(key)) throw new Error(`site ${site}: two objects are called ${key}`);
    byKey.set(key, object);
  }
  const definitions = new Map(
    objects
      .filter(({ kind }) => kind === "CustomResourceDefinition")
      .map((object) => [`${specOf(object).group}/${specOf(object).names?.kind}`, objectKey(object)] as const),
  );

  const after = new Map<string, readonly string[]>();
  for (const [key, object] of byKey) {
    const given = dependencies.get(key) ?? [];
    for (const other of given) {
      if (!byKey.has(other)) throw new Error(`site ${site}: ${key} waits for ${other}, which is not among the objects`);
    }
    const own = implied(object, definitions).filter((other) => byKey.has(other) && other !== key);
    after.set(key, [...new Set([...own, ...given])].sort());
  }

  const steps: Step[] = [];
  const state = new Map<string, "open" | "done">();
  const visit = (key: string, path: readonly string[]): void => {
    if (state.get(key) === "done") return;
    if (state.get(key) === "open") {
      throw new Error(
        `site ${site}: objects wait for each other: ${[...path.slice(path.indexOf(key)), key].join(" → ")}`,
      );
    }
    state.set(key, "open");
    const others = after.get(key) ?? [];
    for (const other of others) visit(other, [...path, key]);
    state.set(key, "done");
    steps.push({ key, object: byKey.get(key) as KubeObject, after: others });
  };
  for (const key of [...byKey.keys()].sort()) visit(key, []);
  return steps;
}
