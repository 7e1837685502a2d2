import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import type { TLSSocket } from "node:tls";
import type { ConsortiumOrganisation } from "../../lib/fabric/consortium";
import type { Notice } from "../board";
import { inWords } from "../fabric/problem";
import type { Log } from "../log";
import type { RestartLock } from "../renewal/lock";
import { encodeNotice, holderIn, lockPath, longestRequest, noticesPath } from "./protocol";
import type { Trust } from "./trust";

/** What an agent shows to those of other clusters. */
export interface BoardServerOptions {
  /** The own organisation's notices on this site; nothing that {@link BoardServerOptions.isPublic} does not name is read. */
  readonly read: (name: string) => Promise<Notice | undefined>;
  readonly isPublic: (name: string) => boolean;
  readonly trust: Trust;
  /** The own TLS pair, PEM; asked for again from time to time, as it is renewed. */
  readonly identity: () => { readonly certificate: string; readonly key: string };
  /** The lock of restarts, where it is kept here. */
  readonly lock: () => RestartLock | undefined;
  readonly log: Log;
}

/** An open board. */
export interface BoardServer {
  readonly port: number;
  /** Takes the pair and the authorities that hold now for all connections from now on. */
  renew(): void;
  close(): void;
}

/** Why a request is not answered as it wishes. */
class Refused extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/**
 * Opens the board: over mutual TLS, to whoever has a TLS certificate of an organisation of the network. It serves public
 * notices by name, and nothing else of the cluster; changes there are none, but of the lock of restarts, by agents of
 * ordering organisations.
 * @param port 0 takes any.
 */
export async function openBoard(options: BoardServerOptions, port: number): Promise<BoardServer> {
  const credentials = () => {
    const { certificate, key } = options.identity();
    return { cert: certificate, key, ca: [...options.trust.everybody()] };
  };
  const server = createServer(
    { ...credentials(), requestCert: true, rejectUnauthorized: true, minVersion: "TLSv1.2" },
    (request, response) => {
      answer(options, request).then(
        (text) => end(response, text === undefined ? 204 : 200, text),
        (error: unknown) => {
          const status = error instanceof Refused ? error.status : 503;
          if (status === 503) options.log("warn", "the board could not answer", { why: inWords(error) });
          // Of troubles inside nobody outside is told more than that there are some.
          const said = status === 503 ? "this agent cannot ask its API server now" : inWords(error);
          end(response, status, JSON.stringify({ error: said }));
        },
      );
    },
  );
  server.headersTimeout = server.requestTimeout = 10_000;
  server.maxConnections = 256;
  server.listen(port);
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    renew: () => server.setSecureContext({ ...credentials(), minVersion: "TLSv1.2" }),
    close: () => close(server),
  };
}

function close(server: Server): void {
  server.close();
  server.closeAllConnections();
}

function end(response: ServerResponse, status: number, text = ""): void {
  response.writeHead(status, { "Content-Type": "application/json" }).end(text);
}

async function answer(options: BoardServerOptions, request: IncomingMessage): Promise<string | undefined> {
  const { method = "", url = "" } = request;
  const { client, name: clientName } = clientOf(options.trust, request.socket as TLSSocket);
  if (url.startsWith(noticesPath)) {
    if (method !== "GET") throw new Refused(405, "notices can be read only");
    return noticeText(options, url.slice(noticesPath.length));
  }
  if (url !== lockPath) throw new Refused(404, `there is nothing at ${url}`);
  if (method !== "PUT" && method !== "DELETE") throw new Refused(405, "the lock can be taken and given back only");
  if (client.orderers.length === 0 || clientName !== "agent")
    throw new Refused(403, `the lock is for agents of ordering organisations, not for ${clientName} of ${client.name}`);
  const lock = options.lock();
  if (lock === undefined) throw new Refused(404, "the lock is not kept here");
  const holder = holderIn(await bodyOf(request));
  // Nobody gives back, or keeps alive, what another organisation holds.
  if (holder?.startsWith(`${client.namespace}/`) !== true)
    throw new Refused(400, `the holder must be ${client.namespace}/<pod>`);
  if (method === "PUT") return JSON.stringify({ holder: await lock.take(holder, performance.now()) });
  await lock.release(holder);
  return undefined;
}

/** Who asks, by the certificate that TLS has verified. */
function clientOf(trust: Trust, socket: TLSSocket): { readonly client: ConsortiumOrganisation; readonly name: string } {
  const certificate = socket.getPeerX509Certificate();
  const client = certificate === undefined ? undefined : trust.organisationOf(certificate);
  if (certificate === undefined || client === undefined)
    throw new Refused(403, "the certificate is of no organisation of the network");
  return { client, name: /^CN=(.*)$/m.exec(certificate.subject)?.[1] ?? "" };
}

async function noticeText({ read, isPublic }: BoardServerOptions, name: string): Promise<string> {
  if (!isPublic(name)) throw new Refused(404, `no notice ${name.slice(0, 100)} is shown here`);
  const notice = await read(name);
  if (notice === undefined) throw new Refused(404, `${name} is not published here`);
  return encodeNotice(notice);
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const part of request) {
    text += String(part);
    if (text.length > longestRequest) throw new Refused(413, `a request has at most ${longestRequest} bytes`);
  }
  return text;
}
