import type { X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { connect } from "node:tls";

/** Where a node's main port is, and with what to knock there. */
export interface Door {
  /** Address or name to dial. */
  readonly host: string;
  readonly port: number;
  /** Name that the server is asked for. */
  readonly serverName: string;
  /** PEM; without a client certificate nodes write a line about every knock. */
  readonly client?: { readonly certificate: string; readonly key: string };
}

/** What came of a knock. A certificate that is expired or foreign still shows that somebody is there. */
export type Knock =
  { readonly there: true; readonly certificate: X509Certificate } | { readonly there: false; readonly why: string };

/** Opens a TLS connection as far as the server's certificate, and ends it. Never fails, and ends within `timeout` ms. */
export function knock({ host, port, serverName, client }: Door, timeout: number): Promise<Knock> {
  return new Promise((resolve) => {
    const settle = (outcome: Knock): void => {
      clearTimeout(timer);
      resolve(outcome);
      socket.destroy();
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
      settle(certificate === undefined ? { there: false, why: "no certificate" } : { there: true, certificate });
    });
    socket.once("error", (error: Error) => settle({ there: false, why: error.message }));
    socket.once("close", () => settle({ there: false, why: "the connection was ended" }));
  });
}
