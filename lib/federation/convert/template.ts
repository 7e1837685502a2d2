import type { Path } from "../../spec/problem";
import { ownNote, templateAnnotations, texts } from "./annotations";
import type { Target } from "./kinds";
import { isMapping, type Manifest, type ManifestObject, type Texts } from "./manifest";
import type { Notebook } from "./notebook";

/** What a federated object carries, as an object of its own. */
export interface Carried {
  /** As KubeFed would make it before overrides: without annotations and finalizers. */
  readonly bare: ManifestObject;
  readonly annotations: Texts;
}

/** Kinds that mean something to the API server on which they stand, and by which the engine itself works. */
const counted: Readonly<Record<string, string>> = {
  ClusterRole: "its rights can be bound there too",
  ClusterRoleBinding: "it grants its rights there too",
  Role: "its rights can be bound there too",
  RoleBinding: "it grants its rights there too",
  ResourceQuota: "it refuses objects of the namespace there, as no controller fills in its status",
  LimitRange: "it changes pods that are made there",
  ValidatingAdmissionPolicy: "it judges objects there too",
  ValidatingAdmissionPolicyBinding: "it judges objects there too",
  ValidatingWebhookConfiguration: "it is called for objects there too",
  MutatingWebhookConfiguration: "it is called for objects there too",
  CustomResourceDefinition: "its kind exists there too",
};

/** Annotations by which controllers of the member make something outside: load balancers, DNS records, certificates. */
const effective =
  /^(service\.beta\.kubernetes\.io|cloud\.google\.com|networking\.gke\.io|external-dns\.|alb\.ingress\.|nginx\.ingress\.|cert-manager\.io|service\.kubernetes\.io)/;

/** The template of a federated object as an object; what Karmada treats otherwise goes into the notebook. */
export function carriedBy(
  manifest: Manifest,
  target: Target,
  template: unknown,
  notebook: Notebook,
): Carried | undefined {
  const at: Path = ["spec", "template"];
  if (template !== undefined && template !== null && !isMapping(template)) {
    notebook.refuse(manifest, {
      path: at,
      found: "a template that is no mapping",
      allowed: `what a ${target.kind} holds: metadata, spec, data …`,
      fix: "Write the object's fields below template:.",
    });
    return undefined;
  }
  const { metadata, status, apiVersion, kind, ...content } = isMapping(template) ? template : {};
  const inner = isMapping(metadata) ? metadata : {};
  const labels = texts(inner["labels"] ?? {});
  if (labels === undefined || texts(inner["annotations"] ?? {}) === undefined) {
    const part = labels === undefined ? "labels" : "annotations";
    notebook.refuse(manifest, {
      path: [...at, "metadata", part],
      found: `${part} that are no texts`,
      allowed: "a mapping from names to texts",
      fix: "Put numbers and true or false into quotes.",
    });
    return undefined;
  }
  const named = tellIdentity(manifest, { inner, kind, status }, notebook);
  const annotations = templateAnnotations(manifest);
  tellAnnotations(manifest, annotations, notebook);
  tellContent(manifest, target, content, notebook);
  const bare = {
    apiVersion: typeof apiVersion === "string" && apiVersion !== "" ? apiVersion : target.apiVersion,
    kind: target.kind,
    metadata: {
      ...named,
      ...(Object.keys(withoutManaged(labels)).length === 0 ? {} : { labels: withoutManaged(labels) }),
    },
    ...withoutAddress(target, content),
  };
  return { bare, annotations };
}

/** KubeFed's own mark on what it made. */
const withoutManaged = (labels: Texts): Texts =>
  Object.fromEntries(Object.entries(labels).filter(([key]) => key !== "kubefed.io/managed"));

interface Identity {
  readonly inner: Readonly<Record<string, unknown>>;
  readonly kind: unknown;
  readonly status: unknown;
}

/** A template's name, namespace and kind are those of the federated object, whatever it says. */
function tellIdentity(
  manifest: Manifest,
  { inner, status }: Identity,
  notebook: Notebook,
): { name: string; namespace?: string } {
  const at: Path = ["spec", "template"];
  const { name, namespace } = manifest.value.metadata;
  const isNamespace = manifest.value.kind === "FederatedNamespace";
  for (const [field, own] of [
    ["name", name],
    ["namespace", namespace],
  ] as const) {
    if (inner[field] === undefined || inner[field] === own) continue;
    notebook.tell(manifest, [...at, "metadata", field], {
      subject: "content",
      weight: "same",
      kubefed: `the template's ${field} counts for nothing; the federated object's does`,
      karmada: `the object has the federated object's ${field}`,
    });
  }
  if (Array.isArray(inner["finalizers"]) && inner["finalizers"].length > 0) {
    notebook.tell(manifest, [...at, "metadata", "finalizers"], {
      subject: "content",
      weight: "same",
      kubefed: "finalizers in a template are dropped (FinalizersNotSupported)",
      karmada: "left out: Karmada would drop them on members, and could never delete the object on its own side",
    });
  }
  if (status !== undefined) {
    notebook.tell(manifest, [...at, "status"], {
      subject: "content",
      weight: "same",
      kubefed: "a status in a template has no effect",
      karmada: "left out",
    });
  }
  return { name, ...(namespace === undefined || isNamespace ? {} : { namespace }) };
}

function tellAnnotations(manifest: Manifest, annotations: Texts, notebook: Notebook): void {
  const keys = Object.keys(annotations);
  if (keys.length === 0) return;
  const outside = keys.filter((key) => effective.test(key));
  notebook.tell(manifest, ["spec", "template", "metadata", "annotations"], {
    subject: "annotations",
    weight: outside.length > 0 ? "todo" : "changed",
    kubefed: `annotations in a template are dropped (AnnotationsNotSupported): ${keys.join(", ")}`,
    karmada: "they are kept, and now take effect on the members",
    ...(outside.length > 0
      ? { remedy: `decide whether you want what they do: ${outside.join(", ")}; take them away if not` }
      : {}),
  });
}

function tellContent(
  manifest: Manifest,
  target: Target,
  content: Readonly<Record<string, unknown>>,
  notebook: Notebook,
): void {
  const at: Path = ["spec", "template"];
  const spec = isMapping(content["spec"]) ? content["spec"] : {};
  const why = counted[target.kind];
  if (why !== undefined) {
    notebook.tell(manifest, at, {
      subject: "content",
      weight: "todo",
      kubefed: "the object exists on the members only",
      karmada: `it stands on Karmada's API server as well: ${why}`,
      remedy: "check that nobody there may do more, or less, by it",
    });
  }
  if (target.kind === "Service" && fixedAddress(spec)) {
    notebook.tell(manifest, [...at, "spec", "clusterIP"], {
      subject: "content",
      weight: "lost",
      kubefed: "every member gets the Service with this address",
      karmada: "left out: Karmada lets every member choose one",
    });
  }
  if (target.kind === "Job" && spec["ttlSecondsAfterFinished"] !== undefined) {
    notebook.tell(manifest, [...at, "spec", "ttlSecondsAfterFinished"], {
      subject: "content",
      weight: "changed",
      kubefed: "every member removes the finished Job after that time, and KubeFed makes it again",
      karmada: "Karmada takes the field out for members, and removes the Job everywhere when it has finished",
      remedy: "enable the controller ttl-after-finished in Karmada's kube-controller-manager",
    });
  }
}

const fixedAddress = (spec: Readonly<Record<string, unknown>>): boolean =>
  spec["clusterIP"] !== undefined && spec["clusterIP"] !== "None" && spec["clusterIP"] !== "";

function withoutAddress(
  { kind }: Target,
  content: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const { spec } = content;
  if (kind !== "Service" || !isMapping(spec) || !fixedAddress(spec)) return content;
  return { ...content, spec: Object.fromEntries(Object.entries(spec).filter(([key]) => !/^clusterIPs?$/.test(key))) };
}

/** Annotations of the federated object itself that say something: not kubectl's, and none of KubeFed's. */
export function ownAnnotations({ value }: Manifest): Texts {
  const entries = Object.entries(value.metadata.annotations ?? {});
  return Object.fromEntries(entries.filter(([key]) => key !== ownNote && !key.startsWith("kubefed.io/")));
}
