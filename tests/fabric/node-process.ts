import { spawn } from "node:child_process";
import { request } from "node:https";
import { createServer } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import type { Pair } from "./identities";

/** A peer or an ordering node that a test started. */
export interface NodeProcess {
  /** Everything that it has said so far. */
  log(): string;
  /** Its exit code, once it has ended; null if a signal ended it. */
  readonly ended: Promise<number | null>;
  /** Asks it to end, and makes it end where that does not help. */
  stop(): Promise<void>;
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
 * Waits until a node's /healthz answers 200.
 * @throws Error with the node's last words if it ends before that, or is not healthy within a minute.
 */
export async function untilHealthy(node: NodeProcess, url: string, authority: string): Promise<void> {
  const deadline = Date.now() + 60_000;
  const death = node.ended.then((code) => `ended with ${code ?? "a signal"}`);
  let last = "was never asked";
  while (Date.now() < deadline) {
    const asked = get(url, authority).then(
      ({ status, body }) => (status === 200 ? undefined : `answered ${status}: ${body}`),
      (error: unknown) => String(error),
    );
    const died = await Promise.race([death, asked.then(() => undefined)]);
    if (died !== undefined) throw new Error(`the node ${died}; it said:\n${node.log().slice(-4000)}`);
    const wrong = await asked;
    if (wrong === undefined) return;
    last = wrong;
    await pause(50);
  }
  throw new Error(`the node was not healthy within a minute: it ${last}; it said:\n${node.log().slice(-4000)}`);
}

/** TCP ports of the loopback interface that nobody listens on, all different. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  try {
    return await Promise.all(
      servers.map(
        (server) =>
          new Promise<number>((resolve, reject) => {
            server.once("error", reject);
            server.listen(0, "127.0.0.1", () => {
              const address = server.address();
              if (address === null || typeof address === "string") reject(new Error("no port"));
              else resolve(address.port);
            });
          }),
      ),
    );
  } finally {
    await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  }
}
