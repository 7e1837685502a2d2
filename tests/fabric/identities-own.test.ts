/** Authorities that an organisation brings along, in a Secret. */
import "reflect-metadata";
import { webcrypto, X509Certificate } from "node:crypto";
import { readdirSync } from "node:fs";
import * as x509 from "@peculiar/x509";
import { LocalAuthority, network } from "./support/local-authority";

jest.setTimeout(120_000);

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;

interface Own {
  readonly certificate: x509.X509Certificate;
  readonly keys: webcrypto.CryptoKeyPair;
}

async function own(name: string, pathLength: number, issuer?: Own): Promise<Own> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const certificate = await x509.X509CertificateGenerator.create(
    {
      subject: `CN=${name}`,
      issuer: issuer?.certificate.subject ?? `CN=${name}`,
      notBefore: new Date(Date.now() - 60_000),
      notAfter: new Date(Date.now() + 86_400_000),
      signingAlgorithm: algorithm,
      publicKey: keys.publicKey,
      signingKey: (issuer?.keys ?? keys).privateKey,
      extensions: [
        new x509.BasicConstraintsExtension(true, pathLength, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey, false, webcrypto),
      ],
    },
    webcrypto,
  );
  return { certificate, keys };
}

const pem = async ({ keys }: Own) =>
  x509.PemConverter.encode(await webcrypto.subtle.exportKey("pkcs8", keys.privateKey), "PRIVATE KEY");

let authority: LocalAuthority;
afterEach(() => authority.remove());

test("nodes enrol with authorities of the organisation's own, whose keys lie on no volume", async () => {
  const root = await own("bank-root", 2);
  const upper = await own("bank-upper", 1, root);
  const intermediate = await own("bank-intermediate", 0, upper);
  const tls = await own("bank-tls", 0);
  const text = (one: Own) => `${one.certificate.toString("pem")}\n`;
  authority = await LocalAuthority.make(
    network(undefined, {
      organisations: [{ name: "org1", ca: { certificates: { secretName: "bank-authorities" } } }],
    }),
  );
  const files = {
    "ca.crt": text(intermediate),
    "ca.key": await pem(intermediate),
    "ca-chain.crt": text(intermediate) + text(upper) + text(root),
    "tls-ca.crt": text(tls),
    "tls-ca.key": await pem(tls),
  };
  authority.authorityPod.mount("/run/own-authorities", files);
  authority.initPod.mount("/run/authorities", {
    "ca-chain.pem": files["ca-chain.crt"],
    "tlscacert.pem": files["tls-ca.crt"],
  });
  await authority.bringUp();
  const pod = await authority.node("orderer-0");
  expect(await pod.run(authority.enrol("orderer"))).toMatchObject({ status: 0 });
  const identity = new X509Certificate(pod.read("/var/hyperledger/msp/signcerts/cert.pem"));
  expect(identity.verify(new X509Certificate(files["ca.crt"]).publicKey)).toBe(true);
  expect(pod.read("/var/hyperledger/msp/cacerts/cacert.pem").trim()).toBe(text(root).trim());
  // Of a file Fabric reads the first certificate only.
  const folder = "/var/hyperledger/msp/intermediatecerts";
  expect(readdirSync(pod.path(folder)).map((file) => pod.read(`${folder}/${file}`).trim())).toEqual(
    [upper, intermediate].map((one) => text(one).trim()),
  );
  const server = new X509Certificate(pod.read("/var/hyperledger/tls/server.crt"));
  expect(server.verify(new X509Certificate(files["tls-ca.crt"]).publicKey)).toBe(true);
  const volume = authority.authorityPod.path("/var/hyperledger");
  expect(keysBelow(volume)).toEqual([]);
});

/** Files of key stores that hold an authority's key. */
function keysBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith("_sk"));
}
