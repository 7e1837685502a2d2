import "reflect-metadata";
import type { webcrypto } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as x509 from "@peculiar/x509";
import type { MspLayout, TlsLayout } from "../../lib/fabric/layout";

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const hour = 3_600_000;

interface Authority {
  readonly certificate: x509.X509Certificate;
  readonly keys: webcrypto.CryptoKeyPair;
}

/** A certificate and its private key in PEM. */
export interface Pair {
  readonly certificate: string;
  readonly privateKey: string;
}

/** An organisation for the length of a test: one authority for identities and one for TLS, as in a real network. */
export interface TestOrganisation {
  readonly tlsAuthority: string;
  /** What an administrator or a metrics collector shows on TLS connections. */
  readonly client: Pair;
  /** Writes a node's MSP and TLS folders; its TLS certificate is for localhost. */
  writeNode(role: "peer" | "orderer", layout: { readonly msp: MspLayout; readonly tls: TlsLayout }): Promise<void>;
}

/** Makes an organisation with keys of its own, valid for an hour. */
export async function testOrganisation(): Promise<TestOrganisation> {
  const identities = await authority("ca.org1.example.com");
  const tls = await authority("tlsca.org1.example.com");
  const tlsAuthority = tls.certificate.toString("pem");
  return {
    tlsAuthority,
    client: await issue(tls, "CN=admin", [usage.clientAuth]),
    async writeNode(role, layout) {
      const identity = await issue(identities, `CN=${role}0, OU=${role}`, []);
      writeAll(layout.msp.rootAuthorities, { "ca.pem": identities.certificate.toString("pem") });
      writeAll(layout.msp.tlsRootAuthorities, { "tlsca.pem": tlsAuthority });
      writeAll(layout.msp.certificates, { "cert.pem": identity.certificate });
      writeAll(layout.msp.privateKeys, { priv_sk: identity.privateKey });
      writeFileSync(layout.msp.configuration, nodeOus);
      const server = await issue(tls, `CN=${role}0`, [usage.serverAuth, usage.clientAuth]);
      mkdirSync(layout.tls.folder, { recursive: true });
      writeFileSync(layout.tls.certificate, server.certificate);
      writeFileSync(layout.tls.privateKey, server.privateKey, { mode: 0o600 });
      writeFileSync(layout.tls.authorities, tlsAuthority);
    },
  };
}

const usage = x509.ExtendedKeyUsage;

const nodeOus = `NodeOUs:
  Enable: true
  ClientOUIdentifier: {OrganizationalUnitIdentifier: client}
  PeerOUIdentifier: {OrganizationalUnitIdentifier: peer}
  AdminOUIdentifier: {OrganizationalUnitIdentifier: admin}
  OrdererOUIdentifier: {OrganizationalUnitIdentifier: orderer}
`;

function validity(): { notBefore: Date; notAfter: Date } {
  return { notBefore: new Date(Date.now() - hour), notAfter: new Date(Date.now() + hour) };
}

async function authority(name: string): Promise<Authority> {
  const keys = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: `CN=${name}`,
    keys,
    signingAlgorithm: algorithm,
    ...validity(),
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate, keys };
}

async function issue(from: Authority, subject: string, usages: readonly x509.ExtendedKeyUsageType[]): Promise<Pair> {
  const keys = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const certificate = await x509.X509CertificateGenerator.create({
    subject,
    issuer: from.certificate.subject,
    publicKey: keys.publicKey,
    signingKey: from.keys.privateKey,
    signingAlgorithm: algorithm,
    ...validity(),
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      ...(usages.length > 0 ? [new x509.ExtendedKeyUsageExtension([...usages])] : []),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(from.keys.publicKey),
      new x509.SubjectAlternativeNameExtension([
        { type: "dns", value: "localhost" },
        { type: "ip", value: "127.0.0.1" },
      ]),
    ],
  });
  const der = Buffer.from(await crypto.subtle.exportKey("pkcs8", keys.privateKey)).toString("base64");
  const lines = der.match(/.{1,64}/g) ?? [];
  return {
    certificate: certificate.toString("pem"),
    privateKey: ["-----BEGIN PRIVATE KEY-----", ...lines, "-----END PRIVATE KEY-----", ""].join("\n"),
  };
}

function writeAll(folder: string, files: Readonly<Record<string, string>>): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content, { mode: 0o600 });
}
