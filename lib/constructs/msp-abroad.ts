import { KubeConfigMap } from "cdk8s-plus-28/lib/imports/k8s";
import { Construct } from "constructs";
import { identityObjects, namespaceName } from "../spec/names";
import type { Network, Organisation } from "../spec/network";
import { organisationLabels } from "./labels";
import { publishedOn } from "./manifests";

/**
 * ConfigMap `msp-abroad`: what an organisation's authorities publish on other sites. It names those sites; their certificates
 * are born there, so it is filled when it is deployed (lib/deploy/federation), and empty in every preview.
 */
export class MspAbroad extends Construct {
  constructor(scope: Construct, id: string, network: Network, organisation: Organisation, sites: readonly string[]) {
    super(scope, id);
    new KubeConfigMap(this, "certificates", {
      metadata: {
        namespace: namespaceName(network, organisation),
        name: identityObjects.mspAbroad,
        labels: organisationLabels(network, organisation),
        annotations: { [publishedOn]: sites.join(",") },
      },
    });
  }
}
