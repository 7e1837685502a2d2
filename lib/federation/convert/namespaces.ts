import { chosenFor } from "./federated";
import type { Manifest, ManifestObject } from "./manifest";
import type { Notebook } from "./notebook";
import { chosenText, type Chosen } from "./placement";
import type { Propagated } from "./policies";

/** A namespace with it goes only where a policy says: Karmada would have it on every member. */
const onlyWherePlaced = { "namespace.karmada.io/skip-auto-propagation": "true" };

/** Namespaces whose content Karmada never sends to a member (`--skipped-propagating-namespaces`, and its own). */
const reserved = /^(kube-.*|karmada-system|karmada-cluster|karmada-es-.*)$/;

/** Whether an object says where a namespace goes. */
export const isFederatedNamespace = ({ value: { kind } }: Manifest): boolean => kind === "FederatedNamespace";

/** Where each namespace may be. A namespace that is wrong itself is `undefined`: nothing more is said about its content. */
export type Namespaces = ReadonlyMap<string, Chosen | undefined>;

/** Reads the placements of FederatedNamespaces. */
export function namespacesIn(manifests: readonly Manifest[], notebook: Notebook): Namespaces {
  const namespaces = new Map<string, Chosen | undefined>();
  for (const manifest of manifests.filter(isFederatedNamespace)) {
    const { name, namespace } = manifest.value.metadata;
    if (namespace !== name) {
      notebook.refuse(manifest, {
        path: ["metadata", "namespace"],
        found: `the FederatedNamespace ${name} in namespace ${namespace ?? "default"}`,
        allowed: "one in the namespace of its own name: KubeFed heeds no other",
        fix: `Write namespace: ${name}.`,
      });
    }
    namespaces.set(name, chosenFor(manifest, notebook));
  }
  return namespaces;
}

/** Refuses what is in a namespace that Karmada does not touch, or that no FederatedNamespace lets go anywhere. */
export function fitsNamespace(
  manifest: Manifest,
  namespaces: Namespaces,
  oneNamespace: boolean,
  notebook: Notebook,
): boolean {
  const { namespace } = manifest.value.metadata;
  const refuse = (found: string, allowed: string, fix: string): false => {
    notebook.refuse(manifest, { path: ["metadata", "namespace"], found, allowed, fix });
    return false;
  };
  if (namespace === undefined) {
    return refuse("no namespace", "a namespace: kubectl's default is not known here", "Write metadata.namespace.");
  }
  if (reserved.test(namespace)) {
    return refuse(
      `the namespace ${namespace}`,
      "any but kube-… and Karmada's own, from which Karmada propagates nothing",
      "Move the object into another namespace.",
    );
  }
  if (oneNamespace || namespaces.has(namespace) || isFederatedNamespace(manifest)) return true;
  return refuse(
    `the namespace ${namespace}, of which no FederatedNamespace is among the files`,
    "a namespace with a FederatedNamespace: without one KubeFed puts this nowhere",
    `Convert the file with FederatedNamespace ${namespace} together with this one.`,
  );
}

/** The object of a namespace with the label by which Karmada leaves its placement to the policy. */
export function asNamespace(manifest: Manifest, propagated: Propagated, notebook: Notebook): Propagated {
  const { object, chosen } = propagated;
  notebook.tell(manifest, ["spec", "placement"], {
    subject: "namespaces",
    weight: "same",
    kubefed: `the namespace is on ${chosenText(chosen)}`,
    karmada: `it is on ${chosenText(chosen)}: ${
      chosen.names === undefined && chosen.selectors.length === 0
        ? "a policy of its own says so, for members that join later, too"
        : "a label keeps Karmada from having it on every member, and a policy of its own places it"
    }`,
  });
  const labels = { ...object.metadata.labels, ...onlyWherePlaced };
  return { ...propagated, object: { ...object, metadata: { ...object.metadata, labels } } };
}

/** A namespace of the host that is not federated, for the objects that stand in it. */
export function hubNamespace(name: string): ManifestObject {
  return { apiVersion: "v1", kind: "Namespace", metadata: { name, labels: onlyWherePlaced } };
}
