import type { KubeObject } from "../../constructs/manifests";
import type { MultiClusterIngress } from "../model";
import { kubeObject } from "./kube-object";

/**
 * The Services behind the hosts that a site has, exported to the others (Multi-Cluster Services API, KEP-1645), for platforms
 * that carry it out. What is imported elsewhere these make themselves.
 */
export function serviceExports({ hosts }: MultiClusterIngress, site: string, network: string): KubeObject[] {
  const own = hosts.flatMap(({ backends }) => backends.filter((backend) => backend.site === site));
  const keys = new Map(own.map(({ namespace, service }) => [`${namespace}/${service}`, { namespace, name: service }]));
  return [...keys.values()].map((metadata) =>
    kubeObject(network, "multicluster.x-k8s.io/v1beta1", "ServiceExport", metadata, {}),
  );
}
