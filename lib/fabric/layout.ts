/**
 * Where things lie inside a pod. Configuration, init containers, volume mounts and probes all read the paths here.
 *
 * Each node has one data volume, mounted where the stock images expect theirs (`/var/hyperledger`). Keys are born on
 * it, beside the ledger, so that they live exactly as long as the node's data and never travel:
 * `<volume>/msp`, `<volume>/tls`, `<volume>/production`, and for peers `<volume>/snapshots`. `msp` and `tls` are links into
 * the folder of the present generation of keys and certificates (lib/constructs/scripts/enrol.sh).
 */

/** FABRIC_CFG_PATH of the stock images: here core.yaml or orderer.yaml is mounted, read-only. */
export const configurationFolder = "/etc/hyperledger/fabric";

/** Mount point of a node's data volume in the stock images. */
export const dataVolume = "/var/hyperledger";

/** Writable scratch space; the peer's external builders unpack chaincode packages here. */
export const temporaryFolder = "/tmp";

/** The builder of the stock peer image that makes chaincode a service (Fabric docs, "Running chaincode as a service"). */
export const chaincodeBuilderFolder = "/opt/hyperledger/ccaas_builder";

/** A local MSP as Fabric reads it (Fabric docs, "Membership Service Provider"). */
export interface MspLayout {
  readonly folder: string;
  readonly rootAuthorities: string;
  readonly intermediateAuthorities: string;
  readonly tlsRootAuthorities: string;
  readonly certificates: string;
  readonly privateKeys: string;
  /** config.yaml with the node OUs. */
  readonly configuration: string;
}

/** A node's TLS key pair, which it uses as server and as client, and the authorities whose clients it trusts at first. */
export interface TlsLayout {
  readonly folder: string;
  readonly certificate: string;
  readonly privateKey: string;
  readonly authorities: string;
}

/** The paths of whoever has an identity: nodes, agents, clients; of chaincode servers only the TLS pair is there. */
export interface NodeLayout {
  readonly volume: string;
  readonly msp: MspLayout;
  readonly tls: TlsLayout;
}

/** The paths of a peer. */
export interface PeerLayout extends NodeLayout {
  /** What the chaincode builder is told in `CHAINCODE_AS_A_SERVICE_BUILDER_CONFIG`: the peer's pair as chaincode's client. */
  readonly chaincodeBuilder: string;
  /** Built chaincode, which the peer makes anew where it is gone. */
  readonly chaincodeBuilds: string;
  /** `peer.fileSystemPath`: blocks, state, private data, installed chaincode. */
  readonly ledger: string;
  /** Ledger snapshots; outside the ledger folder, so that emptying a ledger does not take its way back along. */
  readonly snapshots: string;
}

/** The paths of an ordering node. */
export interface OrdererLayout extends NodeLayout {
  readonly ledger: string;
  /** Write-ahead log of Raft. Must not be {@link OrdererLayout.raftSnapshots}, and must be on the ledger's volume. */
  readonly writeAheadLog: string;
  readonly raftSnapshots: string;
}

/** The paths of an identity whose volume is mounted at `volume`. */
function nodeLayout(volume: string = dataVolume): NodeLayout {
  const msp = `${volume}/msp`;
  const tls = `${volume}/tls`;
  return {
    volume,
    msp: {
      folder: msp,
      rootAuthorities: `${msp}/cacerts`,
      intermediateAuthorities: `${msp}/intermediatecerts`,
      tlsRootAuthorities: `${msp}/tlscacerts`,
      certificates: `${msp}/signcerts`,
      privateKeys: `${msp}/keystore`,
      configuration: `${msp}/config.yaml`,
    },
    tls: {
      folder: tls,
      certificate: `${tls}/server.crt`,
      privateKey: `${tls}/server.key`,
      authorities: `${tls}/ca.crt`,
    },
  };
}

/** The paths of a peer whose data volume is mounted at `volume`. */
export function peerLayout(volume: string = dataVolume): PeerLayout {
  const ledger = `${volume}/production`;
  return {
    ...nodeLayout(volume),
    chaincodeBuilder: `${volume}/chaincode/builder.json`,
    chaincodeBuilds: `${ledger}/externalbuilder/builds`,
    ledger,
    snapshots: `${volume}/snapshots`,
  };
}

/** The paths of an ordering node whose data volume is mounted at `volume`; below `production` as Fabric's own defaults. */
export function ordererLayout(volume: string = dataVolume): OrdererLayout {
  const ledger = `${volume}/production/orderer`;
  return {
    ...nodeLayout(volume),
    ledger,
    writeAheadLog: `${ledger}/etcdraft/wal`,
    raftSnapshots: `${ledger}/etcdraft/snapshot`,
  };
}

/** The paths of a chaincode server. */
export const chaincodeLayout = nodeLayout();

/** The paths of the stock CouchDB image. */
export const couchdbLayout = {
  /** Databases; a volume of its own, with the life of its peer's. */
  data: "/opt/couchdb/data",
  /** The image writes the administrator's account here at start, so it must be writable on a read-only root. */
  localConfiguration: "/opt/couchdb/etc/local.d",
} as const;
