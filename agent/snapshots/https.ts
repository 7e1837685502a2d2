import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, request } from "node:https";
import { type AddressInfo, isIP } from "node:net";
import { PassThrough, type Writable } from "node:stream";
import { finished } from "node:stream/promises";
import type { TLSSocket } from "node:tls";
import { inWords } from "../fabric/problem";
import type { Receiver } from "./receive";
import { type Held, namePattern, type Parcel, type Receipt, type Transport } from "./transport";

/*
 * How snapshots go over the border: HTTPS with mutual TLS, as the agents' boards do.
 *
 * `GET /snapshots/<unit>` gives the list of what is held. `PUT /snapshots/<unit>/<name>?sequence=…&takenAt=…&parent=…` with
 * the compressed stream for its body gives the receipt. Errors have `{"error": "…"}`. The body has no length announced, so
 * that HTTP itself tells an end from a connection that broke.
 */
const root = "/snapshots/";

/** Milliseconds without a byte after which the other side counts as gone; long enough to write back and verify a whole unit. */
const patience = 120_000;
/** Characters that an answer may have. */
const longestAnswer = 64 * 1024 * 1024;

/** Files of a TLS pair and of the authorities that may have signed the other side's, PEM; read at each connection. */
export interface TlsFiles {
  readonly certificate: string;
  readonly key: string;
  readonly authorities: string;
}

const credentials = ({ certificate, key, authorities }: TlsFiles) => ({
  cert: readFileSync(certificate),
  key: readFileSync(key),
  ca: readFileSync(authorities),
  minVersion: "TLSv1.2" as const,
});

/** The way to a receiver at `host:port`, whose certificate must be for that name or address, or for `name`. */
export function httpsTransport(
  { host, port, name = host }: { readonly host: string; readonly port: number; readonly name?: string },
  files: TlsFiles,
): Transport {
  const ask = (method: "GET" | "PUT", path: string, write?: (into: Writable) => Promise<void>): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const sent = request(
        {
          ...credentials(files),
          ...{ host, port, method, path, agent: false, timeout: patience },
          ...(isIP(name) === 0 ? { servername: name } : {}),
        },
        (response) => void textOf(response, longestAnswer).then((text) => resolve(answerIn(response, text)), reject),
      );
      sent.once("timeout", () => sent.destroy(new Error(`${host}:${port} has not moved for ${patience} ms`)));
      sent.on("error", reject);
      if (write === undefined) sent.end();
      else
        void deliver(write, sent).catch((error: unknown) => {
          reject(error instanceof Error ? error : new Error(inWords(error)));
          sent.destroy();
        });
    }).then((answer) => {
      if (answer instanceof Error) throw answer;
      return answer;
    });
  return {
    held: async (unit) => (await ask("GET", `${root}${unit}`)) as readonly Held[],
    send: async ({ unit, name: snapshot, sequence, takenAt, parent }, write) => {
      const query = new URLSearchParams({
        sequence: `${sequence}`,
        takenAt,
        ...(parent === undefined ? {} : { parent }),
      });
      return (await ask("PUT", `${root}${unit}/${snapshot}?${query.toString()}`, write)) as Receipt;
    },
  };
}

/** Writes all, and ends only when all of it has worked. */
async function deliver(write: (into: Writable) => Promise<void>, sent: Writable): Promise<void> {
  const body = new PassThrough();
  body.pipe(sent, { end: false });
  // Whoever refuses early reads no further: what is left has nowhere to go.
  sent.once("close", () => body.destroy());
  await Promise.all([write(body), finished(body)]);
  sent.end();
}

function answerIn({ statusCode = 0 }: IncomingMessage, text: string): unknown {
  try {
    const answer: unknown = JSON.parse(text);
    if (statusCode < 300) return answer;
  } catch {
    // What is no JSON is told as it is.
  }
  return new Error(`the receiver answers ${statusCode}: ${text.slice(0, 500)}`);
}

async function textOf(message: IncomingMessage, longest: number): Promise<string> {
  let text = "";
  for await (const part of message) {
    text += String(part);
    if (text.length > longest) throw new Error(`the answer has more than ${longest} characters`);
  }
  return text;
}

/** What a receiver's server is told. */
export interface ReceivingOptions {
  /** By unit. */
  readonly receivers: ReadonlyMap<string, Receiver>;
  readonly files: TlsFiles;
  /** Names of senders: their certificate must be for one of them. Any node of the organisation has one of its authority. */
  readonly senders: readonly string[];
  readonly host?: string;
  readonly port: number;
}

/** Serves receivers to senders. @throws Error where the port cannot be had or the files are missing. */
export async function serveReceivers(
  options: ReceivingOptions,
): Promise<{ readonly port: number; close(): Promise<void> }> {
  const { files, port, host } = options;
  const server = createServer(
    { ...credentials(files), requestCert: true, rejectUnauthorized: true },
    (asked, response) => {
      answer(options, asked).then(
        (told) => end(response, 200, told),
        (error: unknown) => {
          end(response, error instanceof NotTaken ? error.status : 500, { error: inWords(error) });
          // Its body is not wanted.
          response.once("finish", () => asked.destroy());
        },
      );
    },
  );
  server.headersTimeout = 10_000;
  // A first snapshot takes as long as it takes; what does not move is cut.
  server.requestTimeout = 0;
  server.setTimeout(patience);
  server.maxConnections = 64;
  server.listen(port, host);
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** A request that is refused, with its HTTP status. */
class NotTaken extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

function end(response: ServerResponse, status: number, body: unknown): void {
  if (!response.destroyed) response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
}

async function answer({ receivers, senders }: ReceivingOptions, asked: IncomingMessage): Promise<unknown> {
  const certificate = (asked.socket as TLSSocket).getPeerX509Certificate();
  const known = senders.some((name) => (isIP(name) === 0 ? certificate?.checkHost(name) : certificate?.checkIP(name)));
  if (!known) throw new NotTaken(403, `the certificate is for none of ${senders.join(", ")}`);
  const { pathname, searchParams } = new URL(asked.url ?? "", "https://receiver");
  const [unit = "", name] = pathname.startsWith(root) ? pathname.slice(root.length).split("/") : [];
  const receiver = receivers.get(unit);
  if (receiver === undefined) throw new NotTaken(404, `there is no unit ${unit.slice(0, 64)} here`);
  if (asked.method === "GET" && name === undefined) return receiver.held();
  if (asked.method !== "PUT" || name === undefined) throw new NotTaken(405, "snapshots can be listed and sent only");
  return receiver.arrive(parcelOf(unit, name, searchParams), asked);
}

function parcelOf(unit: string, name: string, query: URLSearchParams): Parcel {
  const [sequence, takenAt, parent] = [Number(query.get("sequence")), query.get("takenAt") ?? "", query.get("parent")];
  if (!namePattern.test(name) || !name.startsWith(`${unit}-`) || (parent !== null && !namePattern.test(parent)))
    throw new NotTaken(400, `a snapshot of ${unit} is called ${unit}-<number>, in small letters, digits and dashes`);
  if (!Number.isSafeInteger(sequence) || sequence < 1 || Number.isNaN(Date.parse(takenAt)))
    throw new NotTaken(400, "sequence must be a whole number above 0, and takenAt a time");
  return { unit, name, sequence, takenAt, ...(parent === null ? {} : { parent }) };
}
