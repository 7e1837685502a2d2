import type { KubeStatefulSet } from "cdk8s-plus-28/lib/imports/k8s";
import { Construct, type IConstruct } from "constructs";
import { renderCoreYaml, type StateDatabase } from "../fabric/core-yaml";
import { peerEnvironment } from "../fabric/environment";
import { imageReference } from "../fabric/images";
import { peerSysctls } from "../fabric/keepalive";
import { dataVolume, peerLayout } from "../fabric/layout";
import { ports } from "../fabric/ports";
import { receivesBlocks } from "../fabric/readiness";
import type { Timing } from "../fabric/timing";
import { parseFabricVersion } from "../fabric/version";
import { endpointOf } from "../placement/endpoint";
import type { PlacedPeer } from "../placement/node";
import { headlessServiceName } from "../spec/names";
import type { Network } from "../spec/network";
import type { Site } from "../spec/settings";
import { awaitOrderers } from "./await-orderers";
import { couchdb, couchdbUser } from "./couchdb";
import { enrol } from "./enrol";
import { fabricContainer, plainVariables, podNameVariable } from "./fabric-container";
import { NodeSet } from "./node-set";

export interface PeersProps {
  readonly network: Network;
  readonly site: Site;
  readonly timing: Timing;
  /** The peers of one group, in the order of their ordinals. */
  readonly nodes: readonly [PlacedPeer, ...PlacedPeer[]];
  /** All peers of the organisation. */
  readonly colleagues: readonly PlacedPeer[];
  /** `host:port` of the ordering Service of every ordering organisation. */
  readonly orderingServices: readonly string[];
  /** The organisation's other sites; undefined in a network of one cluster. */
  readonly abroad?: readonly string[] | undefined;
}

/** A peer group: each replica with its own ledger, and its own CouchDB where the network file asks for it. */
export class Peers extends Construct {
  readonly workload: KubeStatefulSet;
  private readonly set: NodeSet;

  constructor(scope: Construct, id: string, props: PeersProps) {
    super(scope, id);
    const { network, site, timing, nodes, colleagues, orderingServices } = props;
    const [first] = nodes;
    const { group, organisation } = first;
    const withCouchdb = group.stateDatabase === "couchdb";
    const stateDatabase: StateDatabase = withCouchdb ? { kind: "couchdb", username: couchdbUser } : { kind: "leveldb" };
    const image = imageReference("peer", network.fabric);
    // The endpoint of a peer whose name only the pod knows.
    const { address, hosts } = endpointOf({ ...first, pod: "$(POD_NAME)" }, site.clusterDomain);
    const enrolment = enrol({
      network,
      organisation,
      clusterDomain: site.clusterDomain,
      identity: "pod",
      hosts,
      parts: "msp, tls and chaincode client",
      abroad: props.abroad,
      volume: "data",
    });

    this.set = new NodeSet(this, "nodes", {
      network,
      site,
      role: "peer",
      nodes,
      serviceAccount: "peer",
      headlessService: headlessServiceName.peer,
      configuration: {
        "core.yaml": renderCoreYaml({
          version: parseFabricVersion(network.fabric.version),
          networkId: network.name,
          mspId: organisation.mspId,
          clientAuthentication: network.tls.clientAuthentication,
          stateDatabase,
          timeouts: timing.peer,
          ...(first.standby === true ? { longestBackoff: standbyBackoff } : {}),
          gossipBootstrap: firstOfEachZone(colleagues).map((peer) => endpointOf(peer, site.clusterDomain).address),
        }),
      },
      sysctls: peerSysctls,
      claims: [{ name: "data", size: group.storage }, ...(withCouchdb ? [couchdb.claim(group)] : [])],
      initContainers: [
        ...enrolment.containers,
        ...(withCouchdb ? [couchdb.initContainer(image)] : []),
        awaitOrderers(image, orderingServices),
      ],
      containers: [
        ...(withCouchdb ? [couchdb.container(network, group)] : []),
        fabricContainer({
          name: "peer",
          image,
          command: ["bash", "-c", startScript(withCouchdb)],
          environment: [
            podNameVariable,
            ...plainVariables(
              peerEnvironment({ id: "$(POD_NAME)", address, externalEndpoint: address, stateDatabase }),
            ),
          ],
          // The chaincode listener stays on the loopback address: chaincode is a service, and nobody dials back.
          ports: { grpc: ports.peer.grpc, operations: ports.peer.operations },
          main: "grpc",
          resources: group.resources,
          volumeMounts: [{ name: "data", mountPath: dataVolume }, ...(withCouchdb ? [couchdb.peerMount] : [])],
        }),
      ],
      volumes: [{ name: "tmp", emptyDir: {} }, ...enrolment.volumes, ...(withCouchdb ? couchdb.volumes() : [])],
      servicePorts: { grpc: ports.peer.grpc },
      readinessGates: [receivesBlocks],
      terminationGracePeriodSeconds: 60,
    });
    this.workload = this.set.workload;
  }

  /** Makes these start only after the given objects stand. */
  startAfter(...others: readonly IConstruct[]): void {
    this.set.startAfter(...others);
  }
}

/**
 * A peer that stands by must be level when a city is lost. With this the first transaction went through 1.5 s after ordering
 * nodes came back (recovery-run facts, section 7).
 */
const standbyBackoff = "1s";

/** Starts the peer with what only its pod knows: its pair as a client of chaincode, and CouchDB's password. */
function startScript(withCouchdb: boolean): string {
  return [
    "set -e",
    `CHAINCODE_AS_A_SERVICE_BUILDER_CONFIG=$(cat ${peerLayout().chaincodeBuilder})`,
    "export CHAINCODE_AS_A_SERVICE_BUILDER_CONFIG",
    ...(withCouchdb ? [couchdb.peerPreparation] : []),
    "exec peer node start",
  ].join("\n");
}

/**
 * Whom a peer asks first for the rest of its organisation: of each group the first peer in each zone. The list does not
 * change when a group grows, so growing restarts nobody.
 */
function firstOfEachZone(peers: readonly PlacedPeer[]): PlacedPeer[] {
  return peers.filter(
    (peer, index) =>
      peers.findIndex((other) => other.group === peer.group && other.site === peer.site && other.zone === peer.zone) ===
      index,
  );
}
