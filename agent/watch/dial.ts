import type { X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { connect } from "node:tls";

/** Where a node's main port is, and with what to knock there. */
export interface Door {
  /** Address or name to dial. */
  readonly host: string;
  readonly port: number;
  /** Name that the server is asked for, and that its certificate has to carry: addresses of pods are given out again. */
  readonly serverName: string;
  /** Whether whoever answers will do, whatever its name. */
  readonly anybody?: boolean;
  /** PEM; without a client certificate nodes write a line about every knock. */
  readonly client?: { readonly certificate: string; readonly key: string };
}

/** What came of a knock. A certificate that is expired or foreign still shows that somebody is there. */
export type Knock =
  { readonly there: true; readonly certificate: X509Certificate } | { readonly there: false; readonly why: string };

/** Opens a TLS connection as far as the server's certificate, and ends it. Never fails, and ends within `timeout` ms. */
export function knock({ host, port, serverName, anybody = false, client }: Door, timeout: number): Promise<Knock> {
  return new Promise((resolve) => {
    const settle = (outcome: Knock): void => {
      clearTimeout(timer);
      resolve(outcome);
      if (!outcome.there) return void socket.destroy();
      // Ended in order: a node that loses a connection within the handshake writes an error about it.
      socket.setTimeout(timeout, () => socket.destroy());
      socket.end();
    };
    const socket = connect({
      host,
      port,
      ...(isIP(serverName) === 0 ? { servername: serverName } : {}),
      ...(client === undefined ? {} : { cert: client.certificate, key: client.key }),
      ALPNProtocols: ["h2"],
      // Whether it is to be trusted is not asked here: nothing is sent.
      rejectUnauthorized: false,
    });
    const timer = setTimeout(() => settle({ there: false, why: `no answer within ${timeout} ms` }), timeout);
    socket.once("secureConnect", () => {
      const certificate = socket.getPeerX509Certificate();
      if (certificate === undefined) settle({ there: false, why: "no certificate" });
      else if (!anybody && !carries(certificate, serverName))
        settle({ there: false, why: `somebody else answers there: ${certificate.subject.replaceAll("\n", ", ")}` });
      else settle({ there: true, certificate });
    });
    socket.once("error", (error: Error) => settle({ there: false, why: error.message }));
    socket.once("close", () => settle({ there: false, why: "the connection was ended" }));
  });
}

function carries(certificate: X509Certificate, name: string): boolean {
  return (isIP(name) === 0 ? certificate.checkHost(name) : certificate.checkIP(name)) !== undefined;
}
