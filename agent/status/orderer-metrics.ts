import { request } from "node:https";
import { isIP } from "node:net";

/** What an ordering node's metrics say of its part in Raft (Fabric docs, "Metrics Reference": `consensus_etcdraft_*`). */
export interface RaftSight {
  /** Channels that it leads. */
  readonly leads: readonly string[];
  /** Consenters that it hears, itself among them, by channel. */
  readonly activeNodes: Readonly<Record<string, number>>;
}

/** Where an ordering node's operations port is, and who asks; it answers to certificates of its own organisation only. */
export interface OperationsDoor {
  readonly host: string;
  readonly port: number;
  readonly serverName: string;
  /** PEM. */
  readonly tls: { readonly certificate: string; readonly key: string; readonly authorities: string };
}

/** Asks an ordering node for its metrics. Ends within `timeout` ms. @throws Error that says why there is no answer. */
export function raftSight({ host, port, serverName, tls }: OperationsDoor, timeout: number): Promise<RaftSight> {
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        host,
        port,
        path: "/metrics",
        agent: false,
        ca: tls.authorities,
        cert: tls.certificate,
        key: tls.key,
        ...(isIP(serverName) === 0 ? { servername: serverName } : {}),
      },
      (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (part: string) => (text += part));
        response.once("error", reject);
        response.once("end", () => {
          clearTimeout(timer);
          if (response.statusCode === 200) resolve(readRaft(text));
          else reject(new Error(`${serverName}:${port}/metrics answered ${response.statusCode ?? "nothing"}`));
        });
      },
    );
    const timer = setTimeout(() => sent.destroy(new Error(`no metrics within ${timeout} ms`)), timeout);
    sent.once("error", (error) => {
      clearTimeout(timer);
      reject(error);
    });
    sent.end();
  });
}

/** Reads the Raft metrics out of Prometheus' text format. */
export function readRaft(text: string): RaftSight {
  const valueOf = (metric: string): [string, number][] =>
    [...text.matchAll(new RegExp(`^${metric}\\{[^}]*channel="([^"]*)"[^}]*\\} (\\S+)`, "gm"))].map(
      ([, channel = "", value]) => [channel, Number(value)],
    );
  return {
    leads: valueOf("consensus_etcdraft_is_leader")
      .filter(([, value]) => value === 1)
      .map(([channel]) => channel)
      .sort(),
    activeNodes: Object.fromEntries(valueOf("consensus_etcdraft_active_nodes")),
  };
}
