import { createPrivateKey, createPublicKey, type KeyObject, X509Certificate } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { signers } from "@hyperledger/fabric-gateway";
import { peerLayout } from "./layout";

/** Somebody of an organisation who signs, and the TLS pair with which they connect. */
export interface Identity {
  readonly mspId: string;
  /** Enrolment certificate, PEM. */
  readonly certificate: string;
  /** ECDSA over a SHA-256 digest, in DER, with the low S that Fabric asks for. */
  sign(digest: Uint8Array): Promise<Uint8Array>;
  /** PEM texts. */
  readonly tls: { readonly certificate: string; readonly key: string; readonly authorities: string };
}

/**
 * Reads the identity that enrolment left in the folders of `peerLayout(folder)`. Read it again after a renewal: the
 * object keeps what it read.
 * @param folder Where `msp` and `tls` lie, such as /var/hyperledger
 * @throws Error naming the file that is missing, or the certificate whose key is not there.
 */
export function loadIdentity(mspId: string, folder: string): Identity {
  const { msp, tls } = peerLayout(folder);
  const certificate = newestCertificate(msp.certificates);
  return {
    mspId,
    certificate: certificate.toString(),
    sign: signers.newPrivateKeySigner(keyOf(certificate, msp.privateKeys)),
    tls: {
      certificate: readFileSync(tls.certificate, "utf8"),
      key: readFileSync(tls.privateKey, "utf8"),
      authorities: readFileSync(tls.authorities, "utf8"),
    },
  };
}

function filesOf(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(folder, entry.name));
}

/** The one that lasts longest, should a renewal have left the old one beside it. */
function newestCertificate(folder: string): X509Certificate {
  const all = filesOf(folder).map((file) => new X509Certificate(readFileSync(file)));
  all.sort((a, b) => Date.parse(b.validTo) - Date.parse(a.validTo));
  if (all[0] === undefined) throw new Error(`${folder} holds no certificate: enrolment has not ended`);
  return all[0];
}

function keyOf(certificate: X509Certificate, folder: string): KeyObject {
  for (const file of filesOf(folder)) {
    const key = createPrivateKey(readFileSync(file));
    if (createPublicKey(key).equals(certificate.publicKey)) return key;
  }
  throw new Error(`${folder} holds no key that belongs to the certificate of ${certificate.subject}`);
}
