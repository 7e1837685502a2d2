/**
 * The consortium as its agents see it: who is in it, at which addresses, and which channels and chaincodes there are to
 * be. Plain data that travels as JSON; it names no key and no certificate, since those are born in the clusters.
 */

/** A Fabric node under the address that everybody dials. */
export interface ConsortiumNode {
  readonly pod: string;
  readonly site: string;
  readonly zone: string;
  /** DNS name; its TLS certificate carries it. */
  readonly host: string;
  /** Port of the main listener. */
  readonly port: number;
  /** Port on which its pod listens, where everybody dials that of a gateway before it. */
  readonly podPort?: number;
  /** Where other consenters dial an ordering node, if not at the address above; its TLS certificate carries that name too. */
  readonly consenter?: { readonly host: string; readonly port: number };
}

/** A site on which an organisation has nodes, and an agent that sees to them. */
export interface ConsortiumSite {
  readonly name: string;
  /** Where that agent shows the agents of other sites what it has published. Its TLS certificate carries the name. */
  readonly board: { readonly host: string; readonly port: number };
}

export interface ConsortiumOrganisation {
  /** Short name, as in the network file. */
  readonly name: string;
  readonly mspId: string;
  readonly namespace: string;
  readonly peers: readonly ConsortiumNode[];
  /** Every ordering node is a consenter of every channel. */
  readonly orderers: readonly ConsortiumNode[];
  /** The peers that other organisations' gossip asks first: one in each zone. */
  readonly anchorPeers: readonly ConsortiumNode[];
  /**
   * Where the network is spread over several clusters: those on which the organisation has nodes, authorities among them.
   * Absent where all is in one cluster, whose agents read from each other there.
   */
  readonly sites?: readonly ConsortiumSite[];
}

export interface ConsortiumChannel {
  readonly name: string;
  /** Names of the organisations whose peers join. */
  readonly members: readonly string[];
  /** `MAJORITY Admins`, `ANY Readers`, or a signature policy such as `AND('Org1MSP.peer','Org2MSP.peer')`. */
  readonly policies: {
    readonly readers: string;
    readonly writers: string;
    readonly admins: string;
    readonly endorsement: string;
    readonly lifecycleEndorsement: string;
  };
  readonly batch: {
    /** A Go duration such as `500ms`. */
    readonly timeout: string;
    readonly maxMessages: number;
    /** Bytes. */
    readonly absoluteMaxBytes: number;
    /** Bytes. */
    readonly preferredMaxBytes: number;
  };
  readonly capabilities: { readonly channel: string; readonly orderer: string; readonly application: string };
  readonly raft: RaftOptions;
}

/** Raft of one channel (`etcdraft.Options`). */
export interface RaftOptions {
  /** A Go duration. */
  readonly tickInterval: string;
  readonly electionTick: number;
  readonly heartbeatTick: number;
  readonly maxInflightBlocks: number;
  /** Bytes of log after which Raft takes a snapshot. */
  readonly snapshotIntervalSize: number;
}

export interface ConsortiumCollection {
  readonly name: string;
  /** Names of the organisations that hold the data. */
  readonly members: readonly string[];
  readonly requiredPeers: number;
  readonly maxPeers: number;
  readonly blocksToLive: number;
  readonly memberOnlyRead: boolean;
  readonly memberOnlyWrite: boolean;
  readonly endorsement?: string;
}

export interface ConsortiumChaincode {
  readonly name: string;
  readonly channel: string;
  readonly version: string;
  readonly sequence: number;
  readonly initRequired: boolean;
  /** Without it the channel's endorsement policy holds. */
  readonly endorsement?: string;
  readonly collections: readonly ConsortiumCollection[];
}

/** Everything that the agents of all organisations agree on. */
export interface Consortium {
  readonly network: string;
  readonly fabricVersion: string;
  /** DNS domain of the Services of the clusters, such as `cluster.local`. */
  readonly clusterDomain: string;
  readonly organisations: readonly ConsortiumOrganisation[];
  readonly channels: readonly ConsortiumChannel[];
  readonly chaincodes: readonly ConsortiumChaincode[];
}

/** What an organisation publishes of itself: certificates only, as PEM texts. */
export interface OrganisationMaterial {
  readonly mspId: string;
  readonly rootCertificates: readonly string[];
  readonly intermediateCertificates: readonly string[];
  readonly tlsRootCertificates: readonly string[];
  readonly tlsIntermediateCertificates: readonly string[];
}

/** A member of the Raft cluster of a channel; it is known by its TLS certificate's key. */
export interface Consenter {
  readonly host: string;
  readonly port: number;
  /** PEM. */
  readonly tlsCertificate: string;
}
