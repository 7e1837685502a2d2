import type { KubeStatefulSet } from "cdk8s-plus-28/lib/imports/k8s";
import { Construct, type IConstruct } from "constructs";
import { ordererEnvironment } from "../fabric/environment";
import { imageReference } from "../fabric/images";
import { dataVolume } from "../fabric/layout";
import { renderOrdererYaml } from "../fabric/orderer-yaml";
import { ports } from "../fabric/ports";
import type { Timing } from "../fabric/timing";
import { parseFabricVersion } from "../fabric/version";
import { endpointOf } from "../placement/endpoint";
import type { PlacedOrderer } from "../placement/node";
import { headlessServiceName } from "../spec/names";
import type { Network } from "../spec/network";
import type { Site } from "../spec/settings";
import { enrol } from "./enrol";
import { fabricContainer, plainVariables } from "./fabric-container";
import { NodeSet } from "./node-set";

export interface OrderingNodesProps {
  readonly network: Network;
  readonly site: Site;
  readonly timing: Timing;
  /** The ordering nodes of one organisation, in the order of their ordinals. */
  readonly nodes: readonly [PlacedOrderer, ...PlacedOrderer[]];
  /** The organisation's other sites; undefined in a network of one cluster. */
  readonly abroad?: readonly string[] | undefined;
  /** Twins of nodes that are at home elsewhere: nothing runs until they are restored. */
  readonly dormant?: boolean;
}

/**
 * An organisation's ordering nodes. Ledger, write-ahead log and Raft snapshots share one volume, since a consenter that
 * comes back with only part of them can break the chain (Fabric #3639).
 */
export class OrderingNodes extends Construct {
  readonly workload: KubeStatefulSet;
  private readonly set: NodeSet;

  constructor(scope: Construct, id: string, { network, site, timing, nodes, abroad, dormant }: OrderingNodesProps) {
    super(scope, id);
    const [first] = nodes;
    const { group, organisation } = first;
    const enrolment = enrol({
      network,
      organisation,
      clusterDomain: site.clusterDomain,
      identity: "pod",
      hosts: endpointOf({ ...first, pod: "$(POD_NAME)" }, site.clusterDomain).hosts,
      parts: "msp and tls",
      volume: "data",
      keepTlsKey: true,
      abroad,
    });
    this.set = new NodeSet(this, "nodes", {
      network,
      site,
      role: "orderer",
      nodes,
      dormant,
      serviceAccount: "orderer",
      headlessService: headlessServiceName.orderer,
      configuration: {
        "orderer.yaml": renderOrdererYaml({
          version: parseFabricVersion(network.fabric.version),
          mspId: organisation.mspId,
          clientAuthentication: network.tls.clientAuthentication,
          tickInterval: timing.raft.tickInterval,
        }),
      },
      claims: [{ name: "data", size: group.storage }],
      initContainers: enrolment.containers,
      containers: [
        fabricContainer({
          name: "orderer",
          image: imageReference("orderer", network.fabric),
          command: ["orderer", "start"],
          environment: plainVariables(ordererEnvironment()),
          ports: ports.orderer,
          main: "grpc",
          resources: group.resources,
          volumeMounts: [{ name: "data", mountPath: dataVolume }],
        }),
      ],
      volumes: [{ name: "tmp", emptyDir: {} }, ...enrolment.volumes],
      servicePorts: { grpc: ports.orderer.grpc },
      terminationGracePeriodSeconds: 30,
    });
    this.workload = this.set.workload;
  }

  /** Makes these start only after the given objects stand. */
  startAfter(...others: readonly IConstruct[]): void {
    this.set.startAfter(...others);
  }
}
