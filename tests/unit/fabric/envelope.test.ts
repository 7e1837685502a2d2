import { common, msp, peer } from "@hyperledger/fabric-protos";
import { createHash, X509Certificate } from "node:crypto";
import { computeUpdate } from "../../../lib/fabric/channel/compute-update";
import { configUpdateEnvelope, isSameConfigUpdate, signConfigUpdate } from "../../../lib/fabric/channel/sign-update";
import { signedEnvelope, signedProposal, type Signer } from "../../../lib/fabric/envelope";
import { changes } from "../../support/channel-inputs";
import { configFrom, golden } from "./channel/goldens";

const { input, spares } = golden("3.1.5");
/** Shows what it was asked to sign. */
const signer: Signer = { mspId: "AmberMSP", certificate: spares.root, sign: (digest) => Promise.resolve(digest) };
const occasion = { nonce: Buffer.alloc(24, 7), time: new Date("2026-01-02T03:04:05Z") };
const sha256 = (...parts: Uint8Array[]) => createHash("sha256").update(Buffer.concat(parts)).digest();

function creatorOf(header: common.SignatureHeader): msp.SerializedIdentity {
  return msp.SerializedIdentity.deserializeBinary(header.getCreator_asU8());
}

test("a proposal says who calls what, and is signed as a whole", async () => {
  const call = {
    channel: "",
    chaincode: "cscc",
    args: ["JoinChain", Buffer.from([1, 2])],
    transient: { key: Buffer.from("v") },
  };
  const { proposal, transactionId } = await signedProposal(call, signer, occasion);
  expect(proposal.getSignature_asU8()).toEqual(sha256(proposal.getProposalBytes_asU8()));
  const content = peer.Proposal.deserializeBinary(proposal.getProposalBytes_asU8());
  const header = common.Header.deserializeBinary(content.getHeader_asU8());
  const channelHeader = common.ChannelHeader.deserializeBinary(header.getChannelHeader_asU8());
  const signatureHeader = common.SignatureHeader.deserializeBinary(header.getSignatureHeader_asU8());
  expect(channelHeader.getType()).toBe(common.HeaderType.ENDORSER_TRANSACTION);
  expect(channelHeader.getChannelId()).toBe("");
  expect(channelHeader.getTimestamp()?.toDate()).toEqual(occasion.time);
  expect(transactionId).toBe(sha256(occasion.nonce, signatureHeader.getCreator_asU8()).toString("hex"));
  expect(channelHeader.getTxId()).toBe(transactionId);
  expect(creatorOf(signatureHeader).getMspid()).toBe("AmberMSP");
  expect(Buffer.from(creatorOf(signatureHeader).getIdBytes_asU8()).toString()).toBe(spares.root);
  const extension = peer.ChaincodeHeaderExtension.deserializeBinary(channelHeader.getExtension_asU8());
  expect(extension.getChaincodeId()?.getName()).toBe("cscc");
  const payload = peer.ChaincodeProposalPayload.deserializeBinary(content.getPayload_asU8());
  const invocation = peer.ChaincodeInvocationSpec.deserializeBinary(payload.getInput_asU8()).getChaincodeSpec();
  expect(invocation?.getInput()?.getArgsList_asU8()).toEqual([
    Uint8Array.from(Buffer.from("JoinChain")),
    Uint8Array.of(1, 2),
  ]);
  expect(Buffer.from(payload.getTransientmapMap().get("key") ?? "").toString()).toBe("v");
});

test("two messages never have the same nonce", async () => {
  const call = { channel: "records", chaincode: "qscc", args: ["GetChainInfo", "records"] };
  const ids = await Promise.all([1, 2].map(async () => (await signedProposal(call, signer)).transactionId));
  expect(ids[0]).not.toBe(ids[1]);
});

test("an envelope is bound to the client's TLS certificate where one is given", async () => {
  const options = { type: common.HeaderType.DELIVER_SEEK_INFO, channel: "records", data: Buffer.from("seek") };
  const hashOf = (envelope: common.Envelope) => {
    const payload = common.Payload.deserializeBinary(envelope.getPayload_asU8());
    expect(Buffer.from(payload.getData_asU8()).toString()).toBe("seek");
    expect(envelope.getSignature_asU8()).toEqual(sha256(envelope.getPayload_asU8()));
    return common.ChannelHeader.deserializeBinary(
      payload.getHeader()?.getChannelHeader_asU8() ?? new Uint8Array(),
    ).getTlsCertHash_asU8();
  };
  expect(hashOf(await signedEnvelope(options, signer))).toHaveLength(0);
  const bound = await signedEnvelope({ ...options, tlsCertificate: spares.tlsCertificate }, signer);
  expect(hashOf(bound)).toEqual(sha256(new X509Certificate(spares.tlsCertificate).raw));
});

const update = (which: number) => {
  const target = configFrom(changes[which]?.apply(input, spares) ?? input);
  const computed = computeUpdate("records", configFrom(input), target);
  if (computed === undefined) throw new Error("nothing changes");
  return computed.update;
};

test("a config update is signed with its header, and travels with all signatures", async () => {
  const bytes = update(0).serializeBinary();
  const signature = await signConfigUpdate(bytes, signer, occasion);
  expect(signature.getSignature_asU8()).toEqual(sha256(signature.getSignatureHeader_asU8(), bytes));
  const header = common.SignatureHeader.deserializeBinary(signature.getSignatureHeader_asU8());
  expect(creatorOf(header).getMspid()).toBe("AmberMSP");
  const envelope = await configUpdateEnvelope("records", bytes, [signature, signature], signer);
  const payload = common.Payload.deserializeBinary(envelope.getPayload_asU8());
  const channelHeader = common.ChannelHeader.deserializeBinary(
    payload.getHeader()?.getChannelHeader_asU8() ?? new Uint8Array(),
  );
  expect(channelHeader.getType()).toBe(common.HeaderType.CONFIG_UPDATE);
  const inside = common.ConfigUpdateEnvelope.deserializeBinary(payload.getData_asU8());
  expect(inside.getConfigUpdate_asU8()).toEqual(bytes);
  expect(inside.getSignaturesList()).toHaveLength(2);
});

test("only the very change that we computed is taken for ours", () => {
  const own = update(0);
  const bytes = own.serializeBinary();
  expect(isSameConfigUpdate(bytes, update(0))).toBe(true);
  for (const which of changes.keys()) {
    if (which > 0) expect(isSameConfigUpdate(update(which).serializeBinary(), own)).toBe(false);
  }
  // A field that nobody knows, and bytes that are no message.
  expect(isSameConfigUpdate(Buffer.concat([bytes, Buffer.from([0xfa, 0x3f, 1, 1])]), own)).toBe(false);
  expect(isSameConfigUpdate(Buffer.alloc(bytes.length, 0xff), own)).toBe(false);
  const other = update(0);
  other.setChannelId("recordz");
  expect(isSameConfigUpdate(other.serializeBinary(), own)).toBe(false);
});
