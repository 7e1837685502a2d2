/**
 * Certificates of the sandbox's control plane, made in this process and never leaving its state folder.
 * Format of names and organisations: kubernetes.io, "PKI certificates and requirements".
 */
import "reflect-metadata";
import { randomBytes, webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";

x509.cryptoProvider.set(webcrypto);

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const day = 24 * 60 * 60 * 1000;

/** A certificate and its private key (PKCS #8), both PEM. */
export interface KeyAndCertificate {
  readonly certificate: string;
  readonly key: string;
}

/** What a certificate is for. */
export type Purpose =
  | { readonly kind: "client"; readonly commonName: string; readonly organisation?: string }
  | {
      readonly kind: "server";
      readonly commonName: string;
      readonly dns: readonly string[];
      readonly ips: readonly string[];
    };

/** A certificate authority that lives as long as the sandbox. */
export interface Authority {
  readonly certificate: string;
  issue(purpose: Purpose): Promise<KeyAndCertificate>;
}

const generateKey = (): Promise<webcrypto.CryptoKeyPair> =>
  webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);

async function privatePem(keys: webcrypto.CryptoKeyPair): Promise<string> {
  return x509.PemConverter.encode(await webcrypto.subtle.exportKey("pkcs8", keys.privateKey), "PRIVATE KEY");
}

/** Valid for a year, from a day ago: a laptop's clock may be corrected after the sandbox was made. */
function validity(): { notBefore: Date; notAfter: Date; serialNumber: string } {
  const serial = randomBytes(16);
  // RFC 5280 4.1.2.2: positive, and without leading zero bytes.
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40;
  return {
    notBefore: new Date(Date.now() - day),
    notAfter: new Date(Date.now() + 365 * day),
    serialNumber: serial.toString("hex"),
  };
}

/** Makes a self-signed authority. */
export async function createAuthority(commonName: string): Promise<Authority> {
  const keys = await generateKey();
  const root = await x509.X509CertificateGenerator.createSelfSigned({
    ...validity(),
    name: [{ CN: [commonName] }],
    keys,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });

  const issue = async (purpose: Purpose): Promise<KeyAndCertificate> => {
    const own = await generateKey();
    const certificate = await x509.X509CertificateGenerator.create({
      ...validity(),
      subject: [
        ...(purpose.kind === "client" && purpose.organisation ? [{ O: [purpose.organisation] }] : []),
        { CN: [purpose.commonName] },
      ],
      issuer: root.subjectName,
      publicKey: own.publicKey,
      signingKey: keys.privateKey,
      signingAlgorithm: algorithm,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        await x509.AuthorityKeyIdentifierExtension.create(keys.publicKey),
        ...usage(purpose),
      ],
    });
    return { certificate: certificate.toString("pem"), key: await privatePem(own) };
  };

  return { certificate: root.toString("pem"), issue };
}

function usage(purpose: Purpose): x509.Extension[] {
  if (purpose.kind === "client") return [new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth])];
  return [
    // etcd's gateway dials its own server with the server's certificate, so it must serve as a client's too.
    new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth, x509.ExtendedKeyUsage.clientAuth]),
    new x509.SubjectAlternativeNameExtension([
      ...purpose.dns.map((value) => ({ type: "dns" as const, value })),
      ...purpose.ips.map((value) => ({ type: "ip" as const, value })),
    ]),
  ];
}

/** The key pair that signs service account tokens (PEM). */
export async function createTokenKey(): Promise<{ readonly publicKey: string; readonly privateKey: string }> {
  const keys = await generateKey();
  return {
    publicKey: x509.PemConverter.encode(await webcrypto.subtle.exportKey("spki", keys.publicKey), "PUBLIC KEY"),
    privateKey: await privatePem(keys),
  };
}
