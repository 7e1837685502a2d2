import {
  IntOrString,
  KubeDeployment,
  KubePodDisruptionBudget,
  KubeService,
  KubeServiceAccount,
} from "cdk8s-plus-28/lib/imports/k8s";
import { Construct, type IConstruct } from "constructs";
import { packageChaincode } from "../fabric/chaincode-package";
import { chaincodeServerName, chaincodeServiceName } from "../fabric/chaincode-server";
import { chaincodeLayout } from "../fabric/layout";
import { ports } from "../fabric/ports";
import { nodesToKeep } from "../placement/disruption";
import type { PlacedPeer } from "../placement/node";
import { namespaceName, nameOfZone } from "../spec/names";
import type { Network, Organisation } from "../spec/network";
import type { Site } from "../spec/settings";
import { disruptionBudget } from "./disruption-budget";
import { enrol } from "./enrol";
import { organisationLabels, roleSelector } from "./labels";
import { containerResources } from "./node-set";
import { restrictedContainer, restrictedPod } from "./pod-security";
import { lastWords } from "./script";

type ChaincodeOfNetwork = Network["chaincodes"][number];

interface ChaincodeProps {
  readonly network: Network;
  readonly organisation: Organisation;
  readonly site: Site;
  readonly chaincode: ChaincodeOfNetwork;
  /** The organisation's peers on this site. */
  readonly peers: readonly PlacedPeer[];
}

/**
 * An organisation's servers of one chaincode: one in each zone that has its peers, and a Service for each peer that leads
 * to the server of the peer's own zone, so that a lost zone takes no other zone's chaincode along. Mutual TLS, under the
 * names of those Services (Fabric docs, "Running chaincode as a service").
 */
class Chaincode extends Construct {
  private readonly workloads: KubeDeployment[] = [];

  constructor(scope: Construct, id: string, { network, organisation, site, chaincode, peers }: ChaincodeProps) {
    super(scope, id);
    const server = chaincodeServerName(chaincode);
    const namespace = namespaceName(network, organisation);
    const { packageId } = packageChaincode(chaincode);
    const servers: string[] = [];
    for (const zone of site.zones) {
      const served = peers.filter((peer) => peer.zone === zone.name);
      if (served.length === 0) continue;
      const name = `${server}-${nameOfZone(zone)}`;
      servers.push(name);
      const selector = { ...roleSelector("chaincode"), "app.kubernetes.io/instance": name };
      const labels = {
        ...organisationLabels(network, organisation),
        ...selector,
        "app.kubernetes.io/name": "fabric-chaincode",
        "app.kubernetes.io/component": "chaincode",
      };
      const hosts: string[] = [];
      for (const { pod } of served) {
        const service = chaincodeServiceName(chaincode, pod);
        hosts.push(`${service}.${namespace}.svc.${site.clusterDomain}`);
        new KubeService(this, `service-${pod}`, {
          metadata: { namespace, labels, name: service },
          spec: { selector, ports: [{ name: "grpc", port: ports.chaincode.grpc }] },
        });
      }
      const enrolment = enrol({
        network,
        organisation,
        clusterDomain: site.clusterDomain,
        identity: "chaincode",
        hosts,
        parts: "tls",
        volume: "identity",
      });
      this.workloads.push(
        new KubeDeployment(this, `workload-${nameOfZone(zone)}`, {
          metadata: { namespace, labels, name },
          spec: {
            replicas: 1,
            selector: { matchLabels: selector },
            template: {
              metadata: { labels },
              spec: {
                serviceAccountName: chaincodeAccount,
                automountServiceAccountToken: false,
                enableServiceLinks: false,
                securityContext: restrictedPod,
                nodeSelector: { "topology.kubernetes.io/zone": zone.name },
                terminationGracePeriodSeconds: 10,
                initContainers: enrolment.containers,
                containers: [
                  {
                    name: "chaincode",
                    image: chaincode.image,
                    // Both spellings: what Go samples read, and what fabric-chaincode-node does.
                    env: Object.entries({
                      CHAINCODE_ID: packageId,
                      CHAINCODE_SERVER_ADDRESS: `0.0.0.0:${ports.chaincode.grpc}`,
                      CORE_CHAINCODE_ID: packageId,
                      CORE_CHAINCODE_ID_NAME: packageId,
                      CORE_CHAINCODE_ADDRESS: `0.0.0.0:${ports.chaincode.grpc}`,
                      CORE_CHAINCODE_TLS_CERT_FILE: chaincodeLayout.tls.certificate,
                      CORE_CHAINCODE_TLS_KEY_FILE: chaincodeLayout.tls.privateKey,
                      CORE_CHAINCODE_TLS_CLIENT_CACERT_FILE: chaincodeLayout.tls.authorities,
                    }).map(([variable, value]) => ({ name: variable, value })),
                    ports: [{ name: "grpc", containerPort: ports.chaincode.grpc }],
                    resources: containerResources(chaincode.resources),
                    securityContext: restrictedContainer,
                    terminationMessagePolicy: lastWords,
                    volumeMounts: [
                      { name: "identity", mountPath: chaincodeLayout.volume, readOnly: true },
                      { name: "tmp", mountPath: "/tmp" },
                    ],
                    readinessProbe: { tcpSocket: { port: IntOrString.fromString("grpc") }, periodSeconds: 2 },
                    livenessProbe: {
                      tcpSocket: { port: IntOrString.fromString("grpc") },
                      initialDelaySeconds: 10,
                      periodSeconds: 10,
                      failureThreshold: 6,
                    },
                  },
                ],
                volumes: [
                  { name: "identity", emptyDir: { medium: "Memory" } },
                  { name: "tmp", emptyDir: {} },
                  ...enrolment.volumes,
                ],
              },
            },
          },
        }),
      );
    }
    if (servers.length === 0) return;
    // Each zone's peers call the server of their own zone: with both of them gone, nobody endorses.
    new KubePodDisruptionBudget(this, "disruption", {
      metadata: {
        namespace,
        name: `${server}-disruption`,
        labels: { ...organisationLabels(network, organisation), ...roleSelector("chaincode") },
      },
      spec: {
        ...disruptionBudget("chaincode", nodesToKeep(servers.length)),
        selector: {
          matchLabels: roleSelector("chaincode"),
          matchExpressions: [{ key: "app.kubernetes.io/instance", operator: "In", values: servers }],
        },
      },
    });
  }

  /** Makes its servers start only after the given objects stand. */
  startAfter(...others: readonly IConstruct[]): void {
    for (const workload of this.workloads) workload.node.addDependency(...others);
  }
}

const chaincodeAccount = "chaincode";

/** All chaincode servers of an organisation, and the account that they share. */
export class Chaincodes extends Construct {
  private readonly servers: readonly Chaincode[];

  constructor(scope: Construct, id: string, props: Omit<ChaincodeProps, "chaincode">) {
    super(scope, id);
    const { network, organisation } = props;
    const chaincodes = chaincodesOf(network, organisation);
    if (chaincodes.length > 0) {
      new KubeServiceAccount(this, "account", {
        metadata: {
          namespace: namespaceName(network, organisation),
          name: chaincodeAccount,
          labels: { ...organisationLabels(network, organisation), ...roleSelector("chaincode") },
        },
        automountServiceAccountToken: false,
      });
    }
    this.servers = chaincodes.map(
      (chaincode) => new Chaincode(this, chaincodeServerName(chaincode), { ...props, chaincode }),
    );
  }

  /** Makes them start only after the given objects stand. */
  startAfter(...others: readonly IConstruct[]): void {
    for (const server of this.servers) server.startAfter(...others);
  }
}

/** The chaincodes that an organisation's peers call, each server once, on however many channels. */
function chaincodesOf(network: Network, organisation: Organisation): ChaincodeOfNetwork[] {
  const servers = new Map<string, ChaincodeOfNetwork>();
  for (const chaincode of network.chaincodes) {
    const channel = network.channels.find(({ name }) => name === chaincode.channel);
    if (channel?.members.includes(organisation.name) !== true || organisation.peers.length === 0) continue;
    servers.set(chaincodeServerName(chaincode), chaincode);
  }
  return [...servers.values()];
}
