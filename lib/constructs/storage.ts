import { KubeStorageClass } from "cdk8s-plus-28/lib/imports/k8s";
import { Construct } from "constructs";
import { claimedFirst, claimedFirstClassName, nameOfZone, storageClassName } from "../spec/names";
import type { Network } from "../spec/network";
import type { Site, Zone } from "../spec/settings";
import { networkLabels } from "./labels";

/** The StorageClass whose volumes live in one zone: the settings' own, or the one that {@link ZonalStorage} makes. */
export function storageClassOf(network: Pick<Network, "name">, zone: Pick<Zone, "name" | "storageClass">): string {
  return zone.storageClass ?? storageClassName(network, zone);
}

/**
 * Volumes that know their zone. A pod follows its volume, so a claim bound to a zone puts pod and ledger there for ever,
 * which affinity, spreading and ordered starts do not (docs/decisions/claims-first.md).
 *
 * Volumes outlive their claims (`Retain`) and can grow.
 */
export class ZonalStorage extends Construct {
  constructor(scope: Construct, id: string, network: Network, site: Site) {
    super(scope, id);
    const { storage } = site;
    for (const zone of site.zones) {
      if (zone.storageClass !== undefined || storage === undefined) continue;
      new KubeStorageClass(this, nameOfZone(zone), {
        metadata: { name: storageClassName(network, zone), labels: networkLabels(network) },
        provisioner: storage.provisioner,
        parameters: storage.parameters,
        reclaimPolicy: "Retain",
        allowVolumeExpansion: true,
        volumeBindingMode: "WaitForFirstConsumer",
        allowedTopologies: [{ matchLabelExpressions: [{ key: storage.zoneLabel, values: [zone.name] }] }],
      });
    }
    // A claim that a StatefulSet makes by itself (somebody scaled by hand, or deleted a claim) must not land in an
    // arbitrary zone: it stays pending, and says why.
    new KubeStorageClass(this, claimedFirst, {
      metadata: { name: claimedFirstClassName(network), labels: networkLabels(network) },
      provisioner: "kubernetes.io/no-provisioner",
      reclaimPolicy: "Retain",
      volumeBindingMode: "WaitForFirstConsumer",
    });
  }
}
