import { objectKey, type KubeObject, type SiteManifests } from "../../constructs/manifests";
import type { Applied } from "../../federation/applied";
import type { Engine } from "../../federation/render";
import { fieldAt } from "../fields";
import type { ClusterFinding } from "../findings";
import type { RecordedObject } from "../recorded";

/**
 * Another engine than that of the last run. The new one would take over what stands on the members, and Pulumi would then
 * have the old one delete it.
 *
 * @param host undefined where no engine stands in between
 */
export function changedEngine(
  recorded: readonly RecordedObject[],
  engine: Engine,
  host: string,
  members: readonly string[],
): ClusterFinding[] {
  const on = (site: string) => recorded.filter((one) => one.site === site);
  const carried = /^(StatefulSet|Deployment|ConfigMap|Service|ServiceAccount|Role|RoleBinding|NetworkPolicy)\//;
  const before: Engine | undefined = on(host).some(({ key }) => key.startsWith("Federated"))
    ? "kubefed"
    : on(host).some(({ key }) => key.startsWith("PropagationPolicy/"))
      ? "karmada"
      : members.some((member) => on(member).some(({ key }) => carried.test(key) && !isJoin(key)))
        ? "direct"
        : undefined;
  if (before === undefined || before === engine) return [];
  return [
    {
      site: host,
      found: `the engine ${engine} for what the last run brought to the members by ${before}: what the one takes over the other would delete`,
      allowed: `${before}, while the network stands`,
      fix: `set \`federation.engine: ${before}\` again; or \`pulumi destroy\` first (ledgers stay), then \`pulumi up\` with ${engine}`,
    },
  ];
}

const isJoin = (key: string): boolean => /\/(kube-federation-system|karmada-cluster)\//.test(key);

/**
 * Nodes that stand on another member than the one that is their home: a node that moves is there twice for a while, and
 * leaves its ledger and its keys behind.
 *
 * @param standing members that have the StatefulSet of a key
 */
export function movedNodes(
  sites: readonly SiteManifests[],
  standing: (key: string) => readonly string[],
): ClusterFinding[] {
  return sites.flatMap(({ site, objects }) =>
    objects.flatMap((object): ClusterFinding[] => {
      if (object.kind !== "StatefulSet") return [];
      const key = objectKey(object);
      const others = standing(key).filter(
        (member) =>
          member !== site &&
          !sites.some((one) => one.site === member && one.objects.some((two) => objectKey(two) === key)),
      );
      return others.map((other) => ({
        site,
        object: key,
        found: `a node that runs on ${other}, where its keys and its ledger are`,
        allowed: `${other}: a node does not move between sites, as it would run twice under one identity`,
        fix: `keep it on ${other} (\`pods\` of its zone in the settings); or remove it there in one run, and add a node on ${site} in the next`,
      }));
    }),
  );
}

/**
 * Members that a namespace would leave while KubeFed still reaches them: it deletes the namespace there, and with it the
 * claims, whatever is said of orphans.
 *
 * @param live the carrying objects of namespaces as the host has them, by key
 * @param registered members that KubeFed knows
 */
export function narrowedNamespaces(
  applied: readonly Applied[],
  live: ReadonlyMap<string, unknown>,
  registered: ReadonlySet<string>,
  host: string,
): ClusterFinding[] {
  return applied.flatMap(({ object }): ClusterFinding[] => {
    if (object.kind !== "FederatedNamespace") return [];
    const stays = new Set(clustersOf(object));
    const left = clustersOf(live.get(objectKey(object))).filter((name) => !stays.has(name) && registered.has(name));
    return left.map((member) => ({
      site: host,
      object: objectKey(object),
      found: `that the namespace ${object.metadata.name} would leave ${member}: KubeFed would delete it there, with the claims and ledgers in it`,
      allowed: `members that KubeFed does not know any more`,
      fix: `unregister the member first: \`kubectl delete kubefedcluster ${member} -n kube-federation-system\` on the host (nothing on ${member} is touched), then \`pulumi refresh --yes\`, then \`pulumi up\``,
    }));
  });
}

function clustersOf(object: unknown): string[] {
  const clusters = fieldAt(object, ["spec", "placement", "clusters"]);
  return (Array.isArray(clusters) ? clusters : []).flatMap((one) => {
    const name = fieldAt(one, ["name"]);
    return typeof name === "string" ? [name] : [];
  });
}

/**
 * What the state holds of StatefulSets, whichever engine carries them, as if all stood on one site: a node has one home, so
 * that its key is enough.
 */
export function recordedNodes(recorded: readonly RecordedObject[], site: string): RecordedObject[] {
  return recorded.flatMap((one) => {
    const key = one.key.replace(/^Federated(?=StatefulSet\/)/, "");
    return key.startsWith("StatefulSet/") ? [{ ...one, site, key }] : [];
  });
}

/** All objects of all sites, as if they stood on one. */
export function allNodes(sites: readonly SiteManifests[]): Pick<SiteManifests, "objects"> {
  return {
    objects: sites.flatMap(({ objects }) => objects.filter((object: KubeObject) => object.kind === "StatefulSet")),
  };
}
