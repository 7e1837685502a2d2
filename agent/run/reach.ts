import { nodesHere } from "../../lib/fabric/border";
import type { ConsortiumOrganisation } from "../../lib/fabric/consortium";
import type { Reach } from "../fabric/reach";
import type { Pod } from "../kubernetes/objects";

/**
 * Own nodes on the own site are dialled by the addresses of their pods, as the names of pods that are not ready do not resolve, and
 * nodes become ready by what is done to them here. Those of others are dialled by name: they see to their own.
 */
export function ownReach(
  organisation: Pick<ConsortiumOrganisation, "peers" | "orderers">,
  site: string | undefined,
  pods: () => ReadonlyMap<string, Pod>,
): Reach {
  const { peers, orderers } = nodesHere(organisation, site);
  const own = new Set([...peers, ...orderers].map(({ host }) => host));
  return (node) => {
    if (!own.has(node.host)) return Promise.resolve(node.host);
    const pod = pods().get(node.pod);
    if (pod === undefined) return Promise.reject(new Error(`there is no pod ${node.pod}`));
    const address = pod.status?.podIP;
    if (address === undefined)
      return Promise.reject(new Error(`the pod ${node.pod} has no address yet: it is ${pod.status?.phase ?? "new"}`));
    return Promise.resolve(address);
  };
}
