import type { SiteManifests } from "../constructs/manifests";
import { failoverApi } from "../recovery/failover/kind";
import type { FailoverObject } from "../recovery/failover/object";
import type { Phase } from "../recovery/failover/record";
import type { ApiServer } from "./api-server";
import type { ObjectFinding } from "./findings";

/** In these the primary's side writes, and nothing of it was fenced. */
const quiet: readonly Phase[] = ["Protected", "Suspect"];

/**
 * Failovers of the network that are under way. A run would start the ordering nodes that were fenced, and their twins may
 * run: one identity twice, and a channel that forks (invariant I13; requirement R8). Drills work on a clone and stand in
 * nobody's way.
 *
 * @param desired Of the site; only failovers in its namespaces are the network's.
 */
export async function failoversUnderWay(
  api: ApiServer,
  desired: Pick<SiteManifests, "objects">,
): Promise<(ObjectFinding & { readonly object: string })[]> {
  const namespaces = new Set(
    desired.objects.flatMap(({ kind, metadata }) => (kind === "Namespace" ? metadata.name : [])),
  );
  const { status, body } = await api.get(`/apis/${failoverApi}/failovers`);
  // A cluster that does not know the kind has none.
  if (status === 404) return [];
  const declares = desired.objects.some(({ apiVersion, kind, spec }) => declaresFailovers(apiVersion, kind, spec));
  if (status !== 200) {
    return declares
      ? [
          {
            object: "Failover",
            found: `that failovers cannot be listed here (HTTP ${status})`,
            allowed: "to see whether one is under way: a run would start ordering nodes whose twins may run",
            fix: `let whoever runs this list failovers.${failoverApi.split("/")[0] ?? ""}`,
          },
        ]
      : [];
  }
  return (body as { readonly items: readonly FailoverObject[] }).items.flatMap(({ metadata, spec, status: is }) => {
    const { name, namespace = "" } = metadata;
    if (!namespaces.has(namespace) || spec.mode === "drill" || is === undefined || quiet.includes(is.phase)) return [];
    return [
      {
        object: `Failover/${namespace}/${name}`,
        found: `${is.phase}, epoch ${is.epoch}: ${spec.target} takes over from ${spec.primary.join(" and ")}`,
        allowed: `${quiet.join(" or ")}: a run would start ordering nodes that were fenced, and their twins may run`,
        fix: `see \`npx fabric-topologies failover status ${name} --namespace ${namespace}\`; lead back (failback, then switch), then run again`,
      },
    ];
  });
}

const declaresFailovers = (apiVersion: string, kind: string, spec: unknown): boolean =>
  kind === "CustomResourceDefinition" &&
  apiVersion.startsWith("apiextensions.k8s.io/") &&
  (spec as { readonly names?: { readonly kind?: string } } | undefined)?.names?.kind === "Failover";
