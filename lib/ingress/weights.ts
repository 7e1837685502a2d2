import type { KubeObject } from "../constructs/manifests";
import { networkLabel } from "../constructs/manifests";
import { gatewayNamespaceName } from "../spec/names";
import type { Network } from "../spec/network";
import { podPlace, type GatewayRenderer } from "./gateway";
import { weightsOf, type MultiClusterIngress, type Weights } from "./model";

/** Name of the ConfigMap by which weights change while gateways run. It is equal on all sites. */
export const weightsName = "gateway-weights";

/** The weights as people and `shift` read them, beside what the gateways read. */
const weightsKey = "weights.json";

/** Everything in the gateways that follows from the weights: rewriting this one object moves traffic. */
export function weightsConfigMap(
  network: Pick<Network, "name">,
  ingress: MultiClusterIngress,
  renderer: GatewayRenderer,
): KubeObject {
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: {
      name: weightsName,
      namespace: gatewayNamespaceName(network),
      labels: { "app.kubernetes.io/part-of": network.name, [networkLabel]: network.name },
    },
    data: {
      [weightsKey]: `${JSON.stringify(weightsOf(ingress), undefined, 2)}\n`,
      ...Object.assign({}, ...ingress.gateways.map(({ site }) => renderer.weights(ingress, site, podPlace))),
    },
  };
}

/**
 * The weights in a ConfigMap of {@link weightsConfigMap}.
 * @throws Error where it holds none: somebody else wrote it.
 */
export function readWeights(data: Readonly<Record<string, string>> | undefined): Weights {
  const text = data?.[weightsKey];
  if (text === undefined) throw new Error(`ConfigMap ${weightsName} has no ${weightsKey}`);
  return JSON.parse(text) as Weights;
}
