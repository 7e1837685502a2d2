import "reflect-metadata";
import type { webcrypto } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { isIP } from "node:net";
import { join } from "node:path";
import * as x509 from "@peculiar/x509";
import type { OrganisationMaterial } from "../../lib/fabric/consortium";
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

/** The node OU that an identity carries. */
export type IdentityRole = "peer" | "orderer" | "admin" | "client";

/** Where an identity's MSP and TLS folders are written. */
export interface IdentityFolders {
  readonly msp: MspLayout;
  readonly tls: TlsLayout;
}

export interface TestOrganisationInput {
  readonly mspId?: string;
  /** Ends the names of its authorities. */
  readonly domain?: string;
  /** Whether identities come from an authority below the root, as in a real network, or from the root itself. */
  readonly intermediate?: boolean;
}

/** An organisation for the length of a test: one authority for identities and one for TLS, as in a real network. */
export interface TestOrganisation {
  readonly tlsAuthority: string;
  /** What an administrator or a metrics collector shows on TLS connections. */
  readonly client: Pair;
  readonly material: OrganisationMaterial;
  /** A TLS certificate as server and client, for these host names and addresses; it ends in an hour, or when told. */
  tlsPair(name: string, hosts: readonly string[], ends?: Date): Promise<Pair>;
  /** Writes an identity's MSP and TLS folders; its TLS certificate is for `hosts`, or for localhost. */
  writeNode(role: IdentityRole, layout: IdentityFolders, hosts?: readonly string[]): Promise<void>;
}

const localhost = ["localhost", "127.0.0.1"];

/** Makes an organisation with keys of its own, valid for an hour. */
export async function testOrganisation(input: TestOrganisationInput = {}): Promise<TestOrganisation> {
  const domain = input.domain ?? "org1.example.com";
  const root = await authority(`ca.${domain}`);
  const issuer = input.intermediate === true ? await authority(`intermediate.ca.${domain}`, root) : root;
  const tls = await authority(`tlsca.${domain}`);
  const tlsAuthority = tls.certificate.toString("pem");
  const tlsPair = (name: string, hosts: readonly string[], ends?: Date) =>
    issue(tls, `CN=${name}`, [usage.serverAuth, usage.clientAuth], hosts, ends);
  const intermediates = issuer === root ? [] : [issuer.certificate.toString("pem")];
  return {
    tlsAuthority,
    tlsPair,
    client: await issue(tls, "CN=admin", [usage.clientAuth], localhost),
    material: {
      mspId: input.mspId ?? "Org1MSP",
      rootCertificates: [root.certificate.toString("pem")],
      intermediateCertificates: intermediates,
      tlsRootCertificates: [tlsAuthority],
      tlsIntermediateCertificates: [],
    },
    async writeNode(role, layout, hosts = localhost) {
      const identity = await issue(issuer, `CN=${role}0, OU=${role}`, [], hosts);
      writeAll(layout.msp.rootAuthorities, { "ca.pem": root.certificate.toString("pem") });
      for (const certificate of intermediates) {
        writeAll(layout.msp.intermediateAuthorities, { "ca.pem": certificate });
      }
      writeAll(layout.msp.tlsRootAuthorities, { "tlsca.pem": tlsAuthority });
      writeAll(layout.msp.certificates, { "cert.pem": identity.certificate });
      writeAll(layout.msp.privateKeys, { priv_sk: identity.privateKey });
      writeFileSync(layout.msp.configuration, nodeOus);
      const server = await tlsPair(`${role}0`, hosts);
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

function validity(ends = new Date(Date.now() + hour)): { notBefore: Date; notAfter: Date } {
  return { notBefore: new Date(Date.now() - hour), notAfter: ends };
}

/** An authority that signs itself, or one below another. */
async function authority(name: string, parent?: Authority): Promise<Authority> {
  const keys = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const certificate = await x509.X509CertificateGenerator.create({
    subject: `CN=${name}`,
    issuer: parent?.certificate.subject ?? `CN=${name}`,
    publicKey: keys.publicKey,
    signingKey: (parent?.keys ?? keys).privateKey,
    signingAlgorithm: algorithm,
    ...validity(),
    extensions: [
      new x509.BasicConstraintsExtension(true, parent === undefined ? 1 : 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create((parent?.keys ?? keys).publicKey),
    ],
  });
  return { certificate, keys };
}

async function issue(
  from: Authority,
  subject: string,
  usages: readonly x509.ExtendedKeyUsageType[],
  hosts: readonly string[],
  ends?: Date,
): Promise<Pair> {
  const keys = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const certificate = await x509.X509CertificateGenerator.create({
    subject,
    issuer: from.certificate.subject,
    publicKey: keys.publicKey,
    signingKey: from.keys.privateKey,
    signingAlgorithm: algorithm,
    ...validity(ends),
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      ...(usages.length > 0 ? [new x509.ExtendedKeyUsageExtension([...usages])] : []),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(from.keys.publicKey),
      new x509.SubjectAlternativeNameExtension(
        hosts.map((value) => ({ type: isIP(value) === 0 ? "dns" : "ip", value }) as const),
      ),
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
