import { connect, createServer, type Server, type Socket } from "node:net";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { KubeConfig } from "@kubernetes/client-node";

/** A way to an API server that can be cut, or slowed, for whoever goes by it. */
export class TroubledWay {
  private readonly sockets = new Set<Socket>();
  /** What was sent while it was cut, and came to nobody: one for each question. */
  swallowed = 0;
  private isCut = false;
  private delay = 0;

  private constructor(
    private readonly server: Server,
    /** The cluster's configuration with this way in place of its own. */
    readonly config: KubeConfig,
  ) {}

  static async open(config: KubeConfig): Promise<TroubledWay> {
    const { hostname, port } = new URL(config.getCurrentCluster()?.server ?? "");
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const copy = new KubeConfig();
    const address = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    copy.loadFromString(JSON.stringify(JSON.parse(config.exportConfig())));
    copy.clusters = copy.clusters.map((cluster) => ({ ...cluster, server: address, tlsServerName: "localhost" }));
    const way = new TroubledWay(server, copy);
    server.on("connection", (here) => way.join(here, hostname, Number(port)));
    return way;
  }

  /** Nothing gets through any more, and nobody is told so. */
  cut(): void {
    this.isCut = true;
  }

  /** Connections that were cut are gone; new ones are as they should be. */
  mend(): void {
    this.isCut = false;
    this.delay = 0;
    for (const socket of this.sockets) socket.destroy();
  }

  /** Every answer comes that many milliseconds later. */
  slow(milliseconds: number): void {
    this.delay = milliseconds;
  }

  close(): void {
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
  }

  private join(here: Socket, host: string, port: number): void {
    const there = connect(port, host);
    for (const [from, to] of [
      [here, there],
      [there, here],
    ] as const) {
      this.sockets.add(from);
      from.on("data", (data) => {
        if (this.isCut) {
          if (from === here) this.swallowed += 1;
          return;
        }
        if (this.delay > 0 && from === there) setTimeout(() => to.writable && to.write(data), this.delay);
        else if (to.writable) to.write(data);
      });
      from.on("error", () => to.destroy());
      from.on("close", () => {
        this.sockets.delete(from);
        to.destroy();
      });
    }
  }
}
