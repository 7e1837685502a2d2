import { common } from "@hyperledger/fabric-protos";
import {
  newOccasion,
  type Occasion,
  serializedIdentity,
  signatureHeader,
  signedEnvelope,
  signMessage,
  type Signer,
} from "../envelope";
import { decodeConfigUpdate } from "./decode";
import { canonicalJson } from "./json";

/**
 * Whether a config update that somebody asks us to sign is the one that we computed. Content is compared, since two
 * programs may arrange the same maps differently; equal lengths leave no room for anything that we cannot read.
 * @param proposed Bytes of a `common.ConfigUpdate`, as somebody published them.
 */
export function isSameConfigUpdate(proposed: Uint8Array, own: common.ConfigUpdate): boolean {
  if (proposed.length !== own.serializeBinary().length) return false;
  try {
    return (
      canonicalJson(decodeConfigUpdate(common.ConfigUpdate.deserializeBinary(proposed))) ===
      canonicalJson(decodeConfigUpdate(own))
    );
  } catch {
    // No config update at all.
    return false;
  }
}

/** Signs the very bytes of a config update; the signature says nothing of bytes arranged in another way. */
export async function signConfigUpdate(
  update: Uint8Array,
  signer: Signer,
  { nonce }: Pick<Occasion, "nonce"> = newOccasion(),
): Promise<common.ConfigSignature> {
  const header = signatureHeader(serializedIdentity(signer), nonce).serializeBinary();
  const signature = new common.ConfigSignature();
  signature.setSignatureHeader(header);
  signature.setSignature(await signMessage(signer, Buffer.concat([header, update])));
  return signature;
}

/** The envelope of type CONFIG_UPDATE with which an ordering node is asked for the update. */
export function configUpdateEnvelope(
  channel: string,
  update: Uint8Array,
  signatures: readonly common.ConfigSignature[],
  signer: Signer,
  occasion?: Occasion,
): Promise<common.Envelope> {
  const message = new common.ConfigUpdateEnvelope();
  message.setConfigUpdate(update);
  message.setSignaturesList([...signatures]);
  return signedEnvelope(
    { type: common.HeaderType.CONFIG_UPDATE, channel, data: message.serializeBinary() },
    signer,
    occasion,
  );
}
