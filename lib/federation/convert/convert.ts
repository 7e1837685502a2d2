import type { Problem } from "../../spec/problem";
import type { SourceDocument } from "../../spec/source/document";
import { federatedGroup, isTypeConfig, targetsOf, type Target } from "./kinds";
import { identity, remainingOf, tellHost } from "./host";
import { titleOf, type Manifest, type ManifestObject } from "./manifest";
import { isMember, membersIn } from "./members";
import {
  asNamespace,
  fitsNamespace,
  hubNamespace,
  isFederatedNamespace,
  namespacesIn,
  type Namespaces,
} from "./namespaces";
import { Notebook, type Change } from "./notebook";
import { propagatedOf, type Surroundings } from "./federated";
import { policiesOf, type Propagated } from "./policies";
import { manifestsIn } from "./reading";
import { isPreference, preferencesIn, type Preferences } from "./replicas";
import { isSettings, settingsIn, type KubeFedSettings } from "./settings";

/** What came of KubeFed's manifests. */
export interface Conversion {
  /** Everything for which there is no right conversion; where there is any, nothing may be written. */
  readonly problems: readonly Problem[];
  readonly changes: readonly Change[];
  readonly karmada: KarmadaObjects;
  /** Objects that were no concern of KubeFed's, as they were. */
  readonly host: readonly ManifestObject[];
}

/** What Karmada's API server is given, in the order in which it should have it. */
export interface KarmadaObjects {
  /** Clusters, their credentials, and definitions of custom kinds. */
  readonly members: readonly ManifestObject[];
  /** Namespaces, and other objects that belong to none; each behind its policies. */
  readonly cluster: readonly ManifestObject[];
  /** By namespace, each object behind its policies. */
  readonly namespaced: ReadonlyMap<string, readonly ManifestObject[]>;
}

/** KubeFed's manifests as Karmada's, with everything that means something else afterwards. */
export function toKarmada(documents: readonly SourceDocument[]): Conversion {
  const notebook = new Notebook();
  const manifests = distinct(manifestsIn(documents, notebook), notebook);
  const federated = manifests.filter(isFederated);
  const targets = targetsOf(manifests, notebook);
  const context: Context = {
    targets,
    settings: settingsIn(manifests, notebook),
    namespaces: namespacesIn(federated, notebook),
    preferences: preferencesIn(manifests, notebook),
    members: membersIn(manifests, notebook),
  };
  const propagated = federated.flatMap((manifest) => one(manifest, context, notebook));
  const objects = propagated.map(({ object }) => object);
  const handled = (manifest: Manifest): boolean =>
    [isFederated, isTypeConfig, isMember, isPreference, isSettings].some((is) => is(manifest)) ||
    context.members.secrets.has(manifest);
  const others = manifests.filter((manifest) => !handled(manifest));
  const { host, definitions } = remainingOf(others, targets, objects, notebook);
  tellHost(new Set(host), others, notebook);
  return {
    problems: notebook.problems,
    changes: notebook.changes,
    karmada: arranged([...context.members.objects, ...definitions], propagated),
    host,
  };
}

interface Context {
  readonly targets: ReadonlyMap<string, Target>;
  readonly settings: KubeFedSettings;
  readonly namespaces: Namespaces;
  readonly preferences: ReadonlyMap<string, Preferences>;
  readonly members: ReturnType<typeof membersIn>;
}

const isFederated = ({ value: { apiVersion } }: Manifest): boolean => apiVersion.startsWith(`${federatedGroup}/`);

function one(manifest: Manifest, context: Context, notebook: Notebook): Propagated[] {
  const target = targetOf(manifest, context.targets, notebook);
  if (target === undefined) return [];
  const { kind, metadata } = manifest.value;
  const { namespaces, settings, members } = context;
  const inNamespace = target.namespaced || isFederatedNamespace(manifest);
  if (inNamespace && !fitsNamespace(manifest, namespaces, settings.oneNamespace, notebook)) return [];
  const namespace = target.namespaced ? namespaces.get(metadata.namespace ?? "") : undefined;
  const preferences = context.preferences.get(`${kind}/${metadata.namespace ?? ""}/${metadata.name}`);
  // A namespace whose own placement was refused says nothing more about what is in it.
  const around: Surroundings = {
    target,
    members: members.names,
    ...(namespace === undefined ? {} : { namespace }),
    ...(preferences === undefined ? {} : { preferences }),
  };
  if (isFederatedNamespace(manifest) && namespaces.get(metadata.name) === undefined) return [];
  const propagated = propagatedOf(manifest, around, notebook);
  if (propagated === undefined) return [];
  return [isFederatedNamespace(manifest) ? asNamespace(manifest, propagated, notebook) : propagated];
}

function targetOf(manifest: Manifest, targets: ReadonlyMap<string, Target>, notebook: Notebook): Target | undefined {
  const { apiVersion, kind } = manifest.value;
  const target = targets.get(kind);
  if (target !== undefined && apiVersion === `${federatedGroup}/v1beta1`)
    return refusedByKarmada(manifest, target, notebook);
  notebook.refuse(manifest, {
    path: [target === undefined ? "kind" : "apiVersion"],
    found: target === undefined ? `the federated kind ${kind}, which nothing here tells` : apiVersion,
    allowed:
      target === undefined ? "a kind of Kubernetes, or one with a FederatedTypeConfig" : `${federatedGroup}/v1beta1`,
    fix:
      target === undefined
        ? `Convert the FederatedTypeConfig of ${kind} together with it.`
        : "Update the manifest to KubeFed 0.10.",
  });
  return undefined;
}

/** Objects that every member makes itself, which Karmada therefore does not propagate. */
function refusedByKarmada(manifest: Manifest, target: Target, notebook: Notebook): Target | undefined {
  if (target.kind !== "ConfigMap" || manifest.value.metadata.name !== "kube-root-ca.crt") return target;
  notebook.refuse(manifest, {
    path: ["metadata", "name"],
    found: "the ConfigMap kube-root-ca.crt",
    allowed: "ConfigMaps that members do not make themselves",
    fix: "Take it out of the files, or give it another name.",
  });
  return undefined;
}

/** The same object twice is a mistake: which of the two would count? */
function distinct(manifests: readonly Manifest[], notebook: Notebook): Manifest[] {
  const seen = new Map<string, Manifest>();
  return manifests.filter((manifest) => {
    const key = identity(manifest.value);
    const first = seen.get(key);
    if (first === undefined) {
      seen.set(key, manifest);
      return true;
    }
    notebook.refuse(manifest, {
      path: ["metadata", "name"],
      found: `${titleOf(manifest.value)} a second time`,
      allowed: `each object once; the first is in ${first.file}:${first.place(["metadata", "name"], "value").line}`,
      fix: "Keep one of the two.",
    });
    return false;
  });
}

function arranged(members: readonly ManifestObject[], propagated: readonly Propagated[]): KarmadaObjects {
  const cluster: ManifestObject[] = [];
  const namespaced = new Map<string, ManifestObject[]>();
  for (const one of propagated) {
    const objects = [...policiesOf(one), one.object];
    const { namespace } = one.object.metadata;
    if (namespace === undefined) cluster.push(...objects);
    else namespaced.set(namespace, [...(namespaced.get(namespace) ?? []), ...objects]);
  }
  const spaces = new Set(cluster.filter(({ kind }) => kind === "Namespace").map(({ metadata }) => metadata.name));
  const missing = [...namespaced.keys()].filter((name) => !spaces.has(name) && name !== "default");
  return { members, cluster: [...missing.map(hubNamespace), ...cluster], namespaced };
}
