import type { KubeObject } from "../../constructs/manifests";
import type { IngressBackend, MultiClusterIngress } from "../model";
import { kubeObject } from "./kube-object";
import { sitesOfService, terminatedByNamespace } from "./terminated";

/** What GKE has to know beside the model. */
export interface Gke {
  readonly network: string;
  /** GKE's own names of the sites: `<region or zone>/<cluster>`. */
  readonly links: Readonly<Record<string, string>>;
  /** Labels of the pods behind a Service; GKE makes Services of its own from them. */
  readonly selector: (backend: IngressBackend) => Readonly<Record<string, string>>;
}

/**
 * Hosts whose TLS ends at GKE's load balancer, as MultiClusterIngress, MultiClusterService and BackendConfig. Others are
 * refused by `checkIngress(…, "gke")`: its load balancer ends TLS, so no client certificate would reach a node. It knows no
 * weights: whoever is nearest and well takes a request.
 */
export function gkeObjects(ingress: MultiClusterIngress, gke: Gke): KubeObject[] {
  return terminatedByNamespace(ingress).flatMap(({ namespace, hosts, services }) => [
    ...services.flatMap((backend) => [backendConfig(ingress, backend, gke), service(ingress, backend, gke)]),
    kubeObject(
      gke.network,
      "networking.gke.io/v1",
      "MultiClusterIngress",
      { name: "gateway", namespace },
      {
        spec: {
          template: {
            spec: {
              // The API wants a default; a host that nobody named gets what the first one has.
              backend: backendRef(hosts[0]?.backends[0]),
              rules: hosts.map(({ name, backends }) => ({
                host: name,
                http: { paths: [{ backend: backendRef(backends[0]) }] },
              })),
            },
          },
        },
      },
    ),
  ]);
}

function backendRef(backend: IngressBackend | undefined) {
  return { serviceName: backend?.service, servicePort: backend?.port };
}

function service(ingress: MultiClusterIngress, backend: IngressBackend, gke: Gke) {
  const { service: name, namespace, port } = backend;
  const clusters = sitesOfService(ingress, backend).flatMap((site) =>
    gke.links[site] === undefined ? [] : [{ link: gke.links[site] }],
  );
  return kubeObject(
    gke.network,
    "networking.gke.io/v1",
    "MultiClusterService",
    {
      name,
      namespace,
      annotations: {
        "beta.cloud.google.com/backend-config": JSON.stringify({ default: name }),
        "networking.gke.io/app-protocols": JSON.stringify({ https: "HTTPS" }),
      },
    },
    {
      spec: {
        template: {
          spec: {
            selector: gke.selector(backend),
            ports: [{ name: "https", protocol: "TCP", port, targetPort: port }],
          },
        },
        clusters,
      },
    },
  );
}

function backendConfig(
  { health }: MultiClusterIngress,
  { service: name, namespace, port, healthPort }: IngressBackend,
  { network }: Gke,
) {
  return kubeObject(
    network,
    "cloud.google.com/v1",
    "BackendConfig",
    { name, namespace },
    {
      spec: {
        healthCheck: {
          type: "HTTPS",
          requestPath: "/healthz",
          port: healthPort ?? port,
          checkIntervalSec: Math.max(1, Math.round(health.interval)),
          timeoutSec: Math.max(1, Math.round(health.timeout)),
          unhealthyThreshold: health.failures,
          healthyThreshold: health.successes,
        },
      },
    },
  );
}
