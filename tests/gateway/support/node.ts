import { createServer as createHealth } from "node:https";
import { once } from "node:events";
import type { AddressInfo, Server, Socket } from "node:net";
import { createServer, type TLSSocket } from "node:tls";
import { ports } from "../../../lib/fabric/ports";
import type { TestOrganisation } from "../../fabric/identities";

/**
 * What a gateway sees of a peer: mutual TLS on its port, and its health on the operations port. Whoever connects is told
 * which peer it is and whose certificate it was shown; everything after that comes back as it was sent.
 */
export interface TestNode {
  readonly name: string;
  readonly address: string;
  /** What `/healthz` answers. */
  status: number;
  /** Ends it as a power cut would: its connections too. */
  stop(): Promise<void>;
  start(): Promise<void>;
}

export async function startTestNode(
  name: string,
  address: string,
  hosts: readonly string[],
  organisation: TestOrganisation,
): Promise<TestNode> {
  const { certificate: cert, privateKey: key } = await organisation.tlsPair(name, [...hosts, address]);
  const options = { cert, key, ca: organisation.tlsAuthority };
  let stopAll: (() => Promise<void>)[] = [];
  const node: TestNode = {
    name,
    address,
    status: 200,
    async start() {
      const serving = createServer({ ...options, requestCert: true, rejectUnauthorized: true }, greet);
      const health = createHealth(options, (request, response) => {
        response.writeHead(request.url === "/healthz" ? node.status : 404).end();
      });
      stopAll = [await listen(serving, address, ports.peer.grpc), await listen(health, address, ports.peer.operations)];
    },
    async stop() {
      await Promise.all(stopAll.map((stop) => stop()));
      stopAll = [];
    },
  };
  const greet = (socket: TLSSocket) => {
    socket.on("error", () => undefined);
    socket.write(`${JSON.stringify({ node: name, client: socket.getPeerCertificate().subject.CN })}\n`);
    socket.pipe(socket);
  };
  await node.start();
  return node;
}

async function listen(server: Server, address: string, port: number): Promise<() => Promise<void>> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => sockets.delete(socket));
  });
  server.on("tlsClientError", () => undefined);
  server.listen(port, address);
  await once(server, "listening");
  if ((server.address() as AddressInfo).port !== port) throw new Error(`not on port ${port}`);
  return async () => {
    const closed = once(server, "close");
    server.close();
    for (const socket of sockets) socket.resetAndDestroy();
    await closed;
  };
}
