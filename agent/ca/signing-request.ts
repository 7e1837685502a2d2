import "reflect-metadata";
import { KeyObject, webcrypto } from "node:crypto";
import { Pkcs10CertificateRequestGenerator } from "@peculiar/x509";

/** A new key pair on the curve P-256 and a request for a certificate of it (PKCS #10). */
export interface SigningRequest {
  readonly privateKey: KeyObject;
  /** PEM. */
  readonly request: string;
}

/** Makes a key pair and the request for its certificate. The authority sets everything but the common name. */
export async function signingRequest(commonName: string): Promise<SigningRequest> {
  const algorithm = { name: "ECDSA", namedCurve: "P-256" };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const request = await Pkcs10CertificateRequestGenerator.create(
    { name: [{ CN: [commonName] }], keys, signingAlgorithm: { name: "ECDSA", hash: "SHA-256" } },
    webcrypto,
  );
  return { privateKey: KeyObject.from(keys.privateKey), request: request.toString("pem") };
}
