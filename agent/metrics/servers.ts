import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { AgentMetrics } from "./metrics";

/** What the kubelet asks. */
export interface Health {
  /** Whether the process does its work; where not, it is to be started anew. */
  live(): boolean;
  /** Undefined where everything is done, else what is missing. */
  missing(): string | undefined;
}

/** Ports of the agent; 0 takes any. */
export interface AgentPorts {
  readonly health: number;
  readonly metrics: number;
  /** For agents of other sites, where there are any. */
  readonly board?: number;
}

/** The open servers. */
export interface AgentServers {
  readonly ports: AgentPorts;
  close(): void;
}

/** Answers probes (/healthz, /readyz) and scrapes (/metrics), each on a port of its own, as different people may ask. */
export async function serve(ports: AgentPorts, health: Health, metrics: AgentMetrics): Promise<AgentServers> {
  const probes = createServer(({ url }, response) => {
    const missing = url === "/readyz" ? health.missing() : undefined;
    const fine = url === "/healthz" ? health.live() : url === "/readyz" && missing === undefined;
    response.writeHead(fine ? 200 : url === "/healthz" || url === "/readyz" ? 503 : 404);
    response.end(`${fine ? "ok" : (missing ?? "no")}\n`);
  });
  const scrapes = createServer(({ url }, response) => {
    if (url !== "/metrics") return void response.writeHead(404).end();
    metrics.text().then(
      (text) => response.writeHead(200, { "Content-Type": metrics.contentType }).end(text),
      (error: Error) => response.writeHead(500).end(error.message),
    );
  });
  const [probed, scraped] = await Promise.all([listening(probes, ports.health), listening(scrapes, ports.metrics)]);
  return {
    ports: { health: probed, metrics: scraped },
    close() {
      for (const server of [probes, scrapes]) {
        server.close();
        server.closeAllConnections();
      }
    },
  };
}

function listening(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, () => resolve((server.address() as AddressInfo).port));
  });
}
