/**
 * What each engine makes of manifests, as far as objects on members go. Written from the engines' sources (KubeFed v0.10.0
 * `pkg/controller/sync/resource.go`, `util/placement.go`, `util/planner`; Karmada v1.18.2 `overridemanager`, `selector.go`),
 * not from the converter: the converter is held against them.
 */
import type { Json } from "../../../lib/constructs/manifests";
import type { ManifestObject } from "../../../lib/federation/convert/manifest";
import { patched, type Operation } from "../../../lib/federation/patch";

/** A member, and the labels of its KubeFedCluster or Cluster. */
export interface ModelMember {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** `member: Kind/namespace/name` to the object there. */
export type Placed = ReadonlyMap<string, ManifestObject>;

interface Selector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
  }[];
}

function fits({ matchLabels = {}, matchExpressions = [] }: Selector, labels: ModelMember["labels"]): boolean {
  const has = (key: string) => Object.hasOwn(labels, key);
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      if (operator === "Exists") return has(key);
      if (operator === "DoesNotExist") return !has(key);
      const among = has(key) && values.includes(labels[key] ?? "");
      return operator === "In" ? among : !among;
    })
  );
}

const keyOf = (member: string, { kind, metadata: { name, namespace } }: ManifestObject): string =>
  `${member}: ${kind}/${namespace ?? ""}/${name}`;

const changed = (object: ManifestObject, operations: readonly Operation[]): ManifestObject =>
  patched(object as unknown as Json, operations) as unknown as ManifestObject;

interface FederatedSpec {
  readonly template?: Readonly<Record<string, unknown>> & { readonly metadata?: Readonly<Record<string, unknown>> };
  readonly placement?: {
    readonly clusters?: readonly { readonly name: string }[];
    readonly clusterSelector?: Selector;
  };
  readonly overrides?: readonly { readonly clusterName: string; readonly clusterOverrides?: readonly RawOverride[] }[];
}
interface RawOverride {
  readonly op?: string;
  readonly path: string;
  readonly value?: Json;
}
interface Preference {
  readonly totalReplicas: number;
  readonly intersectWithClusterSelector?: boolean;
  readonly clusters: Readonly<Record<string, { readonly weight?: number }>>;
}

/** Where KubeFed's controllers say that something failed, the object does not come. */
export interface KubeFedResult {
  readonly placed: Placed;
  /** `member: Kind/namespace/name` of objects whose overrides KubeFed cannot apply. */
  readonly failed: ReadonlySet<string>;
}

/** KubeFed, on members that have nothing yet. Replicas are divided without rounding and bounds. */
export function byKubeFed(
  manifests: readonly ManifestObject[],
  members: readonly ModelMember[],
  targets: Readonly<Record<string, string>> = {},
): KubeFedResult {
  const carrying = manifests.filter(({ apiVersion }) => apiVersion === "types.kubefed.io/v1beta1");
  const spec = ({ spec }: ManifestObject) => (spec ?? {}) as FederatedSpec;
  const selected = (object: ManifestObject): string[] => {
    const { clusters, clusterSelector } = spec(object).placement ?? {};
    return members
      .filter(({ name, labels }) =>
        clusters ? clusters.some((one) => one.name === name) : clusterSelector ? fits(clusterSelector, labels) : false,
      )
      .map(({ name }) => name);
  };
  const placed = new Map<string, ManifestObject>();
  const failed = new Set<string>();
  for (const object of carrying) {
    const kind = object.kind.replace("Federated", "");
    const { name, namespace } = object.metadata;
    const inNamespace = namespace !== undefined && kind !== "Namespace";
    const home = carrying.find((one) => one.kind === "FederatedNamespace" && one.metadata.name === namespace);
    const replicas = dividedByKubeFed(object, manifests, members);
    const { metadata = {}, ...content } = spec(object).template ?? {};
    const { labels } = metadata;
    for (const member of replicas === undefined ? selected(object) : [...replicas.keys()]) {
      if (inNamespace && (home === undefined || !selected(home).includes(member))) continue;
      const bare = {
        apiVersion: targets[kind] ?? "v1",
        ...content,
        kind,
        metadata: { name, ...(inNamespace ? { namespace } : {}), ...(labels === undefined ? {} : { labels }) },
      } as unknown as ManifestObject;
      const own = spec(object).overrides?.find(({ clusterName }) => clusterName === member)?.clusterOverrides ?? [];
      const all: RawOverride[] = own.filter(({ path }) => replicas === undefined || path !== "/spec/replicas");
      if (replicas !== undefined) all.push({ path: "/spec/replicas", value: replicas.get(member) ?? 0 });
      try {
        const operations = all.map((one) => ({ ...one, op: one.op || "replace" }) as Operation);
        placed.set(keyOf(member, bare), changed(bare, operations));
      } catch {
        failed.add(keyOf(member, bare));
      }
    }
  }
  return { placed, failed };
}

function dividedByKubeFed(
  object: ManifestObject,
  manifests: readonly ManifestObject[],
  members: readonly ModelMember[],
): ReadonlyMap<string, number> | undefined {
  const preference = manifests.find(
    ({ kind, metadata }) =>
      kind === "ReplicaSchedulingPreference" &&
      metadata.name === object.metadata.name &&
      metadata.namespace === object.metadata.namespace,
  );
  if (preference === undefined) return undefined;
  const { totalReplicas, clusters, intersectWithClusterSelector } = preference["spec"] as Preference;
  const selector = ((object["spec"] ?? {}) as FederatedSpec).placement?.clusterSelector ?? {};
  const ready = members.filter(({ labels }) => intersectWithClusterSelector !== true || fits(selector, labels));
  const weight = (name: string) => (clusters[name] ?? clusters["*"])?.weight ?? 0;
  const sum = ready.reduce((total, { name }) => total + weight(name), 0);
  return new Map(ready.map(({ name }) => [name, (totalReplicas * weight(name)) / sum]));
}

interface Affinity extends Record<string, unknown> {
  readonly clusterNames?: readonly string[];
  readonly labelSelector?: Selector;
  readonly exclude?: readonly string[];
}
interface PolicySpec {
  readonly resourceSelectors: readonly {
    readonly apiVersion: string;
    readonly kind: string;
    readonly namespace?: string;
    readonly name: string;
  }[];
  readonly placement?: {
    readonly clusterAffinity?: Affinity;
    readonly replicaScheduling?: {
      readonly weightPreference: {
        readonly staticWeightList: readonly { readonly targetCluster: Affinity; readonly weight: number }[];
      };
    };
  };
  readonly overrideRules?: readonly {
    readonly targetCluster: Affinity;
    readonly overriders: {
      readonly plaintext?: readonly { readonly path: string; readonly operator: string; readonly value?: Json }[];
      readonly annotationsOverrider?: readonly {
        readonly operator: string;
        readonly value: Readonly<Record<string, string>>;
      }[];
    };
  }[];
}

const matches = (
  { clusterNames = [], labelSelector, exclude = [] }: Affinity,
  { name, labels }: ModelMember,
): boolean =>
  !exclude.includes(name) &&
  (labelSelector === undefined || fits(labelSelector, labels)) &&
  (clusterNames.length === 0 || clusterNames.includes(name));

/** Karmada, on members that have nothing yet. Throws where an override leads nowhere: Karmada would say that all is well. */
export function byKarmada(objects: readonly ManifestObject[], members: readonly ModelMember[]): Placed {
  const spec = (policy: ManifestObject) => policy["spec"] as PolicySpec;
  const of = (kind: RegExp, { apiVersion, kind: own, metadata }: ManifestObject) =>
    objects.filter(
      (policy) =>
        kind.test(policy.kind) &&
        policy.metadata.namespace === metadata.namespace &&
        spec(policy).resourceSelectors.some(
          (one) =>
            one.apiVersion === apiVersion &&
            one.kind === own &&
            one.name === metadata.name &&
            one.namespace === metadata.namespace,
        ),
    );
  const placed = new Map<string, ManifestObject>();
  for (const object of objects.filter(({ apiVersion }) => !apiVersion.startsWith("policy.karmada.io/"))) {
    const [policy] = of(/PropagationPolicy$/, object);
    const auto =
      object.kind === "Namespace" && object.metadata.labels?.["namespace.karmada.io/skip-auto-propagation"] !== "true";
    const { clusterAffinity, replicaScheduling } = policy === undefined ? {} : (spec(policy).placement ?? {});
    const candidates = members.filter((member) => auto || (policy && matches(clusterAffinity ?? {}, member)));
    const weights = new Map(
      candidates.map((member) => {
        const rules = replicaScheduling?.weightPreference.staticWeightList ?? [];
        const fitting = rules.filter(({ targetCluster }) => matches(targetCluster, member));
        return [member.name, Math.max(0, ...fitting.map(({ weight }) => weight))];
      }),
    );
    const sum = [...weights.values()].reduce((total, weight) => total + weight, 0);
    for (const member of candidates) {
      const share = (weights.get(member.name) ?? 0) / sum;
      if (replicaScheduling !== undefined && share === 0) continue;
      const { replicas } = (object["spec"] ?? {}) as { readonly replicas?: number };
      const divided =
        replicaScheduling === undefined
          ? object
          : changed(object, [{ op: "replace", path: "/spec/replicas", value: (replicas ?? 0) * share }]);
      const overridden = of(/OverridePolicy$/, object)
        .flatMap((one) => spec(one).overrideRules ?? [])
        .filter(({ targetCluster }) => matches(targetCluster, member))
        .reduce(overriddenBy, divided);
      placed.set(keyOf(member.name, object), overridden);
    }
  }
  return placed;
}

type Rule = NonNullable<PolicySpec["overrideRules"]>[number];

function overriddenBy(object: ManifestObject, { overriders }: Rule): ManifestObject {
  const annotations = new Map(Object.entries(object.metadata.annotations ?? {}));
  for (const { operator, value } of overriders.annotationsOverrider ?? []) {
    for (const [key, text] of Object.entries(value)) {
      if (operator === "add") annotations.set(key, text);
      else annotations.delete(key);
    }
  }
  const whole =
    annotations.size === 0 && object.metadata.annotations === undefined
      ? object
      : { ...object, metadata: { ...object.metadata, annotations: Object.fromEntries(annotations) } };
  const operations = (overriders.plaintext ?? []).map(
    ({ operator, ...one }) => ({ ...one, op: operator }) as Operation,
  );
  return changed(whole, operations);
}
