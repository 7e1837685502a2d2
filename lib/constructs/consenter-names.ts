import { KubeService } from "cdk8s-plus-28/lib/imports/k8s";
import { Construct } from "constructs";
import type { PlacedOrderer } from "../placement/node";
import { borderServiceName, consenterServiceName, gatewayNamespaceName, headlessServiceName } from "../spec/names";
import type { Network } from "../spec/network";
import type { Site } from "../spec/settings";
import { organisationLabels } from "./labels";

/**
 * On one site the names by which an organisation's consenters are dialled by others: what is at home here is the pod itself,
 * what is elsewhere the site's own gateway, which passes connections on and refuses at once those to a site that is lost.
 * As names and not as lists in the nodes' own files, since those would restart all of them with each new consenter.
 */
export class ConsenterNames extends Construct {
  constructor(scope: Construct, id: string, network: Network, site: Site, orderers: readonly PlacedOrderer[]) {
    super(scope, id);
    const border = `${borderServiceName}.${gatewayNamespaceName(network)}`;
    for (const node of orderers) {
      const { pod, namespace, organisation } = node;
      const service = node.site === site.name ? `${pod}.${headlessServiceName.orderer}.${namespace}` : border;
      new KubeService(this, pod, {
        metadata: { namespace, name: consenterServiceName(node), labels: organisationLabels(network, organisation) },
        spec: { type: "ExternalName", externalName: `${service}.svc.${site.clusterDomain}` },
      });
    }
  }
}
