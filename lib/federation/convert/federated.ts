import { z } from "zod";
import type { Path } from "../../spec/problem";
import type { AnnotationChange } from "./annotations";
import type { Target } from "./kinds";
import { isMapping, type Manifest, type ManifestObject, type Texts } from "./manifest";
import type { Notebook } from "./notebook";
import { overridesBy, overridesSchema, type MemberOverrides } from "./overrides";
import { both, chosenBy, chosenText, placementSchema, withoutNulls, type Chosen } from "./placement";
import type { Propagated } from "./policies";
import { dividedBy, withReplicas, type Preferences } from "./replicas";
import { carriedBy, ownAnnotations, type Carried } from "./template";

const specSchema = z.strictObject({
  template: z.unknown().optional(),
  placement: z.unknown().optional(),
  overrides: overridesSchema.optional(),
  retainReplicas: z.boolean("true or false").optional(),
});

/** What the rest of the files says about a federated object. */
export interface Surroundings {
  readonly target: Target;
  /** Where the FederatedNamespace lets the namespace be; absent for what has no namespace. */
  readonly namespace?: Chosen;
  readonly preferences?: Preferences;
  /** Names of the KubeFedClusters among the files; empty where there are none. */
  readonly members: readonly string[];
}

/** Reads where an object goes by its own placement; undefined, with the reason noted, where that is nowhere. */
export function chosenFor(manifest: Manifest, notebook: Notebook): Chosen | undefined {
  const spec = withoutNulls(manifest.value["spec"]);
  const written = isMapping(spec) ? (spec["placement"] ?? {}) : {};
  const placement = notebook.read(manifest, ["spec", "placement"], withoutNulls(written), placementSchema);
  if (placement === undefined) return undefined;
  const chosen = chosenBy(placement);
  if (!("nowhere" in chosen)) return chosen;
  notebook.refuse(manifest, {
    path: ["spec", "placement"],
    found: chosen.nowhere,
    allowed: "names of clusters or a clusterSelector: KubeFed puts this nowhere, and Karmada would put it everywhere",
    fix: "Say where it belongs, or take the object out of the files.",
  });
  return undefined;
}

/** A federated object as Karmada has it; undefined, with everything that is wrong in the notebook, where it cannot be. */
export function propagatedOf(manifest: Manifest, around: Surroundings, notebook: Notebook): Propagated | undefined {
  const { target, preferences } = around;
  const spec = notebook.read(manifest, ["spec"], withoutNulls(manifest.value["spec"] ?? {}), specSchema);
  if (!target.propagated) {
    notebook.refuse(manifest, {
      path: ["kind"],
      found: `a kind whose FederatedTypeConfig says propagation: Disabled`,
      allowed: "a kind that is propagated: KubeFed puts this nowhere",
      fix: "Enable the type, or take the object out of the files.",
    });
    return undefined;
  }
  const carried = carriedBy(manifest, target, spec?.template, notebook);
  const divided = preferences && dividedBy(preferences, clusterSelector(manifest), notebook);
  const own = preferences === undefined ? chosenFor(manifest, notebook) : divided?.chosen;
  const chosen = own && within(manifest, own, around, notebook);
  if (spec === undefined || carried === undefined) return undefined;
  const overridden = { manifest, bare: bareWith(carried, divided?.total), scheduled: preferences !== undefined };
  const overrides = overridesBy(spec.overrides ?? [], overridden, notebook);
  if (chosen === undefined || (preferences !== undefined && divided === undefined)) return undefined;
  tellIdle(manifest, spec.overrides ?? [], chosen, notebook);
  const everywhereAlike = alike(chosen, overrides);
  const retained = spec.retainReplicas === true ? retaining(manifest, target, notebook) : {};
  return {
    object: withMetadata(overridden.bare, retained, {
      ...carried.annotations,
      ...(everywhereAlike === undefined ? {} : everywhereAlike),
    }),
    chosen,
    overrides: everywhereAlike === undefined ? overrides : overrides.map((member) => ({ ...member, annotations: [] })),
    ...(divided === undefined ? {} : { division: divided.division }),
    orphaned: orphaned(manifest, notebook),
    labels: ownLabels(manifest, notebook),
    annotations: ownAnnotations(manifest),
  };
}

const bareWith = ({ bare }: Carried, total: number | undefined): ManifestObject =>
  total === undefined ? bare : withReplicas(bare, total);

function clusterSelector(manifest: Manifest) {
  const spec = manifest.value["spec"];
  const placement = isMapping(spec) ? withoutNulls(spec["placement"] ?? {}) : {};
  return placementSchema.safeParse(placement).data?.clusterSelector;
}

/** An object goes no further than its namespace, nor to clusters that nobody declared. */
function within(
  manifest: Manifest,
  own: Chosen,
  { namespace, members }: Surroundings,
  notebook: Notebook,
): Chosen | undefined {
  const at: Path = ["spec", "placement"];
  const chosen = namespace === undefined ? own : both(own, namespace);
  if (chosen === undefined) {
    notebook.refuse(manifest, {
      path: at,
      found: `a placement on ${chosenText(own)}, while its namespace is on ${chosenText(namespace ?? own)}`,
      allowed: "at least one cluster of both: KubeFed puts this nowhere",
      fix: "Add the cluster to the FederatedNamespace, or correct the placement.",
    });
    return undefined;
  }
  if (JSON.stringify(chosen) !== JSON.stringify(own)) {
    notebook.tell(manifest, at, {
      subject: "placement",
      weight: "same",
      kubefed: `placed on ${chosenText(own)}, of which only ${chosenText(chosen)} has its namespace`,
      karmada: `placed on ${chosenText(chosen)}; a wider namespace does not widen it any more`,
    });
  }
  const unknown = members.length === 0 ? [] : (chosen.names ?? []).filter((name) => !members.includes(name));
  if (unknown.length > 0) {
    notebook.tell(manifest, at, {
      subject: "placement",
      weight: "changed",
      kubefed: `${unknown.join(", ")} is no KubeFedCluster of these files, and so passed over`,
      karmada:
        "passed over until a Cluster of that name joins; where it is the only one, the scheduler says NoClusterFit",
    });
  }
  return chosen;
}

function tellIdle(
  manifest: Manifest,
  overrides: z.output<typeof overridesSchema>,
  { names }: Chosen,
  notebook: Notebook,
): void {
  overrides.forEach(({ clusterName }, index) => {
    if (names === undefined || names.includes(clusterName)) return;
    notebook.tell(manifest, ["spec", "overrides", index], {
      subject: "overrides",
      weight: "same",
      kubefed: `${clusterName} is overridden, where the object is not placed: that does nothing`,
      karmada: "the rule is kept, and does nothing either",
    });
  });
}

/** Annotations that every member gets alike, as one map: they are the object's own then. */
function alike({ names }: Chosen, overrides: readonly MemberOverrides[]): Texts | undefined {
  const changes = (names ?? []).map((name) => overrides.find(({ cluster }) => cluster === name)?.annotations ?? []);
  const [first] = changes;
  const [map, ...more] = first ?? [];
  if (map === undefined || more.length > 0 || !map.whole || map.operator !== "add") return undefined;
  const same = (other: readonly AnnotationChange[]): boolean =>
    JSON.stringify(sorted(other)) === JSON.stringify(sorted(first ?? []));
  const placed = overrides.every(
    ({ cluster, annotations }) => annotations.length === 0 || names?.includes(cluster) === true,
  );
  return placed && changes.every(same) ? map.value : undefined;
}

const sorted = (changes: readonly AnnotationChange[]) =>
  changes.map(({ value, ...change }) => [change.operator, change.whole, Object.entries(value).sort()]);

function withMetadata(object: ManifestObject, labels: Texts, annotations: Texts): ManifestObject {
  const all = { ...object.metadata.labels, ...labels };
  return {
    ...object,
    metadata: {
      ...object.metadata,
      ...(Object.keys(all).length === 0 ? {} : { labels: all }),
      ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
    },
  };
}

function retaining(manifest: Manifest, { kind }: Target, notebook: Notebook): Texts {
  const heeded = kind === "Deployment";
  notebook.tell(manifest, ["spec", "retainReplicas"], {
    subject: "replicas",
    weight: heeded ? "same" : "lost",
    kubefed: "the member's own number of replicas is kept (retainReplicas)",
    karmada: heeded
      ? "the label resourcetemplate.karmada.io/retain-replicas says the same; members get the label, too"
      : `Karmada heeds its label for Deployments only, and sets the template's number on a ${kind}`,
    ...(heeded ? {} : { remedy: "write a ResourceInterpreterCustomization with a retention script for the kind" }),
  });
  return { "resourcetemplate.karmada.io/retain-replicas": "true" };
}

function orphaned(manifest: Manifest, notebook: Notebook): boolean {
  if (manifest.value.metadata.annotations?.["kubefed.io/orphan"] !== "true") return false;
  notebook.tell(manifest, ["metadata", "annotations", "kubefed.io/orphan"], {
    subject: "deletion",
    weight: "same",
    kubefed: "members keep the object when the federated one is deleted (kubefed.io/orphan)",
    karmada: "preserveResourcesOnDeletion: they keep it when the object on Karmada's API server is deleted",
  });
  return true;
}

function ownLabels(manifest: Manifest, notebook: Notebook): Texts {
  const { labels = {} } = manifest.value.metadata;
  if (Object.keys(labels).length > 0) {
    notebook.tell(manifest, ["metadata", "labels"], {
      subject: "content",
      weight: "same",
      kubefed: "labels of the federated object itself stay on the host",
      karmada: "its policies have them: on the object itself members would get them",
    });
  }
  return labels;
}
