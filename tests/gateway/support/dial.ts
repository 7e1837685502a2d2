import { connect as connectTcp } from "node:net";
import { connect, type TLSSocket } from "node:tls";
import { ports } from "../../../lib/fabric/ports";
import type { Pair, TestOrganisation } from "../../fabric/identities";

/** A connection through a gateway to whoever took it. */
export interface Connection {
  /** The node that answered. */
  readonly node: string;
  /** Whose certificate the node was shown. */
  readonly client: string;
  /** Common name of the certificate that the node showed. */
  readonly server: string;
  /** Sends a text and gives what comes back. */
  echo(text: string): Promise<string>;
  /** When it ended, in milliseconds of `performance.now()`; never while it lives. */
  readonly ended: Promise<number>;
  alive(): boolean;
  close(): void;
}

/**
 * Dials a name at a gateway with the client's certificate.
 * @throws Error where the connection ends before a node has answered.
 */
export function dial(
  gateway: string,
  name: string,
  { tlsAuthority, client }: Pick<TestOrganisation, "tlsAuthority" | "client">,
  identity: Pair = client,
): Promise<Connection> {
  return new Promise((resolve, reject) => {
    const socket = connect({
      host: gateway,
      port: ports.gateway.world,
      servername: name,
      ca: tlsAuthority,
      cert: identity.certificate,
      key: identity.privateKey,
    });
    socket.setTimeout(10_000, () => socket.destroy(new Error("no answer within 10 s")));
    let text = "";
    const ended = new Promise<number>((settle) => socket.once("close", () => settle(performance.now())));
    socket.on("error", reject);
    socket.once("close", () => reject(new Error(`${name} at ${gateway} ended without an answer`)));
    const heard = (chunk: Buffer) => {
      text += chunk.toString();
      const end = text.indexOf("\n");
      if (end < 0) return;
      socket.off("data", heard);
      socket.setTimeout(0);
      const { node, client: seen } = JSON.parse(text.slice(0, end)) as { node: string; client: string };
      resolve({
        node,
        client: seen,
        server: String(socket.getPeerCertificate().subject.CN),
        echo: (sent) => echo(socket, sent),
        ended,
        alive: () => !socket.destroyed,
        close: () => socket.destroy(),
      });
    };
    socket.on("data", heard);
  });
}

function echo(socket: TLSSocket, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let heard = "";
    const take = (chunk: Buffer) => {
      heard += chunk.toString();
      if (heard.length < text.length) return;
      socket.off("data", take).off("close", over);
      resolve(heard);
    };
    const over = () => reject(new Error("ended"));
    if (socket.destroyed) return over();
    socket.on("data", take).once("close", over);
    socket.write(text);
  });
}

/** Which nodes answer so many dials, one after the other; `lost` counts those that nobody answered. */
export async function tally(
  times: number,
  dialling: () => Promise<Connection>,
  onLoss: (error: Error) => void = () => undefined,
): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (let time = 0; time < times; time += 1) {
    const node = await dialling().then(
      (connection) => {
        connection.close();
        return connection.node;
      },
      (error: Error) => {
        onLoss(error);
        return "lost";
      },
    );
    counts[node] = (counts[node] ?? 0) + 1;
  }
  return counts;
}

/** Sends bytes to a port and gives what comes back until the other side ends the connection, or enough has come. */
export function sendRaw(host: string, port: number, bytes: Uint8Array, enough = Infinity): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connectTcp({ host, port }, () => socket.write(bytes));
    let length = 0;
    socket.on("data", (chunk) => {
      chunks.push(chunk);
      if ((length += chunk.length) >= enough) socket.destroy();
    });
    // Refusing may be a reset, which says as little as an end.
    socket.on("error", () => undefined);
    socket.on("close", () => resolve(Buffer.concat(chunks)));
    socket.setTimeout(15_000, () => {
      socket.destroy();
      reject(new Error("neither an answer nor an end within 15 s"));
    });
  });
}
