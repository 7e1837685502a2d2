import { createHash } from "node:crypto";
import { networkLabel, type Json, type KubeObject } from "../../constructs/manifests";
import { appliedId, type Applied, type Federation } from "../applied";
import { renderLocal } from "../direct";
import type { NonEmpty, Propagated, Propagation } from "../propagation";
import { hubNamespaceLabel, karmadaMembers } from "./members";

/** `policy.karmada.io/v1alpha1`, the fields that are said here. */
interface PolicySpec {
  readonly resourceSelectors: NonEmpty<ResourceSelector>;
  readonly placement: {
    readonly clusterAffinity: { readonly clusterNames: NonEmpty<string> };
    readonly clusterTolerations: readonly { readonly operator: "Exists" }[];
  };
  /** Override policies without which nothing is sent, so that no member ever gets the template as another one has it. */
  readonly dependentOverrides?: readonly string[];
  /** What stands on a member already is taken over: whether that is right, the members are asked beforehand. */
  readonly conflictResolution: "Overwrite";
  readonly preserveResourcesOnDeletion: boolean;
}

interface ResourceSelector {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}

/** Kinds whose objects stay on the members when they leave the host: deleting a namespace deletes the claims in it. */
const preserved: ReadonlySet<string> = new Set(["Namespace"]);

/**
 * What Karmada's control plane is given so that the members have their objects: the objects as they are, and policies that
 * say where they go and what is another there. Cluster-scoped ones take effect on the control plane as well. Namespaces
 * have to be there; admission policies judge the same objects there as on the members, and so speak where Pulumi hears it.
 */
export function renderKarmada(propagation: Propagation, federation: Federation): Applied[] {
  const { host, network } = federation;
  const registered = karmadaMembers(federation);
  const spaces = new Set(
    propagation.propagated.flatMap(({ key, template }) => (template.kind === "Namespace" ? key : [])),
  );
  const policies = new Map<string, [Propagated, ...Propagated[]]>();
  for (const object of propagation.propagated) {
    const group = [object.template.metadata.namespace, preserved.has(object.template.kind), ...object.placement].join(
      "/",
    );
    const others = policies.get(group);
    if (others === undefined) policies.set(group, [object]);
    else others.push(object);
  }
  const on = (object: KubeObject, after: readonly string[], brings: Applied["brings"] = []): Applied => ({
    cluster: host,
    object,
    brings,
    after,
  });
  const home = (namespace: string | undefined): string[] =>
    namespace !== undefined && spaces.has(`Namespace/${namespace}`) ? [`${host}:Namespace/${namespace}`] : [];

  const applied = [...policies.values()].flatMap((objects): Applied[] => {
    const [{ template, placement }] = objects;
    const { namespace } = template.metadata;
    const ready = placement.flatMap((member) => registered.ready(member));
    const policy = on(policyOf(network, objects), [...home(namespace), ...ready]);
    return [
      policy,
      ...objects.flatMap((object): Applied[] => {
        const override = overrideOf(object);
        const overriding = override === undefined ? [] : [on(override, home(namespace))];
        return [
          ...overriding,
          on(
            hubObject(object.template),
            [appliedId(policy), ...overriding.map(appliedId), ...home(namespace)],
            object.placement.map((member) => ({ member, key: object.key })),
          ),
        ];
      }),
    ];
  });
  return [...registered.applied, ...renderLocal(propagation), ...applied];
}

/** The object on the control plane. Karmada would take every namespace to every member, but for ones with this label. */
function hubObject(template: KubeObject): KubeObject {
  if (template.kind !== "Namespace") return template;
  const { metadata } = template;
  return { ...template, metadata: { ...metadata, labels: { ...metadata.labels, ...hubNamespaceLabel } } };
}

function policyOf(network: string, objects: NonEmpty<Propagated>): KubeObject {
  const [{ template, placement }] = objects;
  const { namespace } = template.metadata;
  const keep = preserved.has(template.kind);
  const selectors = objects.map((object) => selectorOf(object.template));
  const overrides = objects.flatMap((object) => (object.overrides.length === 0 ? [] : overrideName(object)));
  const spec: PolicySpec = {
    resourceSelectors: selectors as unknown as NonEmpty<ResourceSelector>,
    placement: {
      clusterAffinity: { clusterNames: placement },
      // A member that is ill is marked with taints, and Karmada moves what does not bear them. No node is ever moved: its
      // keys and its ledger stay behind, and the old copy may still run.
      clusterTolerations: [{ operator: "Exists" }],
    },
    ...(overrides.length === 0 ? {} : { dependentOverrides: overrides }),
    conflictResolution: "Overwrite",
    preserveResourcesOnDeletion: keep,
  };
  const name = `${network}-${keep ? "kept" : "on"}-${short(placement.join("-"))}`;
  return {
    apiVersion: "policy.karmada.io/v1alpha1",
    kind: namespace === undefined ? "ClusterPropagationPolicy" : "PropagationPolicy",
    metadata: { name, ...(namespace === undefined ? {} : { namespace }), labels: ownLabels(template) },
    spec,
  };
}

const overrideName = ({ template: { kind, metadata } }: Pick<Propagated, "template">): string =>
  short(`${kind.toLowerCase()}-${metadata.name}`);

function overrideOf({ template, overrides }: Propagated): KubeObject | undefined {
  if (overrides.length === 0) return undefined;
  const { namespace } = template.metadata;
  return {
    apiVersion: "policy.karmada.io/v1alpha1",
    kind: namespace === undefined ? "ClusterOverridePolicy" : "OverridePolicy",
    metadata: {
      name: overrideName({ template }),
      ...(namespace === undefined ? {} : { namespace }),
      labels: ownLabels(template),
    },
    spec: {
      resourceSelectors: [selectorOf(template)],
      overrideRules: overrides.map(({ member, operations }) => ({
        targetCluster: { clusterNames: [member] },
        overriders: {
          plaintext: operations.map((one): Json => ({
            path: one.path,
            operator: one.op,
            ...(one.op === "remove" ? {} : { value: one.value }),
          })),
        },
      })),
    },
  };
}

function selectorOf({ apiVersion, kind, metadata: { namespace, name } }: KubeObject): ResourceSelector {
  return { apiVersion, kind, ...(namespace === undefined ? {} : { namespace }), name };
}

/** By the network's label a policy is found again, and known as the network's. */
function ownLabels({ metadata: { labels } }: KubeObject): Record<string, string> {
  const network = labels[networkLabel];
  return network === undefined ? {} : { [networkLabel]: network };
}

/** A text that fits a name, and is still another one for another text. */
function short(text: string, most = 63): string {
  if (text.length <= most) return text;
  const digest = createHash("sha256").update(text).digest("hex").slice(0, 8);
  return `${text.slice(0, most - 9).replace(/[^a-z0-9]+$/, "")}-${digest}`;
}
