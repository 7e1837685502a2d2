import { createHash, type KeyObject } from "node:crypto";
import { signers } from "@hyperledger/fabric-gateway";

/** An identity that a certificate authority knows, with its private key. */
export interface Registrar {
  /** PEM. */
  readonly certificate: string;
  readonly privateKey: KeyObject;
}

/** What a token speaks for: the request as it is sent. */
export interface TokenRequest {
  readonly method: string;
  /** Path and query, as the server sees them. */
  readonly path: string;
  readonly body: string;
}

/**
 * The `Authorization` header of a request to fabric-ca by an enrolled identity: its certificate and its signature over
 * the request (fabric-ca `util.GenECDSAToken`). The server takes signatures with a low S only, as all of Fabric does.
 */
export async function authorisation(
  { certificate, privateKey }: Registrar,
  { method, path, body }: TokenRequest,
): Promise<string> {
  const encodedCertificate = base64(certificate);
  const payload = [method, base64(path), base64(body), encodedCertificate].join(".");
  const signature = await signers.newPrivateKeySigner(privateKey)(createHash("sha256").update(payload).digest());
  return `${encodedCertificate}.${Buffer.from(signature).toString("base64")}`;
}

const base64 = (text: string): string => Buffer.from(text, "utf8").toString("base64");
