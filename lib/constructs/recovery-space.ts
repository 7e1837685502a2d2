import { orderPolicy } from "../recovery/failover/admission";
import { failoverKind } from "../recovery/failover/kind";
import { recoveryNamespaceName } from "../spec/names";
import type { Network } from "../spec/network";
import { networkLabels } from "./labels";
import { objectKey, type KubeObject, type SiteManifests } from "./manifests";
import { restrictedNamespace } from "./pod-security";

/** Where failovers are declared and decided: the kind and a namespace for them, at the witness and at the remote center. */
function recoverySpace(network: Network): KubeObject[] {
  const labels = networkLabels(network);
  const namespace = recoveryNamespaceName(network);
  return [
    { ...failoverKind, metadata: { ...failoverKind.metadata, labels } },
    {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: namespace, labels: { ...labels, ...restrictedNamespace } },
    },
    ...orderPolicy(`${network.name}-failover-orders`, namespace, labels),
  ];
}

/** A site with what failovers need there. Only they wait for it. */
export function withRecoverySpace(site: SiteManifests, network: Network): SiteManifests {
  return { ...site, objects: [...recoverySpace(network), ...site.objects] };
}

/** The witness: it decides and carries no node, so that a lost city takes nothing of it along. */
export function witnessSite(site: string, network: Network): SiteManifests {
  const objects = recoverySpace(network);
  return { site, objects, dependencies: new Map(objects.map((object) => [objectKey(object), []])) };
}
