/** What each engine makes of what it is given, as far as objects on members go; tests/cluster hold the real ones against it. */
import { objectKey, type Json, type KubeObject } from "../../../lib/constructs/manifests";
import type { Applied } from "../../../lib/federation/applied";
import { patched, type Operation } from "../../../lib/federation/patch";
import type { Engine } from "../../../lib/federation/render";

/** By member, the objects by key. */
export type OnMembers = ReadonlyMap<string, ReadonlyMap<string, KubeObject>>;

/** The objects on every member, given what was applied to host and members. */
export function modelled(
  engine: Engine,
  applied: readonly Applied[],
  host: string,
  members: readonly string[],
): OnMembers {
  const on = new Map(members.map((member) => [member, new Map<string, KubeObject>()] as const));
  const put = (member: string, object: KubeObject): void => {
    const there = on.get(member);
    if (there === undefined) throw new Error(`${objectKey(object)} for ${member}, which is no member`);
    if (there.has(objectKey(object))) throw new Error(`${objectKey(object)} twice on ${member}`);
    there.set(objectKey(object), object);
  };
  for (const { cluster, object, common } of applied) if (cluster !== host && common !== true) put(cluster, object);
  const hub = applied.filter(({ cluster }) => cluster === host).map(({ object }) => object);
  const carried = engine === "direct" ? [] : engine === "karmada" ? byKarmada(hub) : byKubefed(hub);
  for (const { member, object } of carried) put(member, object);
  return on;
}

interface Carried {
  readonly member: string;
  readonly object: KubeObject;
}

interface Selector {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}

interface PolicySpec {
  readonly resourceSelectors: readonly Selector[];
  readonly placement?: { readonly clusterAffinity: { readonly clusterNames: readonly string[] } };
  readonly overrideRules?: readonly {
    readonly targetCluster: { readonly clusterNames: readonly string[] };
    readonly overriders: {
      readonly plaintext: readonly { readonly path: string; readonly operator: string; readonly value?: Json }[];
    };
  }[];
}

const specOf = (object: KubeObject) => object["spec"] as PolicySpec;

/** Karmada: native objects go where policies that select them say, patched by override policies. */
function byKarmada(hub: readonly KubeObject[]): Carried[] {
  const selects = (policy: KubeObject, { apiVersion, kind, metadata }: KubeObject) =>
    specOf(policy).resourceSelectors.some(
      (one) =>
        one.apiVersion === apiVersion &&
        one.kind === kind &&
        one.name === metadata.name &&
        one.namespace === metadata.namespace,
    );
  const policies = hub.filter(({ kind }) => /^(Cluster)?PropagationPolicy$/.test(kind));
  const overrides = hub.filter(({ kind }) => /^(Cluster)?OverridePolicy$/.test(kind));
  return hub.flatMap((object) => {
    const [policy, ...more] = policies.filter((one) => selects(one, object));
    if (policy === undefined) return [];
    if (more.length > 0) throw new Error(`${objectKey(object)} is selected twice`);
    const clusters = specOf(policy).placement?.clusterAffinity.clusterNames ?? [];
    if (clusters.length === 0) throw new Error(`${objectKey(policy)} would go everywhere`);
    return clusters.map((member) => ({
      member,
      object: overrides
        .filter((one) => selects(one, object))
        .flatMap((one) => specOf(one).overrideRules ?? [])
        .filter(({ targetCluster }) => targetCluster.clusterNames.includes(member))
        .flatMap(({ overriders }) => overriders.plaintext)
        .reduce((whole, { path, operator, value }) => {
          const operation = { op: operator, path, ...(value === undefined ? {} : { value }) } as Operation;
          return patched(whole as unknown as Json, [operation]) as unknown as KubeObject;
        }, withoutMarks(object)),
    }));
  });
}

function withoutMarks({ metadata, ...rest }: KubeObject): KubeObject {
  const labels = Object.fromEntries(Object.entries(metadata.labels).filter(([key]) => !key.includes("karmada.io/")));
  return { ...rest, metadata: { ...metadata, labels } };
}

interface FederatedSpec {
  readonly template: Readonly<Record<string, Json>>;
  readonly placement: { readonly clusters: readonly { readonly name: string }[] };
  readonly overrides?: readonly { readonly clusterName: string; readonly clusterOverrides: readonly Operation[] }[];
}

/**
 * KubeFed (`pkg/controller/sync/resource.go`): the template without annotations, named after the carrying object, then
 * the member's overrides. In a namespace, only on members that have it.
 */
function byKubefed(hub: readonly KubeObject[]): Carried[] {
  const carrying = hub.filter(({ apiVersion }) => apiVersion === "types.kubefed.io/v1beta1");
  const spec = (object: KubeObject) => object["spec"] as FederatedSpec;
  const clusters = (object: KubeObject) => spec(object).placement.clusters.map(({ name }) => name);
  const types = new Map(
    hub.flatMap((object) => {
      if (object.kind !== "FederatedTypeConfig") return [];
      const { targetType, federatedType } = object["spec"] as Record<
        "targetType" | "federatedType",
        { readonly group?: string; readonly version: string; readonly kind: string; readonly scope: string }
      >;
      return [[federatedType.kind, targetType] as const];
    }),
  );
  const spaces = new Map(
    carrying.flatMap((one) => (one.kind === "FederatedNamespace" ? [[one.metadata.name, clusters(one)] as const] : [])),
  );
  return carrying.flatMap((object) => {
    const type = types.get(object.kind);
    if (type === undefined) throw new Error(`KubeFed knows no ${object.kind}`);
    const { name, namespace } = object.metadata;
    const namespaced = type.scope === "Namespaced";
    const { metadata: templateMetadata, ...fields } = spec(object).template;
    const { labels } = templateMetadata as unknown as KubeObject["metadata"];
    return clusters(object)
      .filter((member) => !namespaced || spaces.get(namespace ?? "")?.includes(member) === true)
      .map((member) => {
        const made: KubeObject = {
          apiVersion: type.group === undefined ? type.version : `${type.group}/${type.version}`,
          kind: type.kind,
          ...fields,
          metadata: { name, ...(namespaced && namespace !== undefined ? { namespace } : {}), labels },
        };
        const own = spec(object).overrides?.find(({ clusterName }) => clusterName === member)?.clusterOverrides ?? [];
        const paths = own.map(({ path }) => path);
        if (new Set(paths).size < paths.length) throw new Error(`${objectKey(object)}: a path twice for ${member}`);
        return { member, object: patched(made as unknown as Json, own) as unknown as KubeObject };
      });
  });
}
