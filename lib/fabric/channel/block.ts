import { common } from "@hyperledger/fabric-protos";
import { Timestamp } from "google-protobuf/google/protobuf/timestamp_pb";
import { createHash, X509Certificate } from "node:crypto";
import { dataHashOf, headerHash } from "../ledger/header";
import { mspOf, organisationGroups, raftOf } from "./read";

/** Slots of block metadata that Fabric writes: signatures, last config (kept, empty later), filter, orderer, commit hash. */
const metadataSlots = 5;
const nonceBytes = 24;
/** `ChannelHeader.version` of config blocks that Fabric's own tools make. */
const headerVersion = 1;

/**
 * The first block of a channel. The same config gives the same bytes, so that a founder that was stopped on the way
 * makes the same chain again: the nonce is a hash of channel and config (nobody signs here, so it guards no signature),
 * and the time is when the youngest certificate of the config became valid (Fabric does not look at it; people do).
 * @param channel Name of the channel: lower case, at most 249 characters.
 */
export function genesisBlock(channel: string, config: common.Config): common.Block {
  const envelope = new common.ConfigEnvelope();
  envelope.setConfig(config);
  const content = envelope.serializeBinary();
  const nonce = createHash("sha256").update(`${channel}\n`).update(content).digest().subarray(0, nonceBytes);
  const timestamp = new Timestamp();
  timestamp.setSeconds(youngestCertificate(config));

  const channelHeader = new common.ChannelHeader();
  channelHeader.setType(common.HeaderType.CONFIG);
  channelHeader.setVersion(headerVersion);
  channelHeader.setTimestamp(timestamp);
  channelHeader.setChannelId(channel);
  channelHeader.setTxId(createHash("sha256").update(nonce).digest("hex"));
  const signatureHeader = new common.SignatureHeader();
  signatureHeader.setNonce(nonce);
  const header = new common.Header();
  header.setChannelHeader(channelHeader.serializeBinary());
  header.setSignatureHeader(signatureHeader.serializeBinary());
  const payload = new common.Payload();
  payload.setHeader(header);
  payload.setData(content);
  const unsigned = new common.Envelope();
  unsigned.setPayload(payload.serializeBinary());
  return firstBlock(unsigned);
}

function firstBlock(envelope: common.Envelope): common.Block {
  const data = new common.BlockData();
  data.setDataList([envelope.serializeBinary()]);
  const header = new common.BlockHeader();
  header.setDataHash(blockDataHash(data));
  const signatures = new common.OrdererBlockMetadata();
  signatures.setLastConfig(new common.LastConfig());
  const metadata = new common.BlockMetadata();
  metadata.setMetadataList([
    metadataOf(signatures.serializeBinary()),
    metadataOf(new common.LastConfig().serializeBinary()),
    ...Array.from({ length: metadataSlots - 2 }, () => new Uint8Array()),
  ]);
  const block = new common.Block();
  block.setHeader(header);
  block.setData(data);
  block.setMetadata(metadata);
  return block;
}

function metadataOf(value: Uint8Array): Uint8Array {
  const metadata = new common.Metadata();
  metadata.setValue(value);
  return metadata.serializeBinary();
}

/** Seconds since 1970 at which the youngest CA certificate or consenter became valid; 0 if there is none to read. */
function youngestCertificate(config: common.Config): number {
  const organisations = [...organisationGroups(config, "Orderer"), ...organisationGroups(config, "Application")];
  const authorities = organisations.flatMap(([, group]) => {
    const fabric = mspOf(group);
    return [
      ...(fabric?.getRootCertsList_asU8() ?? []),
      ...(fabric?.getIntermediateCertsList_asU8() ?? []),
      ...(fabric?.getTlsRootCertsList_asU8() ?? []),
      ...(fabric?.getTlsIntermediateCertsList_asU8() ?? []),
    ];
  });
  const consenters = raftOf(config)?.getConsentersList() ?? [];
  const pems = [...authorities, ...consenters.map((consenter) => consenter.getServerTlsCert_asU8())];
  return Math.max(0, ...pems.map(validFrom));
}

function validFrom(pem: Uint8Array): number {
  try {
    return Math.floor(new Date(new X509Certificate(pem).validFrom).getTime() / 1000);
  } catch {
    // A preview has no certificates yet, and a block is none the worse for it.
    return 0;
  }
}

/** What `BlockHeader.data_hash` must be: SHA-256 over the block's transactions one after the other. */
export function blockDataHash(data: common.BlockData): Uint8Array {
  return dataHashOf(data.getDataList_asU8());
}

/** The hash by which the next block names this one (Fabric `protoutil.BlockHeaderHash`). */
export function blockHeaderHash(header: common.BlockHeader): Uint8Array {
  return headerHash({
    number: header.getNumber(),
    previousHash: header.getPreviousHash_asU8(),
    dataHash: header.getDataHash_asU8(),
  });
}

/**
 * The channel config that a config block carries.
 * @throws RangeError if the block is no config block, or carries no config.
 */
export function configOf(block: common.Block): common.Config {
  const [entry] = block.getData()?.getDataList_asU8() ?? [];
  if (entry === undefined) throw new RangeError("The block is empty, so it carries no channel config");
  const payload = common.Payload.deserializeBinary(common.Envelope.deserializeBinary(entry).getPayload_asU8());
  const header = common.ChannelHeader.deserializeBinary(
    payload.getHeader()?.getChannelHeader_asU8() ?? new Uint8Array(),
  );
  const number = block.getHeader()?.getNumber() ?? 0;
  if (header.getType() !== common.HeaderType.CONFIG) {
    throw new RangeError(`Block ${number} of channel ${header.getChannelId()} is no config block`);
  }
  const config = common.ConfigEnvelope.deserializeBinary(payload.getData_asU8()).getConfig();
  if (config === undefined) throw new RangeError(`Block ${number} of ${header.getChannelId()} carries no config`);
  return config;
}
