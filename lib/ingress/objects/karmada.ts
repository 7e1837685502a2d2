import type { KubeObject } from "../../constructs/manifests";
import type { IngressBackend, MultiClusterIngress } from "../model";
import { kubeObject } from "./kube-object";
import { sitesOfService, terminatedByNamespace } from "./terminated";

/**
 * Hosts whose TLS ends at the border, as Karmada's MultiClusterIngress (an Ingress by another name) with a
 * MultiClusterService for each Service behind it. Others are refused by `checkIngress(…, "karmada")`. It knows no weights,
 * and its only controller needs pod networks that reach each other.
 */
export function karmadaObjects(ingress: MultiClusterIngress, network: string): KubeObject[] {
  return terminatedByNamespace(ingress).flatMap(({ namespace, hosts, services }) => [
    ...services.map((backend) => service(ingress, backend, network)),
    kubeObject(
      network,
      "networking.karmada.io/v1alpha1",
      "MultiClusterIngress",
      { name: "gateway", namespace },
      {
        spec: {
          tls: hosts.map(({ name }) => ({ hosts: [name], secretName: `${name.replaceAll(".", "-")}-tls` })),
          rules: hosts.map(({ name, backends: [first] }) => ({
            host: name,
            http: {
              paths: [
                {
                  path: "/",
                  pathType: "Prefix",
                  backend: { service: { name: first?.service, port: { number: first?.port } } },
                },
              ],
            },
          })),
        },
      },
    ),
  ]);
}

/** Every site may call the Service of every site that has it. */
function service(ingress: MultiClusterIngress, backend: IngressBackend, network: string) {
  const { service: name, namespace, port } = backend;
  const named = (sites: readonly string[]) => sites.map((site) => ({ name: site }));
  return kubeObject(
    network,
    "networking.karmada.io/v1alpha1",
    "MultiClusterService",
    { name, namespace },
    {
      spec: {
        types: ["CrossCluster"],
        ports: [{ name: "https", port }],
        providerClusters: named(sitesOfService(ingress, backend)),
        consumerClusters: named([...new Set(ingress.gateways.map(({ site }) => site))]),
      },
    },
  );
}
