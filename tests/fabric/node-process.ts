import { spawn } from "node:child_process";
import { request } from "node:https";
import { createServer, type Server } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { connect } from "node:tls";
import type { Pair } from "./identities";

/** A peer or an ordering node that a test started. */
export interface NodeProcess {
  /** Everything that it has said so far. */
  log(): string;
  /** Its exit code, once it has ended; null if a signal ended it. */
  readonly ended: Promise<number | null>;
  readonly pid: number;
  /** Asks it to end, and makes it end where that does not help. */
  stop(): Promise<void>;
  /** Ends it as a power cut would. */
  kill(): Promise<void>;
}

/** Starts a program with these variables and no others. */
export function startNode(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): NodeProcess {
  const child = spawn(program, args, { env, stdio: ["ignore", "pipe", "pipe"] });
  let log = "";
  const keep = (chunk: Buffer) => (log += chunk.toString());
  child.stdout.on("data", keep);
  child.stderr.on("data", keep);
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  return {
    log: () => log,
    ended,
    pid: child.pid ?? 0,
    async kill() {
      child.kill("SIGKILL");
      await ended;
    },
    async stop() {
      child.kill("SIGTERM");
      const hard = setTimeout(() => child.kill("SIGKILL"), 10_000);
      await ended;
      clearTimeout(hard);
    },
  };
}

/** What a node answered. */
export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** A GET over TLS on this machine, with or without a client certificate. */
export function get(url: string, authority: string, client?: Pair): Promise<Answer> {
  const identity = client === undefined ? {} : { cert: client.certificate, key: client.privateKey };
  return new Promise((resolve, reject) => {
    const sent = request(url, { ca: authority, agent: false, timeout: 10_000, ...identity }, (response) => {
      let body = "";
      response.on("data", (chunk: Buffer) => (body += chunk.toString()));
      response.once("error", reject);
      response.once("end", () => resolve({ status: response.statusCode ?? 0, body }));
    });
    sent.once("timeout", () => sent.destroy(new Error(`${url} did not answer within 10 s`)));
    sent.once("error", reject);
    sent.end();
  });
}

/**
 * Whether a gRPC server lets a client with this certificate (or with none) in. It has to wait for the server's first
 * words, because in TLS 1.3 a client takes the handshake for finished before the server has looked at its certificate.
 */
export function letsIn(port: number, authority: string, client?: Pair, host = "localhost"): Promise<boolean> {
  const identity = client === undefined ? {} : { cert: client.certificate, key: client.privateKey };
  return new Promise((resolve) => {
    const socket = connect({ host, port, ca: authority, ALPNProtocols: ["h2"], ...identity });
    const settle = (answer: boolean) => {
      resolve(answer);
      socket.destroy();
    };
    socket.once("data", () => settle(true));
    socket.once("error", () => settle(false));
    socket.once("close", () => settle(false));
    socket.setTimeout(10_000, () => settle(false));
  });
}

/**
 * Waits until `missing` finds nothing missing any more; it says in words what is.
 * @throws Error with the node's last words if it ends before that, or something is missing after a minute.
 */
export async function until(node: NodeProcess, missing: () => Promise<string | undefined>): Promise<void> {
  const deadline = Date.now() + 60_000;
  const death = node.ended.then((code) => `ended with ${code ?? "a signal"}`);
  for (;;) {
    const asked = missing();
    const died = await Promise.race([death, asked.then(() => undefined)]);
    const reason = died ?? (await asked);
    if (reason === undefined) return;
    if (died !== undefined || Date.now() > deadline) {
      throw new Error(`the node ${reason}; it said:\n${node.log().slice(-4000)}`);
    }
    await pause(50);
  }
}

/** Waits until a node's /healthz answers 200, as {@link until} does. */
export async function untilHealthy(node: NodeProcess, url: string, authority: string): Promise<void> {
  await until(node, () =>
    get(url, authority).then(
      ({ status, body }) => (status === 200 ? undefined : `answered ${status}: ${body}`),
      (error: unknown) => `did not answer: ${String(error)}`,
    ),
  );
}

/** Three TCP ports of the loopback interface that nobody listens on. */
export async function threeFreePorts(): Promise<readonly [number, number, number]> {
  const servers = [createServer(), createServer(), createServer()] as const;
  try {
    return [await portOf(servers[0]), await portOf(servers[1]), await portOf(servers[2])];
  } finally {
    for (const server of servers) server.close();
  }
}

function portOf(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      if (address === null || typeof address === "string") reject(new Error("no TCP address"));
      else resolve(address.port);
    });
  });
}
