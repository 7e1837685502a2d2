import { labelKeys } from "../constructs/labels";
import { dormantLabel, objectKey, type SiteManifests } from "../constructs/manifests";
import { fieldAt } from "./fields";
import type { ClusterFinding } from "./findings";
import type { RecordedObject } from "./recorded";

interface OrderingNodes {
  readonly site: string;
  /** The StatefulSet. */
  readonly key: string;
  readonly organisation: string;
  /** Nodes that run. */
  readonly from: number;
  /** Nodes that are wanted; 0 where the StatefulSet goes. */
  readonly to: number;
}

/**
 * Ordering nodes that a run would remove. Nothing here knows the consenters of the running channels, so every node that
 * runs may be one. One fewer leaves their majority; with more a channel may stop for good, as the change of its consenters
 * that would mend it needs that majority itself (Fabric: "Raft", reconfiguration; etcd/raft, one change at a time).
 *
 * @param running pods of a StatefulSet as the cluster has it
 */
export function removedConsenters(
  recorded: readonly RecordedObject[],
  sites: readonly { readonly name: string; readonly manifests: Pick<SiteManifests, "objects"> }[],
  running: (site: string, key: string) => number | undefined,
): { readonly findings: readonly ClusterFinding[]; readonly warnings: readonly string[] } {
  const desired = sites.flatMap(({ name: site, manifests }) =>
    manifests.objects.flatMap((object): OrderingNodes[] => {
      if (object.kind !== "StatefulSet" || !isOrderer(object.metadata.labels)) return [];
      const key = objectKey(object);
      const replicas = fieldAt(object, ["spec", "replicas"]);
      const to = typeof replicas === "number" ? replicas : 1;
      const from = running(site, key) ?? recorded.find((one) => one.site === site && one.key === key)?.replicas ?? 0;
      return [{ site, key, organisation: organisationOf(object.metadata.labels), from, to }];
    }),
  );
  const leaving = recorded.flatMap(({ site, key, labels, replicas }): OrderingNodes[] =>
    key.startsWith("StatefulSet/") &&
    isOrderer(labels) &&
    !desired.some((other) => other.site === site && other.key === key)
      ? [{ site, key, organisation: organisationOf(labels), from: replicas ?? 1, to: 0 }]
      : [],
  );

  const all = [...desired, ...leaving].sort((a, b) => a.key.localeCompare(b.key));
  const fewer = all.filter(({ from, to }) => to < from);
  const removed = fewer.flatMap(podsRemoved);
  const kept = all.reduce((sum, { from, to }) => sum + Math.min(from, to), 0);
  const [first] = fewer;
  if (first === undefined) return { findings: [], warnings: [] };
  if (removed.length === 1 && kept > 0) {
    return {
      findings: [],
      warnings: [
        `the ordering node ${removed.join()} is removed: take it out of the channels' consenters before, not after`,
      ],
    };
  }
  const back = fewer.map(({ organisation, from }) => `the organisation ${organisation} to ${count(from)}`).join(", ");
  const end = desired.length === 0 ? "; to end the whole network: `pulumi destroy` (ledgers stay)" : "";
  return {
    warnings: [],
    findings: [
      {
        site: first.site,
        object: first.key,
        found: `${count(removed.length)} that would be removed in one run: ${removed.join(", ")}`,
        allowed:
          "one at a time: channels whose consenters lose their majority take no more transactions, and cannot be mended",
        fix: `set ${back} again; then one at a time: first take the node out of the channels' consenters, then remove it here${end}`,
      },
    ],
  };
}

/** A dormant twin has its node's name and no say in how many nodes run: a restore starts it, and no run stops it. */
const isOrderer = (labels: Readonly<Record<string, string>>): boolean =>
  labels[labelKeys.role] === "orderer" && labels[dormantLabel] === undefined;
const organisationOf = (labels: Readonly<Record<string, string>>): string => labels[labelKeys.organisation] ?? "?";
const count = (nodes: number): string => (nodes === 1 ? "1 ordering node" : `${nodes} ordering nodes`);

/** `<namespace>/<pod>`; a StatefulSet removes its highest ordinals first. */
function podsRemoved({ key, from, to }: OrderingNodes): string[] {
  const set = key.slice(key.indexOf("/") + 1);
  return Array.from({ length: from - to }, (_, index) => `${set}-${to + index}`);
}
