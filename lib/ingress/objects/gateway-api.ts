import { isIP } from "node:net";
import { networkLabel, type KubeObject } from "../../constructs/manifests";
import { ports } from "../../fabric/ports";
import { addressesOf, othersOf } from "../gateway";
import type { IngressBackend, IngressHost, MultiClusterIngress } from "../model";
import { kubeObject, nameOf } from "./kube-object";

/**
 * A site's gateway as objects of the Gateway API 1.5 and later (TLSRoute v1), for a controller that is there already.
 *
 * Other sites are reached by Envoy Gateway's `Backend`, at the port where their gateways pass on to their own site only, so
 * that nothing goes in circles. A site without weight is a `fallback`. Two things the gateways of our own can do and these
 * objects cannot say: connections of a TLSRoute have no greatest age, so live streams stay where they are when weights
 * change; and one policy holds one kind of health check for local and remote backends, so it is whether they take
 * connections.
 */
export interface GatewayApi {
  readonly network: string;
  /** Namespace of the gateway. */
  readonly namespace: string;
  /** Who carries it out, such as `eg`. */
  readonly className: string;
  /** Services of all sites come as ServiceImports; the platform then chooses the site, not the weights. */
  readonly imports?: boolean;
}

const group = "gateway.networking.k8s.io";
const envoyGroup = "gateway.envoyproxy.io";
const gatewayName = "gateway";

/** Every object of a site's gateway. */
export function gatewayApiObjects(ingress: MultiClusterIngress, site: string, api: GatewayApi): KubeObject[] {
  const others = api.imports === true ? [] : othersOf(ingress, site).filter((other) => addressesOf(ingress, other)[0]);
  return [
    gateway(ingress, api),
    ...ingress.hosts.flatMap((host) => [
      ...others.filter((other) => needs(host, other)).map((other) => remote(ingress, host, other, site, api)),
      ...route(ingress, host, site, others, api),
    ]),
  ];
}

function gateway({ port }: MultiClusterIngress, { network, namespace, className }: GatewayApi): KubeObject {
  const allowedRoutes = {
    namespaces: { from: "Selector", selector: { matchLabels: { [networkLabel]: network } } },
    kinds: [{ group, kind: "TLSRoute" }],
  };
  const listener = (name: string, own: number) => ({
    name,
    port: own,
    protocol: "TLS",
    tls: { mode: "Passthrough" },
    allowedRoutes,
  });
  return kubeObject(
    network,
    `${group}/v1`,
    "Gateway",
    { name: gatewayName, namespace },
    {
      spec: {
        gatewayClassName: className,
        listeners: [listener("world", port), listener("relay", ports.gateway.relay)],
      },
    },
  );
}

const needs = ({ backends }: IngressHost, site: string) => backends.some((backend) => backend.site === site);

/** Another site's gateway, as far as it is asked for one host: a fallback of one pool may have its share of another. */
function remote(
  ingress: MultiClusterIngress,
  host: IngressHost,
  other: string,
  site: string,
  { network }: GatewayApi,
): KubeObject {
  const backend = host.backends.find((one) => one.site === other);
  const endpoints = addressesOf(ingress, other).map((address) =>
    isIP(address) === 0
      ? { fqdn: { hostname: address, port: ports.gateway.relay } }
      : { ip: { address, port: ports.gateway.relay } },
  );
  const fallback = host.kind === "pool" && needs(host, site) && backend !== undefined && !hasShare(host, backend);
  return kubeObject(
    network,
    `${envoyGroup}/v1alpha1`,
    "Backend",
    { name: remoteName(host, other), namespace: namespaceOf(host) },
    { spec: { endpoints, ...(fallback ? { fallback } : {}) } },
  );
}

const remoteName = ({ name }: IngressHost, site: string) => `${nameOf(name)}.${site}`;

/** Routes live with the Services that they lead to, so that nobody has to grant them anything. */
function namespaceOf({ backends }: IngressHost): string {
  return backends[0]?.namespace ?? "default";
}

function hasShare({ backends }: IngressHost, { weight, priority }: IngressBackend): boolean {
  return weight > 0 && priority === Math.min(...backends.map((one) => one.priority));
}

function route(
  ingress: MultiClusterIngress,
  host: IngressHost,
  site: string,
  others: readonly string[],
  api: GatewayApi,
): KubeObject[] {
  const local = host.backends.filter((backend) => backend.site === site);
  const localRefs = local.map((backend) => serviceRef(backend, api));
  const remoteRefs = host.backends
    .filter((backend) => others.includes(backend.site))
    .map((backend) => ({
      group: envoyGroup,
      kind: "Backend",
      name: remoteName(host, backend.site),
      weight: shareOf(host, backend),
    }));
  const worldRefs =
    api.imports === true
      ? host.backends.slice(0, 1).map((one) => serviceRef(one, api))
      : [...local.map((backend) => ({ ...serviceRef(backend, api), weight: shareOf(host, backend) })), ...remoteRefs];
  return [
    ...tlsRoute(host, "world", worldRefs, api),
    ...tlsRoute(host, "relay", localRefs, api),
    ...(host.kind === "pool" && worldRefs.length > 0 ? [policy(ingress, host, api)] : []),
  ];
}

/** A fallback must be among the backends to be one; it takes nothing as long as the others are well. */
function shareOf(host: IngressHost, backend: IngressBackend): number {
  return host.kind === "pinned" || !hasShare(host, backend) ? 1 : backend.weight;
}

function serviceRef({ service, port }: IngressBackend, { imports }: GatewayApi) {
  return imports === true
    ? { group: "multicluster.x-k8s.io", kind: "ServiceImport", name: service, port }
    : { name: service, port };
}

function tlsRoute(
  host: IngressHost,
  listener: "world" | "relay",
  backendRefs: readonly object[],
  { network, namespace }: GatewayApi,
): KubeObject[] {
  if (backendRefs.length === 0) return [];
  return [
    kubeObject(
      network,
      `${group}/v1`,
      "TLSRoute",
      { name: `${nameOf(host.name)}.${listener}`, namespace: namespaceOf(host) },
      {
        spec: {
          parentRefs: [{ name: gatewayName, namespace, sectionName: listener }],
          hostnames: [host.name],
          rules: [{ backendRefs }],
        },
      },
    ),
  ];
}

function policy({ health }: MultiClusterIngress, host: IngressHost, { network }: GatewayApi): KubeObject {
  const name = `${nameOf(host.name)}.world`;
  return kubeObject(
    network,
    `${envoyGroup}/v1alpha1`,
    "BackendTrafficPolicy",
    { name, namespace: namespaceOf(host) },
    {
      spec: {
        targetRefs: [{ group, kind: "TLSRoute", name }],
        healthCheck: {
          active: {
            type: "TCP",
            tcp: {},
            interval: `${health.interval}s`,
            timeout: `${health.timeout}s`,
            unhealthyThreshold: health.failures,
            healthyThreshold: health.successes,
          },
          // Where nobody is well nobody is asked: an error at once is better than a stream into nowhere.
          panicThreshold: 0,
        },
      },
    },
  );
}
