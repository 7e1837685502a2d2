import { common, msp, peer } from "@hyperledger/fabric-protos";
import { Timestamp } from "google-protobuf/google/protobuf/timestamp_pb";
import { createHash, randomBytes, X509Certificate } from "node:crypto";

/** Signed messages as Fabric reads them: proposals to peers, envelopes to ordering nodes and block deliverers. */

/** Somebody who can sign. Fabric takes ECDSA signatures in DER with a low S only; fabric-gateway's signers give those. */
export interface Signer {
  readonly mspId: string;
  /** PEM of the signing certificate. */
  readonly certificate: string;
  /** Signs a SHA-256 digest. */
  sign(digest: Uint8Array): Promise<Uint8Array>;
}

/** What makes one message differ from the next; only tests choose it. */
export interface Occasion {
  readonly nonce: Uint8Array;
  readonly time: Date;
}

const nonceBytes = 24;

/** A nonce never used before, and now. */
export function newOccasion(): Occasion {
  return { nonce: randomBytes(nonceBytes), time: new Date() };
}

/** `msp.SerializedIdentity`: the bytes that Fabric knows an identity by. */
export function serializedIdentity({ mspId, certificate }: Pick<Signer, "mspId" | "certificate">): Uint8Array {
  const identity = new msp.SerializedIdentity();
  identity.setMspid(mspId);
  identity.setIdBytes(new TextEncoder().encode(certificate));
  return identity.serializeBinary();
}

/** The transaction id that follows from who signs and which nonce was drawn: hexadecimal SHA-256 over both. */
function transactionId(nonce: Uint8Array, creator: Uint8Array): string {
  return createHash("sha256").update(nonce).update(creator).digest("hex");
}

/** Who signs, and the nonce that keeps the signature from being used twice. */
export function signatureHeader(creator: Uint8Array, nonce: Uint8Array): common.SignatureHeader {
  const header = new common.SignatureHeader();
  header.setCreator(creator);
  header.setNonce(nonce);
  return header;
}

/** The signature of `message`, of which Fabric signs the SHA-256. */
export function signMessage(signer: Signer, message: Uint8Array): Promise<Uint8Array> {
  return signer.sign(createHash("sha256").update(message).digest());
}

export interface HeaderOptions {
  readonly type: common.HeaderTypeMap[keyof common.HeaderTypeMap];
  /** Empty for what concerns no channel, such as joining one. */
  readonly channel: string;
  readonly extension?: Uint8Array;
  /** PEM of the client's TLS certificate: block deliverers under mutual TLS want the request bound to it. */
  readonly tlsCertificate?: string;
}

/** Both headers of a message and the transaction id that they give. */
function messageHeader(
  { type, channel, extension, tlsCertificate }: HeaderOptions,
  signer: Signer,
  { nonce, time }: Occasion,
): { header: common.Header; transactionId: string } {
  const creator = serializedIdentity(signer);
  const id = transactionId(nonce, creator);
  const timestamp = new Timestamp();
  timestamp.fromDate(time);
  const channelHeader = new common.ChannelHeader();
  channelHeader.setType(type);
  channelHeader.setTimestamp(timestamp);
  channelHeader.setChannelId(channel);
  channelHeader.setTxId(id);
  if (extension !== undefined) channelHeader.setExtension$(extension);
  if (tlsCertificate !== undefined) {
    channelHeader.setTlsCertHash(createHash("sha256").update(new X509Certificate(tlsCertificate).raw).digest());
  }
  const header = new common.Header();
  header.setChannelHeader(channelHeader.serializeBinary());
  header.setSignatureHeader(signatureHeader(creator, nonce).serializeBinary());
  return { header, transactionId: id };
}

/** A signed envelope around `data`, as `AtomicBroadcast` and `Deliver` take it. */
export async function signedEnvelope(
  options: HeaderOptions & { readonly data: Uint8Array },
  signer: Signer,
  occasion: Occasion = newOccasion(),
): Promise<common.Envelope> {
  const payload = new common.Payload();
  payload.setHeader(messageHeader(options, signer, occasion).header);
  payload.setData(options.data);
  const bytes = payload.serializeBinary();
  const envelope = new common.Envelope();
  envelope.setPayload(bytes);
  envelope.setSignature(await signMessage(signer, bytes));
  return envelope;
}

/** A call of a chaincode (or of `cscc`, `qscc`, `_lifecycle`) that a peer is asked to run. */
export interface Call {
  /** Empty for `cscc` JoinChain and GetChannels, and for installing chaincode. */
  readonly channel: string;
  readonly chaincode: string;
  /** The function's name first; texts are sent as UTF-8. */
  readonly args: readonly (string | Uint8Array)[];
  /** Data that stays out of the transaction. */
  readonly transient?: Readonly<Record<string, Uint8Array>>;
}

/** A signed proposal for `protos.Endorser/ProcessProposal`, and the id of its transaction. */
export async function signedProposal(
  call: Call,
  signer: Signer,
  occasion: Occasion = newOccasion(),
): Promise<{ proposal: peer.SignedProposal; transactionId: string }> {
  const chaincodeId = new peer.ChaincodeID();
  chaincodeId.setName(call.chaincode);
  const extension = new peer.ChaincodeHeaderExtension();
  extension.setChaincodeId(chaincodeId);
  const { header, transactionId: id } = messageHeader(
    { type: common.HeaderType.ENDORSER_TRANSACTION, channel: call.channel, extension: extension.serializeBinary() },
    signer,
    occasion,
  );
  const payload = new peer.ChaincodeProposalPayload();
  payload.setInput(invocation(chaincodeId, call.args).serializeBinary());
  for (const [key, value] of Object.entries(call.transient ?? {})) payload.getTransientmapMap().set(key, value);
  const proposal = new peer.Proposal();
  proposal.setHeader(header.serializeBinary());
  proposal.setPayload(payload.serializeBinary());
  const bytes = proposal.serializeBinary();
  const signed = new peer.SignedProposal();
  signed.setProposalBytes(bytes);
  signed.setSignature(await signMessage(signer, bytes));
  return { proposal: signed, transactionId: id };
}

function invocation(chaincodeId: peer.ChaincodeID, args: Call["args"]): peer.ChaincodeInvocationSpec {
  const input = new peer.ChaincodeInput();
  input.setArgsList(args.map((arg) => (typeof arg === "string" ? new TextEncoder().encode(arg) : arg)));
  const spec = new peer.ChaincodeSpec();
  spec.setType(peer.ChaincodeSpec.Type.GOLANG);
  spec.setChaincodeId(chaincodeId);
  spec.setInput(input);
  const invocationSpec = new peer.ChaincodeInvocationSpec();
  invocationSpec.setChaincodeSpec(spec);
  return invocationSpec;
}
