import { common, msp, orderer, peer } from "@hyperledger/fabric-protos";
import { nameOf } from "./decode-policy";
import type { Json, WriteBytes } from "./json";

/** How the values of a channel config are opened, by their names, which say the same in every group. */
const decoders: Readonly<Record<string, (content: Uint8Array, bytes: WriteBytes) => Json>> = {
  AnchorPeers: (content) => ({
    anchor_peers: peer.AnchorPeers.deserializeBinary(content)
      .getAnchorPeersList()
      .map((anchor) => ({ host: anchor.getHost(), port: anchor.getPort() })),
  }),
  BatchSize: (content) => {
    const size = orderer.BatchSize.deserializeBinary(content);
    return {
      absolute_max_bytes: size.getAbsoluteMaxBytes(),
      max_message_count: size.getMaxMessageCount(),
      preferred_max_bytes: size.getPreferredMaxBytes(),
    };
  },
  BatchTimeout: (content) => ({ timeout: orderer.BatchTimeout.deserializeBinary(content).getTimeout() }),
  BlockDataHashingStructure: (content) => ({
    width: common.BlockDataHashingStructure.deserializeBinary(content).getWidth(),
  }),
  Capabilities: (content) => {
    const names: string[] = [];
    common.Capabilities.deserializeBinary(content)
      .getCapabilitiesMap()
      .forEach((_, name) => names.push(name));
    return { capabilities: Object.fromEntries(names.sort().map((name) => [name, {}])) };
  },
  ChannelRestrictions: (content) => ({
    max_count: String(orderer.ChannelRestrictions.deserializeBinary(content).getMaxCount()),
  }),
  ConsensusType: (content, bytes) => {
    const type = orderer.ConsensusType.deserializeBinary(content);
    return {
      metadata:
        type.getType() === "etcdraft" ? decodeRaft(type.getMetadata_asU8(), bytes) : bytes(type.getMetadata_asU8()),
      state: nameOf(orderer.ConsensusType.State, type.getState()),
      type: type.getType(),
    };
  },
  Endpoints: (content) => ({ addresses: common.OrdererAddresses.deserializeBinary(content).getAddressesList() }),
  HashingAlgorithm: (content) => ({ name: common.HashingAlgorithm.deserializeBinary(content).getName() }),
  MSP: decodeMsp,
};

/** A value of a config group; base64 if we know no such value, `null` if it says nothing. */
export function decodeValue(name: string, content: Uint8Array, bytes: WriteBytes): Json {
  if (content.length === 0) return null;
  return decoders[name]?.(content, bytes) ?? bytes(content);
}

function decodeRaft(content: Uint8Array, bytes: WriteBytes): Json {
  const metadata = orderer.etcdraft.ConfigMetadata.deserializeBinary(content);
  const options = metadata.getOptions();
  return {
    consenters: metadata.getConsentersList().map((consenter) => ({
      client_tls_cert: bytes(consenter.getClientTlsCert_asU8()),
      host: consenter.getHost(),
      port: consenter.getPort(),
      server_tls_cert: bytes(consenter.getServerTlsCert_asU8()),
    })),
    options:
      options === undefined
        ? null
        : {
            election_tick: options.getElectionTick(),
            heartbeat_tick: options.getHeartbeatTick(),
            max_inflight_blocks: options.getMaxInflightBlocks(),
            snapshot_interval_size: options.getSnapshotIntervalSize(),
            tick_interval: options.getTickInterval(),
          },
  };
}

function decodeMsp(content: Uint8Array, bytes: WriteBytes): Json {
  const config = msp.MSPConfig.deserializeBinary(content);
  const fabric = msp.FabricMSPConfig.deserializeBinary(config.getConfig_asU8());
  const crypto = fabric.getCryptoConfig();
  const signing = fabric.getSigningIdentity();
  return {
    config: {
      admins: fabric.getAdminsList_asU8().map(bytes),
      crypto_config:
        crypto === undefined
          ? null
          : {
              identity_identifier_hash_function: crypto.getIdentityIdentifierHashFunction(),
              signature_hash_family: crypto.getSignatureHashFamily(),
            },
      fabric_node_ous: decodeNodeOUs(fabric.getFabricNodeOus(), bytes),
      intermediate_certs: fabric.getIntermediateCertsList_asU8().map(bytes),
      name: fabric.getName(),
      organizational_unit_identifiers: fabric
        .getOrganizationalUnitIdentifiersList()
        .map((unit) => decodeUnit(unit, bytes)),
      revocation_list: fabric.getRevocationListList_asU8().map(bytes),
      root_certs: fabric.getRootCertsList_asU8().map(bytes),
      // Only a node's own folder holds one, so in a channel it would be a private key gone astray: shown as no more.
      signing_identity: signing === undefined ? null : "present, and not shown",
      tls_intermediate_certs: fabric.getTlsIntermediateCertsList_asU8().map(bytes),
      tls_root_certs: fabric.getTlsRootCertsList_asU8().map(bytes),
    },
    type: config.getType(),
  };
}

function decodeNodeOUs(units: msp.FabricNodeOUs | undefined, bytes: WriteBytes): Json {
  if (units === undefined) return null;
  return {
    admin_ou_identifier: decodeUnit(units.getAdminOuIdentifier(), bytes),
    client_ou_identifier: decodeUnit(units.getClientOuIdentifier(), bytes),
    enable: units.getEnable(),
    orderer_ou_identifier: decodeUnit(units.getOrdererOuIdentifier(), bytes),
    peer_ou_identifier: decodeUnit(units.getPeerOuIdentifier(), bytes),
  };
}

function decodeUnit(unit: msp.FabricOUIdentifier | undefined, bytes: WriteBytes): Json {
  if (unit === undefined) return null;
  return {
    certificate: bytes(unit.getCertificate_asU8()),
    organizational_unit_identifier: unit.getOrganizationalUnitIdentifier(),
  };
}
