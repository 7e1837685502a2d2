/**
 * The zones' way to image registries. No route leads out of a zone; containerd, and nothing else, may ask this proxy in
 * the machine's own network, which needs no forwarding and no change of the machine's settings.
 */
import { createServer, type IncomingMessage, request, type Server } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import type { NodePlan } from "./plan";

export interface RegistryProxy {
  /** For containerd. */
  readonly environment: Readonly<Record<string, string>>;
  stop(): void;
}

/** Starts the proxy on the bridge; it serves the nodes, not their pods. */
export async function startRegistryProxy(plan: NodePlan): Promise<RegistryProxy> {
  const nodes = new Set(plan.zones.map(({ address }) => address));
  const sockets = new Set<Socket>();
  const server = createServer((asked, answer) => {
    if (!nodes.has(asked.socket.remoteAddress ?? "")) {
      answer.writeHead(403).end();
      return;
    }
    const onward = request(asked.url ?? "", { method: asked.method, headers: asked.headers }, (given) => {
      answer.writeHead(given.statusCode ?? 502, given.headers);
      given.pipe(answer);
    });
    onward.once("error", (failure) => {
      if (!answer.headersSent) answer.writeHead(502);
      answer.end(`${failure.message}\n`);
    });
    asked.pipe(onward);
  });
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  server.on("connect", (asked: IncomingMessage, near: Socket) => {
    near.on("error", () => near.destroy());
    if (!nodes.has(near.remoteAddress ?? "")) {
      near.end("HTTP/1.1 403 Forbidden\r\n\r\n");
      return;
    }
    const [, host = "", port = "443"] = /^\[?([^\]]+?)\]?(?::(\d+))?$/.exec(asked.url ?? "") ?? [];
    const far = connect({ host, port: Number(port) }, () => {
      near.write("HTTP/1.1 200 Connection established\r\n\r\n");
      far.pipe(near);
      near.pipe(far);
    });
    far.on("error", () => near.end("HTTP/1.1 502 Bad Gateway\r\n\r\n"));
    near.once("close", () => far.destroy());
    far.once("close", () => near.destroy());
  });
  const url = `http://${plan.hostAddress}:${await listen(server, plan.hostAddress)}`;
  return {
    environment: { HTTP_PROXY: url, HTTPS_PROXY: url, NO_PROXY: `127.0.0.1,localhost,${plan.range}` },
    stop: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

const listen = (server: Server, host: string): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host, port: 0 }, () => {
      resolve((server.address() as AddressInfo).port);
    });
  });
