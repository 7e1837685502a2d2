import { KubeResourceQuota, Quantity } from "cdk8s-plus-28/lib/imports/k8s";
import { Construct } from "constructs";
import type { PlacedNode } from "../placement/node";
import { namespaceName } from "../spec/names";
import type { Network, Organisation } from "../spec/network";
import { organisationLabels } from "./labels";

/**
 * How many nodes an organisation may have on a site: as many as the placement puts there. Whoever brings objects to
 * clusters, or copies them from one to another by hand, cannot make a second copy of a node where it has no home
 * (Kubernetes, "Resource Quotas", object counts).
 */
export class NodeQuota extends Construct {
  constructor(
    scope: Construct,
    id: string,
    network: Network,
    organisation: Organisation,
    nodes: readonly PlacedNode[],
  ) {
    super(scope, id);
    new KubeResourceQuota(this, "nodes", {
      metadata: {
        namespace: namespaceName(network, organisation),
        name: "nodes",
        labels: organisationLabels(network, organisation),
      },
      spec: { hard: { "count/statefulsets.apps": Quantity.fromNumber(nodes.length) } },
    });
  }
}
