import { type Configuration, renderConfiguration } from "./configuration-file";
import { keepalive } from "./keepalive";
import { chaincodeBuilderFolder, type PeerLayout, peerLayout, type TlsLayout } from "./layout";
import { ports } from "./ports";
import { type FabricTraits, type FabricVersion, traitsOf } from "./version";

/** Where a peer keeps the current values of all keys. */
export type StateDatabase =
  | { readonly kind: "leveldb" }
  /** Beside its peer, in its pod. The password is in the environment only: see `peerEnvironment`. */
  | { readonly kind: "couchdb"; readonly username: string };

/** How long a peer waits, as Go durations. */
export interface PeerTimeouts {
  /** One chaincode call (`chaincode.executetimeout`). */
  readonly execute: string;
  /** The gateway, for one peer's endorsement, before it asks another. Shorter than `execute` cuts slow chaincode off. */
  readonly endorsement: string;
  /** The gateway, for one ordering node, before it tries the next. Keep it well below the clients' own deadline. */
  readonly broadcast: string;
  /** A connection to another node, for blocks as for the gateway. */
  readonly dial: string;
}

/**
 * R1 asks for 15 s of execution; the others are the values with which a lost zone cost 2.2 s of writes. A gateway asks the
 * peers of a silent zone until gossip has given them up, so each transaction may wait that long for one of them.
 */
export const defaultPeerTimeouts: PeerTimeouts = { execute: "15s", endorsement: "3s", broadcast: "1s", dial: "1s" };

/** What the peers of one group have in common. What differs from pod to pod is in `peerEnvironment`. */
export interface PeerConfigurationInput {
  readonly version: FabricVersion;
  /** Name of the network; a label, nothing is addressed by it. */
  readonly networkId: string;
  readonly mspId: string;
  /** Whether clients must show a certificate on the gRPC port. Nodes always show theirs to each other. */
  readonly clientAuthentication: boolean;
  readonly stateDatabase: StateDatabase;
  /** `host:port` of peers of the *same organisation*; others are refused. May hold the peer itself. */
  readonly gossipBootstrap: readonly string[];
  readonly timeouts?: Partial<PeerTimeouts>;
  /** The longest pause between two tries to get blocks, as a Go duration. */
  readonly longestBackoff?: string;
  readonly layout?: PeerLayout;
}

/**
 * core.yaml for a group of peers (Fabric docs, "Checklist for a production peer"; `sampleconfig/core.yaml`). Written are
 * the keys whose absence breaks a peer, often silently, and those where we mean something else than Fabric's default.
 * There is no `vm` section: without it the peer asks for no Docker daemon, and its health check neither.
 */
export function peerConfiguration(input: PeerConfigurationInput): Configuration {
  const traits = traitsOf(input.version);
  const layout = input.layout ?? peerLayout();
  const timeouts = { ...defaultPeerTimeouts, ...input.timeouts };
  return {
    peer: peerSection(input, traits, layout, timeouts),
    chaincode: chaincodeSection(traits, timeouts),
    ledger: ledgerSection(input.stateDatabase, layout),
    operations: {
      listenAddress: `0.0.0.0:${ports.peer.operations}`,
      tls: {
        enabled: true,
        cert: { file: layout.tls.certificate },
        key: { file: layout.tls.privateKey },
        // The kubelet has no client certificate, so /healthz and /version must do without. /metrics and /logspec ask
        // for a verified one in any case as soon as TLS is on (Fabric docs, "The Operations Service"). /healthz answers
        // before any ledger is open: whether the peer serves, only its gRPC port tells.
        clientAuthRequired: false,
        clientRootCAs: { files: [layout.tls.authorities] },
      },
    },
    metrics: { provider: "prometheus" },
  };
}

/** The text of core.yaml for {@link peerConfiguration}. */
export function renderCoreYaml(input: PeerConfigurationInput): string {
  return renderConfiguration("core.yaml", input.version, peerConfiguration(input));
}

function peerSection(
  input: PeerConfigurationInput,
  traits: FabricTraits,
  layout: PeerLayout,
  timeouts: PeerTimeouts,
): Configuration {
  return {
    networkId: input.networkId,
    localMspId: input.mspId,
    mspConfigPath: layout.msp.folder,
    fileSystemPath: layout.ledger,
    listenAddress: `0.0.0.0:${ports.peer.grpc}`,
    // Chaincode is a service that the peer dials. Nothing dials back, so this listener stays inside the pod.
    chaincodeListenAddress: `127.0.0.1:${ports.peer.chaincode}`,
    addressAutoDetect: false,
    tls: tlsSection(input.clientAuthentication, layout.tls),
    BCCSP: { Default: "SW", SW: { Hash: "SHA2", Security: 256 } },
    authentication: { timewindow: "15m" },
    keepalive: {
      interval: keepalive.server.interval,
      timeout: keepalive.server.timeout,
      minInterval: keepalive.server.minimum,
      client: { ...keepalive.betweenPeers },
      deliveryClient: { ...keepalive.blockDelivery },
    },
    gossip: gossipSection(input.gossipBootstrap, traits),
    deliveryclient: {
      // Every peer pulls from the ordering service itself; pushing the same blocks again would only cost bandwidth.
      // Written for both lines, since an absent key counts as true while the sample files disagree.
      blockGossipEnabled: false,
      connTimeout: timeouts.dial,
      // Fabric lets the pause between two tries grow to an hour, so a long outage would outlast its cause.
      reConnectBackoffThreshold: input.longestBackoff ?? "2s",
      ...(traits.byzantineOrdering
        ? { policy: "cluster", blockCensorshipTimeoutKey: "30s", minimalReconnectInterval: "100ms" }
        : {}),
    },
    gateway: {
      enabled: true,
      endorsementTimeout: timeouts.endorsement,
      broadcastTimeout: timeouts.broadcast,
      dialTimeout: timeouts.dial,
    },
    discovery: {
      enabled: true,
      authCacheEnabled: true,
      authCacheMaxSize: 1000,
      authCachePurgeRetentionRatio: 0.75,
      orgMembersAllowedAccess: false,
    },
    // Without endorsers and validators a peer starts, joins channels, and never commits a block.
    handlers: {
      authFilters: traits.authFilters.map((name) => ({ name })),
      decorators: [{ name: "DefaultDecorator" }],
      endorsers: { escc: { name: "DefaultEndorsement" } },
      validators: { vscc: { name: "DefaultValidation" } },
    },
    limits: { concurrency: { endorserService: 2500, deliverService: 2500, gatewayService: 500 } },
  };
}

function tlsSection(clientAuthentication: boolean, tls: TlsLayout): Configuration {
  return {
    enabled: true,
    clientAuthRequired: clientAuthentication,
    cert: { file: tls.certificate },
    key: { file: tls.privateKey },
    rootcert: { file: tls.authorities },
    // Authorities of the other organisations are added from the configuration of each channel that the peer joins.
    clientRootCAs: { files: [tls.authorities] },
    clientCert: { file: tls.certificate },
    clientKey: { file: tls.privateKey },
  };
}

function gossipSection(bootstrap: readonly string[], traits: FabricTraits): Configuration {
  return {
    ...(bootstrap.length > 0 ? { bootstrap: [...bootstrap] } : {}),
    // Every peer is a static leader: it pulls from the ordering service itself, and retries for ever. In code an absent
    // orgLeader means false, and the peer would stay at height 1 without a word in its log.
    useLeaderElection: false,
    orgLeader: true,
    state: { enabled: false },
    // A silent peer is asked for endorsements until gossip calls it dead: after 8 s, where Fabric's own values take 25 s.
    aliveTimeInterval: "2s",
    aliveExpirationTimeout: "8s",
    reconnectInterval: "5s",
    // An absent pushAckTimeout, pullRetryThreshold or reconciliationEnabled means zero or false, not Fabric's default.
    pvtData: {
      pushAckTimeout: "3s",
      pullRetryThreshold: "60s",
      transientstoreMaxBlockRetention: traits.transientBlockRetention,
      btlPullMargin: 10,
      reconcileBatchSize: 10,
      reconcileSleepInterval: "1m",
      reconciliationEnabled: true,
      skipPullingInvalidTransactionsDuringCommit: false,
      implicitCollectionDisseminationPolicy: { requiredPeerCount: 0, maxPeerCount: 1 },
    },
  };
}

function chaincodeSection(traits: FabricTraits, timeouts: PeerTimeouts): Configuration {
  return {
    mode: "net",
    executetimeout: timeouts.execute,
    installTimeout: "300s",
    startuptimeout: "300s",
    externalBuilders: [
      {
        name: "ccaas_builder",
        path: chaincodeBuilderFolder,
        propagateEnvironment: ["CHAINCODE_AS_A_SERVICE_BUILDER_CONFIG"],
      },
    ],
    // Without these a peer starts healthy and fails at its first channel.
    system: { _lifecycle: "enable", cscc: "enable", lscc: "enable", qscc: "enable" },
    logging: { level: "info", shim: "warning" },
    ...(traits.chaincodeBatches
      ? {
          runtimeParams: {
            useWriteBatch: true,
            maxSizeWriteBatch: 1000,
            useGetMultipleKeys: true,
            maxSizeGetMultipleKeys: 1000,
          },
        }
      : {}),
  };
}

function ledgerSection(stateDatabase: StateDatabase, layout: PeerLayout): Configuration {
  const state: Configuration =
    stateDatabase.kind === "leveldb"
      ? { stateDatabase: "goleveldb", totalQueryLimit: 100_000 }
      : {
          stateDatabase: "CouchDB",
          totalQueryLimit: 100_000,
          couchDBConfig: {
            couchDBAddress: `localhost:${ports.couchdb.http}`,
            username: stateDatabase.username,
            maxRetries: 3,
            maxRetriesOnStartup: 10,
            requestTimeout: "35s",
            internalQueryLimit: 1000,
            maxBatchUpdateSize: 1000,
            cacheSize: 64,
          },
        };
  return {
    state,
    history: { enableHistoryDatabase: true },
    snapshots: { rootDir: layout.snapshots },
  };
}
