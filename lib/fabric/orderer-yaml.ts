import { type Configuration, renderConfiguration } from "./configuration-file";
import { keepalive } from "./keepalive";
import { type OrdererLayout, ordererLayout, type TlsLayout } from "./layout";
import { ports } from "./ports";
import { type FabricVersion, traitsOf } from "./version";

/** What the ordering nodes of one organisation have in common: everything, since they listen on all addresses. */
export interface OrdererConfigurationInput {
  readonly version: FabricVersion;
  readonly mspId: string;
  /** Whether clients must show a certificate on the gRPC port. Nodes always show theirs to each other. */
  readonly clientAuthentication: boolean;
  /**
   * Raft tick as a Go duration, in place of the channel's own; the same on all nodes of a channel. 100ms brings a new
   * leader within about a second, and suits one region; across sites take more than the round trip.
   */
  readonly tickInterval?: string;
  readonly layout?: OrdererLayout;
}

/** Config blocks of large consortia exceed Fabric's 1 MB. An absent key means zero: nothing could be joined. */
const largestConfigBlock = "16 MB";

/**
 * orderer.yaml for an organisation's ordering nodes (Fabric docs, "Checklist for a production ordering node";
 * `sampleconfig/orderer.yaml`). Only keys that the version knows: any other stops an ordering node at start.
 */
export function ordererConfiguration(input: OrdererConfigurationInput): Configuration {
  const traits = traitsOf(input.version);
  const layout = input.layout ?? ordererLayout();
  const { tls } = layout;
  return {
    General: {
      ListenAddress: "0.0.0.0",
      ListenPort: ports.orderer.grpc,
      TLS: tlsSection(tls, input.clientAuthentication),
      Keepalive: {
        ServerMinInterval: keepalive.server.minimum,
        ServerInterval: keepalive.server.interval,
        ServerTimeout: keepalive.server.timeout,
      },
      // Consenters know a node by its TLS certificate, so it shows the same pair as client and as server. Raft uses the
      // general listener: a listener of its own would be a second port to open and a second certificate to renew.
      Cluster: {
        ClientCertificate: tls.certificate,
        ClientPrivateKey: tls.privateKey,
        SendBufferSize: 100,
        ...(traits.ordererBackoff ? { ReplicationPolicy: "consensus" } : {}),
      },
      // A zone that comes back is dialled again within 10 s; gRPC's own pause would grow to 2 minutes.
      ...(traits.ordererBackoff ? { Backoff: { BaseDelay: "1s", Multiplier: 1.6, MaxDelay: "10s" } } : {}),
      // No system channel: channels are joined one by one through the participation API.
      BootstrapMethod: "none",
      LocalMSPDir: layout.msp.folder,
      LocalMSPID: input.mspId,
      BCCSP: { Default: "SW", SW: { Hash: "SHA2", Security: 256 } },
      Authentication: { TimeWindow: "15m" },
    },
    FileLedger: { Location: layout.ledger },
    Consensus: {
      WALDir: layout.writeAheadLog,
      SnapDir: layout.raftSnapshots,
      ...(input.tickInterval === undefined ? {} : { TickIntervalOverride: input.tickInterval }),
    },
    ChannelParticipation: { Enabled: true, MaxRequestBodySize: largestConfigBlock },
    Admin: { ListenAddress: `0.0.0.0:${ports.orderer.admin}`, TLS: tlsSection(tls, true) },
    // The kubelet has no client certificate, so /healthz and /version must do without. /metrics and /logspec ask for a
    // verified one in any case as soon as TLS is on (Fabric docs, "The Operations Service").
    Operations: { ListenAddress: `0.0.0.0:${ports.orderer.operations}`, TLS: tlsSection(tls, false) },
    Metrics: { Provider: "prometheus" },
  };
}

/** The text of orderer.yaml for {@link ordererConfiguration}. */
export function renderOrdererYaml(input: OrdererConfigurationInput): string {
  return renderConfiguration("orderer.yaml", input.version, ordererConfiguration(input));
}

function tlsSection(tls: TlsLayout, clientAuthRequired: boolean): Configuration {
  return {
    Enabled: true,
    Certificate: tls.certificate,
    PrivateKey: tls.privateKey,
    RootCAs: [tls.authorities],
    ClientAuthRequired: clientAuthRequired,
    // Authorities of the other organisations are added from the configuration of each channel.
    ClientRootCAs: [tls.authorities],
  };
}
