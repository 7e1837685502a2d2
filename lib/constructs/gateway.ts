import {
  IntOrString,
  KubeConfigMap,
  KubeDeployment,
  KubeNamespace,
  KubeNetworkPolicy,
  KubePodDisruptionBudget,
  KubeService,
  KubeServiceAccount,
  Quantity,
  type Container,
} from "cdk8s-plus-28/lib/imports/k8s";
import { Construct } from "constructs";
import { imageReference } from "../fabric/images";
import { ports } from "../fabric/ports";
import { podPlace } from "../ingress/gateway";
import type { MultiClusterIngress } from "../ingress/model";
import { serviceAnnotations } from "../ingress/dns/external-dns";
import { gatewayRenderers } from "../ingress/renderers";
import { weightsConfigMap, weightsName } from "../ingress/weights";
import { borderServiceName, gatewayNamespaceName } from "../spec/names";
import type { Network } from "../spec/network";
import type { Settings, Site } from "../spec/settings";
import { digestOf } from "./digest";
import { disruptionBudget } from "./disruption-budget";
import { networkLabels, roleSelector } from "./labels";
import { loadBalancerAnnotations } from "./load-balancer";
import { type BorderAddresses, gatewayPolicies } from "./network-policies";
import { restrictedContainer, restrictedNamespace, restrictedPod } from "./pod-security";
import { lastWords } from "./script";

/** What passes connections on between the sites of a network, and from the world to them. */
export interface Border {
  readonly ingress: MultiClusterIngress;
  readonly program: Settings["ingress"]["gateway"];
  /** Where the gateways of all sites are. */
  readonly addresses: BorderAddresses;
  /** Who tells the world the names. */
  readonly dns: Settings["dns"];
}

export interface GatewayProps extends Border {
  readonly network: Network;
  readonly site: Site;
}

const name = "gateway";

/** Seconds in which load balancers take an ending pod out, before it ends the connections that it has. */
const farewell = 5;

/**
 * A site's gateway: the one door through which clients and the other sites come. It reads the name that a connection asks
 * for and passes it on unopened, so it holds no key, and client certificates reach the nodes.
 */
export class Gateway extends Construct {
  constructor(scope: Construct, id: string, props: GatewayProps) {
    super(scope, id);
    const { network, site, ingress, program, addresses } = props;
    const renderer = gatewayRenderers[program];
    const namespace = gatewayNamespaceName(network);
    const labels = {
      ...networkLabels(network),
      ...roleSelector("gateway"),
      "app.kubernetes.io/name": program,
      "app.kubernetes.io/component": "gateway",
    };
    const metadata = { namespace, labels };

    new KubeNamespace(this, "namespace", {
      metadata: { name: namespace, labels: { ...networkLabels(network), ...restrictedNamespace } },
    });
    for (const policy of gatewayPolicies(network, addresses)) {
      new KubeNetworkPolicy(this, policy.name, { metadata: { ...metadata, name: policy.name }, spec: policy.spec });
    }
    const account = new KubeServiceAccount(this, "account", {
      metadata: { ...metadata, name },
      automountServiceAccountToken: false,
    });
    const start = renderer.start(ingress, site.name, podPlace);
    const files = [
      new KubeConfigMap(this, "start", { metadata: { ...metadata, name: `${name}-start` }, data: start }),
      new KubeConfigMap(this, "base", {
        metadata: { ...metadata, name: `${name}-base` },
        data: renderer.base(ingress, site.name, podPlace),
      }),
      new KubeConfigMap(this, "weights", {
        metadata: { ...metadata, name: weightsName },
        data: weightsConfigMap(network, ingress, renderer)["data"] as Record<string, string>,
      }),
    ];
    new KubePodDisruptionBudget(this, "disruption", {
      metadata: { ...metadata, name: `${name}-disruption` },
      spec: disruptionBudget("gateway", 1),
    });
    this.service(props, metadata);
    // From inside, by whatever load balancer there is, or none.
    new KubeService(this, "border", {
      metadata: { ...metadata, name: borderServiceName },
      spec: {
        selector: roleSelector("gateway"),
        ports: [{ name: "raft", port: ports.orderer.grpc, targetPort: IntOrString.fromNumber(ports.gateway.world) }],
      },
    });
    const workload = new KubeDeployment(this, "workload", {
      metadata: { ...metadata, name },
      spec: {
        replicas: 2,
        selector: { matchLabels: roleSelector("gateway") },
        // Never fewer doors than there are.
        strategy: {
          type: "RollingUpdate",
          rollingUpdate: { maxUnavailable: IntOrString.fromNumber(0), maxSurge: IntOrString.fromNumber(1) },
        },
        template: {
          // What is read again while it runs is no reason to restart.
          metadata: { labels, annotations: { "fabric-topologies.dev/config": digestOf(start) } },
          spec: {
            serviceAccountName: name,
            automountServiceAccountToken: false,
            enableServiceLinks: false,
            securityContext: restrictedPod,
            topologySpreadConstraints: ["topology.kubernetes.io/zone", "kubernetes.io/hostname"].map((topologyKey) => ({
              topologyKey,
              maxSkew: 1,
              whenUnsatisfiable: "ScheduleAnyway",
              labelSelector: { matchLabels: roleSelector("gateway") },
            })),
            // It has no volume that would hold it: a lost zone's gateway starts in another one at once.
            tolerations: ["not-ready", "unreachable"].map((state) => ({
              key: `node.kubernetes.io/${state}`,
              operator: "Exists",
              effect: "NoExecute",
              tolerationSeconds: 10,
            })),
            terminationGracePeriodSeconds: 30,
            containers: [container(props)],
            volumes: [
              { name: "start", configMap: { name: `${name}-start` } },
              { name: "base", configMap: { name: `${name}-base` } },
              { name: "weights", configMap: { name: weightsName } },
              { name: "run", emptyDir: { medium: "Memory" } },
              { name: "tmp", emptyDir: {} },
            ],
          },
        },
      },
    });
    workload.addDependency(account, ...files);
  }

  /** The site's load balancer. Relay and health have the same ports outside, as other gateways call them by these. */
  private service(
    { site, ingress, dns }: GatewayProps,
    metadata: { readonly namespace: string; readonly labels: Record<string, string> },
  ): void {
    const { world, relay, health } = ports.gateway;
    const target = (port: string, outside: number, inside: number) => ({
      name: port,
      port: outside,
      targetPort: IntOrString.fromNumber(inside),
    });
    new KubeService(this, "service", {
      metadata: {
        ...metadata,
        name,
        annotations: {
          ...loadBalancerAnnotations(site.provider),
          ...(dns.provider === "externalDns" ? serviceAnnotations(ingress, site.name, dns) : {}),
          ...site.gateway.annotations,
        },
      },
      spec: {
        type: "LoadBalancer",
        selector: roleSelector("gateway"),
        // No second hop, and the gateway's log has the client's own address.
        externalTrafficPolicy: "Local",
        ports: [target("world", ingress.port, world), target("relay", relay, relay), target("health", health, health)],
      },
    });
  }
}

function container({ network, site, ingress, program }: GatewayProps): Container {
  const ready = { path: "/ready", port: IntOrString.fromString("health") };
  return {
    name,
    image: imageReference(program, network.fabric),
    command: [...gatewayRenderers[program].command(ingress, site.name, podPlace)],
    ports: (["world", "relay", "health"] as const).map((port) => ({ name: port, containerPort: ports.gateway[port] })),
    terminationMessagePolicy: lastWords,
    resources: {
      requests: { cpu: Quantity.fromString("100m"), memory: Quantity.fromString("128Mi") },
      limits: { memory: Quantity.fromString("1Gi") },
    },
    securityContext: restrictedContainer,
    volumeMounts: [
      { name: "start", mountPath: podPlace.start, readOnly: true },
      { name: "base", mountPath: podPlace.base, readOnly: true },
      { name: "weights", mountPath: podPlace.weights, readOnly: true },
      { name: "run", mountPath: podPlace.run },
      { name: "tmp", mountPath: "/tmp" },
    ],
    lifecycle: { preStop: { exec: { command: ["sleep", String(farewell)] } } },
    readinessProbe: { httpGet: ready, periodSeconds: 2, failureThreshold: 2 },
    livenessProbe: { httpGet: ready, initialDelaySeconds: 15, periodSeconds: 10, failureThreshold: 6 },
  };
}
