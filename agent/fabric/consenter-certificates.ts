import { isIP } from "node:net";
import { connect } from "node:tls";
import type { X509Certificate } from "node:crypto";
import type { ConsortiumNode } from "../../lib/fabric/consortium";
import { deadlines, type TlsAuthorities } from "./connection";
import type { AdminIdentity } from "./identity";
import { portAt, type Reach } from "./reach";

/** Why a certificate is not to be trusted. */
export interface Objection {
  readonly kind: "expired" | "other authority" | "other name";
  readonly inWords: string;
}

/** What a node shows to whoever dials it. */
export interface ServedCertificate {
  readonly certificate: X509Certificate;
  /** Undefined if it may be trusted. */
  readonly objection?: Objection;
}

/**
 * The TLS certificate that a node serves on its main port, and whether its organisation's TLS authority signed it, it is
 * valid now, and it carries the node's host name.
 * @throws Error if the node cannot be reached or speaks no TLS.
 */
export async function servedCertificate(
  node: ConsortiumNode,
  identity: AdminIdentity,
  reach: Reach,
  authorities: TlsAuthorities,
): Promise<ServedCertificate> {
  const host = await reach(node);
  const what = `${node.pod} (${node.host}:${node.port})`;
  return new Promise((resolve, reject) => {
    const socket = connect({
      host,
      port: portAt(node, host),
      ...(isIP(node.host) === 0 ? { servername: node.host } : {}),
      ca: [...authorities],
      cert: identity.tls.certificate,
      key: identity.tls.key,
      ALPNProtocols: ["h2"],
      // A wrong certificate is what we came to see: it is judged below, and nothing is sent.
      rejectUnauthorized: false,
    });
    socket.setTimeout(deadlines.query, () => socket.destroy(new Error("it did not answer in time")));
    socket.once("error", (error: Error) => reject(new Error(`${what}: ${error.message}`)));
    socket.once("close", () => reject(new Error(`${what}: it ended the connection before it showed a certificate`)));
    socket.once("secureConnect", () => {
      const certificate = socket.getPeerX509Certificate();
      if (certificate === undefined) {
        reject(new Error(`${what}: it showed no certificate`));
      } else {
        const objection = objectionTo(node, certificate, socket.authorizationError);
        resolve({ certificate, ...(objection === undefined ? {} : { objection }) });
      }
      socket.destroy();
    });
  });
}

function objectionTo(node: ConsortiumNode, certificate: X509Certificate, found: unknown): Objection | undefined {
  const lacking = [node.host, ...(node.consenter === undefined ? [] : [node.consenter.host])].find(
    (name) => (isIP(name) === 0 ? certificate.checkHost(name) : certificate.checkIP(name)) === undefined,
  );
  // Node gives the code as a text here, although its types say Error.
  const code = typeof found === "string" ? found : found instanceof Error ? found.message : undefined;
  if (code !== undefined && code !== "ERR_TLS_CERT_ALTNAME_INVALID") {
    // The authority's own certificate may have ended, too; the code would be the same.
    const expired = code === "CERT_HAS_EXPIRED" && Date.parse(certificate.validTo) <= Date.now();
    return {
      kind: expired ? "expired" : "other authority",
      inWords: `it is not valid under its organisation's TLS authority (${code}); its issuer is ${oneLine(certificate.issuer)}, and it holds until ${certificate.validTo}`,
    };
  }
  if (lacking !== undefined) {
    const inWords = `it does not carry the name ${lacking}, but ${certificate.subjectAltName ?? "none"}`;
    return { kind: "other name", inWords };
  }
  return undefined;
}

function oneLine(name: string): string {
  return name.replaceAll("\n", ", ");
}
