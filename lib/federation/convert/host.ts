import { coreGroup, definitionOf, federatedGroup, type Target } from "./kinds";
import { titleOf, type Manifest, type ManifestObject } from "./manifest";
import type { Notebook } from "./notebook";

/** What of the files is no federated object: what stays on the host, and what Karmada needs as well. */
export interface Remaining {
  readonly host: readonly ManifestObject[];
  readonly definitions: readonly ManifestObject[];
}

/** Objects that KubeFed's controllers write for themselves, or that nothing has read since v0.7.0. */
const ownGroups = new RegExp(
  `^(${coreGroup.replaceAll(".", "\\.")}|multiclusterdns\\.kubefed\\.io|scheduling\\.kubefed\\.io)/`,
);

/** Sorts the objects that are not federated; {@link Remaining.host} is as it was written. */
export function remainingOf(
  manifests: readonly Manifest[],
  targets: ReadonlyMap<string, Target>,
  converted: readonly ManifestObject[],
  notebook: Notebook,
): Remaining {
  const host: ManifestObject[] = [];
  const definitions: ManifestObject[] = [];
  const made = new Set(converted.map(identity));
  for (const manifest of manifests) {
    const definition = definitionOf(manifest);
    if (ownGroups.test(manifest.value.apiVersion)) tellOwn(manifest, notebook);
    else if (definition !== undefined && isKubeFeds(definition.group)) {
      notebook.tell(manifest, ["spec"], {
        subject: "types",
        weight: "same",
        kubefed: `the CRD of ${definition.kind}`,
        karmada: "left out",
      });
    } else if (definition !== undefined && carried(definition.kind, targets)) {
      host.push(manifest.value);
      definitions.push(manifest.value);
    } else if (made.has(identity(manifest.value))) meets(manifest, notebook);
    else host.push(manifest.value);
  }
  return { host, definitions };
}

const isKubeFeds = (group: string): boolean => group === federatedGroup || group.endsWith("kubefed.io");

const carried = (kind: string, targets: ReadonlyMap<string, Target>): boolean =>
  [...targets.values()].some((target) => target.kind === kind);

/** Two objects with the same identity are the same object on one API server. */
export const identity = ({ apiVersion, kind, metadata: { name, namespace } }: ManifestObject): string =>
  `${apiVersion.includes("/") ? (apiVersion.split("/")[0] ?? "") : ""}/${kind}/${namespace ?? ""}/${name}`;

function tellOwn(manifest: Manifest, notebook: Notebook): void {
  const dns = manifest.value.apiVersion.startsWith("multiclusterdns.");
  notebook.tell(manifest, ["kind"], {
    subject: "types",
    weight: dns ? "todo" : "same",
    kubefed: dns ? "nothing has read this since v0.7.0" : "written by the controllers for themselves",
    karmada: "left out",
    ...(dns ? { remedy: "have names registered by external-dns (DNSEndpoint) or by your DNS provider" } : {}),
  });
}

/** On the host both could stand side by side; on Karmada's API server the template and this would be one. */
function meets(manifest: Manifest, notebook: Notebook): void {
  if (manifest.value.kind === "Namespace") {
    notebook.tell(manifest, ["metadata"], {
      subject: "namespaces",
      weight: "same",
      kubefed: "the host's own namespace, whose labels stay on the host",
      karmada:
        "the namespace on Karmada's API server is what members get, so it has the FederatedNamespace's labels only",
    });
    return;
  }
  notebook.refuse(manifest, {
    path: ["metadata", "name"],
    found: `${titleOf(manifest.value)} beside a federated object of the same name`,
    allowed: "one of the two: on Karmada's API server they would be one object",
    fix: "If it runs on the host itself, keep it apart and apply it to the host; else take it away.",
  });
}

/** What is said of each object that stays. */
export function tellHost(host: ReadonlySet<ManifestObject>, manifests: readonly Manifest[], notebook: Notebook): void {
  for (const manifest of manifests.filter(({ value }) => host.has(value))) {
    notebook.tell(manifest, ["kind"], {
      subject: "host",
      weight: "same",
      kubefed: "an object of the host's own",
      karmada:
        "written to host/ as it is: Karmada's API server runs nothing, so apply it to the host, or wherever it is to run",
    });
  }
}
