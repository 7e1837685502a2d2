import type { V1Node, V1Pod } from "@kubernetes/client-node";
import { networkLabel } from "../lib/constructs/manifests";
import type { SiteAccess } from "../lib/deploy/site-access";
import { roleNames } from "../lib/explain/rows";
import { claimsOf } from "../lib/explain/text";
import type { PlacedNode, Placement } from "../lib/placement/node";
import { CommandError } from "./errors";
import { siteError } from "./network/refusals";

/** A pod of the network as it is now, beside what the placement says of it. */
export interface LivePod {
  readonly pod: string;
  readonly role: string;
  readonly organisation: string;
  readonly ready: boolean;
  /** Zone of the node that it runs on; absent while it is not scheduled, or where the node tells none. */
  readonly zone?: string;
  /** Zone that the placement gave it. */
  readonly placed: string;
  readonly volumes: readonly string[];
}

/**
 * What a site's cluster runs of a placement, pod by pod, in the order of the placement.
 * @throws CommandError where the cluster does not answer, does not know us, or does not show pods and nodes
 */
export async function livePods(site: SiteAccess, placement: Placement): Promise<LivePod[]> {
  // What speaks to clusters takes a while to load, which no other command and no help text should wait for.
  const { reach } = await import("../lib/deploy/reach");
  const reached = await reach(site, 5000);
  if ("found" in reached) throw siteError(site.name, reached);
  const list = async <T>(path: string): Promise<T[]> => {
    const { status, body } = await reached.api.get(path);
    if (status === 200) return (body as { items: T[] }).items;
    const { message } = body as { message?: string };
    throw new CommandError(
      `site ${site.name}: found ${message ?? `HTTP ${status} from ${path}`}`,
      "use credentials that may list pods and nodes",
    );
  };
  try {
    const selector = encodeURIComponent(`${networkLabel}=${placement.network.name}`);
    const [pods, nodes] = await Promise.all([
      list<V1Pod>(`/api/v1/pods?labelSelector=${selector}`),
      list<V1Node>("/api/v1/nodes"),
    ]);
    return placement.nodes.filter((node) => node.site === site.name).map((node) => beside(node, pods, nodes));
  } finally {
    reached.api.close();
  }
}

function beside(node: PlacedNode, pods: readonly V1Pod[], nodes: readonly V1Node[]): LivePod {
  const live = pods.find(({ metadata }) => metadata?.name === node.pod && metadata.namespace === node.namespace);
  const machine = nodes.find(({ metadata }) => metadata?.name === live?.spec?.nodeName);
  const zone = machine?.metadata?.labels?.["topology.kubernetes.io/zone"];
  return {
    pod: node.pod,
    role: roleNames[node.role],
    organisation: node.organisation.name,
    ready: live !== undefined && isReady(live),
    ...(zone === undefined ? {} : { zone }),
    placed: node.zone,
    volumes: claimsOf(node),
  };
}

/** Whether every pod is ready, and where the placement said. */
export function isAsPlaced(pods: readonly LivePod[]): boolean {
  return pods.every(({ ready, zone, placed }) => ready && zone === placed);
}

function isReady(pod: V1Pod): boolean {
  return pod.status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false;
}
