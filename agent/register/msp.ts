import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { certificatesIn } from "../ca/authority";
import type { ApiServer } from "../kubernetes/api-server";
import { type Content, readConfigMap, writeConfigMap } from "../kubernetes/config-maps";
import { SurroundingsError } from "./surroundings";

/** The ConfigMap with an organisation's public certificates, and its keys. */
export const mspConfigMap = "msp";
export const mspKeys = {
  mspId: "mspid",
  roots: "cacert.pem",
  intermediates: "intermediatecert.pem",
  tlsRoots: "tlscacert.pem",
} as const;

/** Files of the folder that the authorities leave their certificates in. */
const files = { chain: "ca-chain.pem", tls: "tlscacert.pem" } as const;

/**
 * What an organisation tells the others of itself, from its authorities' own files: nobody's trust comes from a
 * connection. Of a chain the self-signed certificates are roots, the others intermediates.
 * @param folder Has `ca-chain.pem` and `tlscacert.pem`.
 * @throws SurroundingsError where the files hold no such certificates, or a private key.
 */
export async function mspContent(folder: string, mspId: string): Promise<Content> {
  const chain = await certificatesOf(join(folder, files.chain));
  const tls = await certificatesOf(join(folder, files.tls));
  const roots = chain.filter(isSelfSigned);
  const intermediates = chain.filter((certificate) => !isSelfSigned(certificate));
  if (roots.length === 0)
    throw new SurroundingsError(
      `${files.chain} names no root: none of its ${chain.length} certificates is self-signed; append the root's certificate`,
    );
  const text = (value: string): Uint8Array => Buffer.from(value, "utf8");
  return {
    [mspKeys.mspId]: text(mspId),
    [mspKeys.roots]: text(roots.join("")),
    ...(intermediates.length === 0 ? {} : { [mspKeys.intermediates]: text(intermediates.join("")) }),
    [mspKeys.tlsRoots]: text(tls.join("")),
  };
}

/**
 * Publishes {@link mspContent} in the organisation's namespace, with the {@link withFormer former} authorities beside it.
 * @throws ApiError, SurroundingsError
 */
export async function publishMsp(api: ApiServer, namespace: string, folder: string, mspId: string): Promise<void> {
  const present = await mspContent(folder, mspId);
  const former = (await readConfigMap(api, namespace, mspConfigMap)) ?? {};
  await writeConfigMap(api, namespace, mspConfigMap, withFormer(present, former, Date.now()));
}

/**
 * What is published, and after it those authorities of the former notice that have not ended: nodes that run have their
 * certificates from them, and would be distrusted by all others at once. An intermediate stays only with the one that
 * signed it, without which Fabric refuses the whole MSP.
 * @param now Milliseconds since 1970.
 */
export function withFormer(present: Content, former: Content, now: number): Content {
  const of = (content: Content, key: string) => certificatesIn(Buffer.from(content[key] ?? []).toString("utf8"));
  const merged = (key: string) => {
    const stands = of(present, key);
    const others = of(former, key).filter((pem) => !stands.includes(pem));
    return [...stands, ...others.filter((pem) => Date.parse(new X509Certificate(pem).validTo) > now)];
  };
  const roots = merged(mspKeys.roots);
  const own = of(present, mspKeys.intermediates);
  const others = chained(merged(mspKeys.intermediates), roots).filter((pem) => !own.includes(pem));
  const intermediates = [...own, ...others];
  const text = (pems: readonly string[]) => Buffer.from(pems.join(""), "utf8");
  return {
    ...present,
    [mspKeys.roots]: text(roots),
    ...(intermediates.length === 0 ? {} : { [mspKeys.intermediates]: text(intermediates) }),
    [mspKeys.tlsRoots]: text(merged(mspKeys.tlsRoots)),
  };
}

/** The intermediates that come from one of these roots, by way of each other. */
function chained(intermediates: readonly string[], roots: readonly string[]): readonly string[] {
  const issuers = [...intermediates, ...roots].map((pem) => new X509Certificate(pem));
  const kept = intermediates.filter((pem) => {
    const own = new X509Certificate(pem);
    return issuers.some((issuer) => own.checkIssued(issuer) && own.verify(issuer.publicKey));
  });
  return kept.length === intermediates.length ? kept : chained(kept, roots);
}

async function certificatesOf(file: string): Promise<readonly string[]> {
  const text = await readFile(file, "utf8").catch((error: Error) => {
    throw new SurroundingsError(`the authority's certificates cannot be read: ${error.message}`);
  });
  if (text.includes("PRIVATE KEY"))
    throw new SurroundingsError(`${file} holds a private key; it must hold certificates only, as it is published`);
  const certificates = certificatesIn(text);
  if (certificates.length === 0) throw new SurroundingsError(`${file} holds no certificate in PEM`);
  return certificates;
}

function isSelfSigned(pem: string): boolean {
  const certificate = new X509Certificate(pem);
  return certificate.checkIssued(certificate) && certificate.verify(certificate.publicKey);
}
