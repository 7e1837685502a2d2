import { fieldAt } from "../../deploy/fields";
import { canonicalJson, type Json } from "../../fabric/channel/json";

type Inputs = Readonly<Record<string, unknown>>;

/** By the name and the namespace an object is found: with others it is another object. */
const identity = ["metadata.name", "metadata.namespace"] as const;

/** Where a volume is from. */
const volumeSources = [
  ..."awsElasticBlockStore azureDisk azureFile cephfs cinder csi fc flexVolume flocker gcePersistentDisk".split(" "),
  ..."glusterfs hostPath iscsi local nfs photonPersistentDisk portworxVolume quobyte rbd scaleIO".split(" "),
  ..."storageos vsphereVolume".split(" "),
].map((source) => `spec.${source}`);

const statefulSet = ["podManagementPolicy", "revisionHistoryLimit", "selector", "serviceName", "volumeClaimTemplates"];

/**
 * Fields whose change makes Pulumi's Kubernetes provider (4.25, provider/diff.go, `forceNew`) plan a replacement, by type
 * token. Bare Pods, of which almost every field is one, are left out: no network has them. There are fields that the API
 * server does not let change either, such as a StorageClass' `reclaimPolicy`: these are no replacement, but a failure of
 * the run.
 */
const forceNew: Readonly<Record<string, readonly string[]>> = {
  "apps/v1:DaemonSet": ["spec.selector"],
  "apps/v1:Deployment": ["spec.selector"],
  "apps/v1:StatefulSet": statefulSet.map((field) => `spec.${field}`),
  "batch/v1:Job": ["spec.completions", "spec.parallelism", "spec.selector", "spec.template"],
  "core/v1:PersistentVolume": volumeSources,
  "core/v1:PersistentVolumeClaim": ["spec.accessModes", "spec.selector", "spec.storageClassName", "spec.volumeName"],
  "core/v1:ResourceQuota": ["spec.scopes"],
  "core/v1:Secret": ["type"],
  "core/v1:Service": ["spec.clusterIP"],
  "rbac.authorization.k8s.io/v1:ClusterRoleBinding": ["roleRef"],
  "rbac.authorization.k8s.io/v1:RoleBinding": ["roleRef"],
  "storage.k8s.io/v1:StorageClass": ["parameters", "provisioner"],
};

/** Our providers let the data of these change in place (lib/deploy/site.ts), but for objects that say `immutable: true`. */
const frozen: Readonly<Record<string, readonly string[]>> = {
  "core/v1:ConfigMap": ["binaryData", "data"],
  "core/v1:Secret": ["data", "stringData", "type"],
};

const ofKubernetes = "kubernetes:";

/**
 * The fields whose change makes the engine replace a resource, deepest name that the provider knows (`spec.selector`, not
 * `spec.selector.matchLabels.app`), sorted; none where it is updated in place, or unchanged.
 *
 * As the provider, it compares what the program says, not what the API server makes of it: a default that is written down
 * is a change, too. Masked values are equal to it. For resources of other packages it knows nothing and gives nothing.
 *
 * What follows from the replacement of another resource is not in it: where a provider is replaced, so are all of its
 * resources. Nor is what only the cluster can tell: a Job that has not come to its good end is made anew by every run.
 *
 * @param type type token, such as `kubernetes:apps/v1:StatefulSet`
 * @param ignoreChanges of the resource as it is to be: whole fields that the engine passes over
 */
export function replacementOf(
  type: string,
  before: Inputs,
  after: Inputs,
  ignoreChanges: readonly string[] = [],
): readonly string[] {
  const ignored = (path: string) => ignoreChanges.some((one) => path === one || path.startsWith(`${one}.`));
  return rulesFor(type, before, after)
    .filter((path) => !ignored(path) && differs(fieldAt(before, path.split(".")), fieldAt(after, path.split("."))))
    .sort();
}

function rulesFor(type: string, before: Inputs, after: Inputs): readonly string[] {
  if (type === "pulumi:providers:kubernetes") return providerRules(before, after);
  // A Helm release is no object of a cluster.
  if (!type.startsWith(ofKubernetes) || type.startsWith("kubernetes:helm.sh/")) return [];
  const kind = type.slice(ofKubernetes.length);
  const fixed = after["immutable"] === true ? frozen[kind] : undefined;
  return [...identity, ...(fixed ?? forceNew[kind] ?? [])];
}

/**
 * By its identifier the provider knows a cluster again (provider.go, `DiffConfig`): while that stays, nothing else replaces
 * it, and to give it one at all, or to take it away, does not by itself.
 */
function providerRules(before: Inputs, after: Inputs): readonly string[] {
  const [from, to] = [before["clusterIdentifier"], after["clusterIdentifier"]];
  return from === undefined || to === undefined || from === to ? [] : ["clusterIdentifier"];
}

/** An absent field and one of no value are the same to the provider. */
function differs(before: unknown, after: unknown): boolean {
  return text(before) !== text(after);
}

function text(value: unknown): string {
  return canonicalJson((value ?? null) as Json);
}
