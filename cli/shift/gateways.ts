/** Asks the gateways of all sites how they see a pool, through their clusters' API servers. */
import { createServer, connect, type AddressInfo } from "node:net";
import { get } from "node:http";
import { CoreV1Api, PortForward, type KubeConfig, type V1Pod } from "@kubernetes/client-node";
import { readKubeconfig } from "../../lib/deploy/kubeconfig";
import type { SiteAccess } from "../../lib/deploy/site-access";
import { ports } from "../../lib/fabric/ports";
import type { IngressHost } from "../../lib/ingress/model";
import type { GatewayView } from "../../lib/traffic/readings";
import type { GatewayStatistics } from "../../lib/traffic/statistics";

/** Milliseconds within which a gateway answers. */
const answerWithin = 3000;

export interface GatewayQuestion {
  readonly sites: readonly SiteAccess[];
  readonly namespace: string;
  readonly host: IngressHost;
  readonly statistics: GatewayStatistics;
}

/** How each gateway that answers sees the sites of a pool. */
export async function gatewayViews({ sites, namespace, host, statistics }: GatewayQuestion): Promise<GatewayView[]> {
  const views = await Promise.all(
    sites.map(async (site) => {
      const config = readKubeconfig(site);
      if ("found" in config) return [];
      const pods = await ready(config, namespace).catch(() => []);
      const seen = await Promise.all(
        pods.map(async (name): Promise<GatewayView[]> => {
          const answer = await throughPod(config, namespace, name, (port) => ask(statistics, host.name, port)).catch(
            () => undefined,
          );
          if (answer === undefined) return [];
          return [
            { gateway: `${site.name}/${name}`, site: site.name, sites: statistics.sites(host, site.name, answer) },
          ];
        }),
      );
      return seen.flat();
    }),
  );
  return views.flat();
}

async function ready(config: KubeConfig, namespace: string): Promise<string[]> {
  const late = AbortSignal.timeout(answerWithin);
  const pods = await Promise.race([
    config.makeApiClient(CoreV1Api).listNamespacedPod({ namespace }),
    new Promise<never>((_, reject) => late.addEventListener("abort", () => reject(new Error("no answer")))),
  ]);
  return pods.items.filter(isReady).flatMap(({ metadata }) => metadata?.name ?? []);
}

const isReady = ({ status }: V1Pod): boolean =>
  status?.conditions?.some(({ type, status: is }) => type === "Ready" && is === "True") ?? false;

/** Does something with a port of this machine that leads to the gateway's administration, on its pod's own loopback. */
async function throughPod<T>(
  config: KubeConfig,
  namespace: string,
  pod: string,
  use: (port: number) => Promise<T>,
): Promise<T> {
  const forward = new PortForward(config);
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    forward.portForward(namespace, pod, [ports.gateway.admin], socket, null, socket).catch(() => socket.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  try {
    return await use((server.address() as AddressInfo).port);
  } finally {
    server.close();
  }
}

/** Asks a gateway's administration on a port of this machine, or of another address. */
export function ask(statistics: GatewayStatistics, host: string, port: number, address = "127.0.0.1"): Promise<string> {
  const question = statistics.question(host);
  return "path" in question ? askPath(question.path, port, address) : askLine(question.line, port, address);
}

function askPath(path: string, port: number, host: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = get({ host, port, path, agent: false }, (answer) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
      answer.once("end", () =>
        answer.statusCode === 200 ? resolve(text) : reject(new Error(`HTTP ${answer.statusCode}`)),
      );
    });
    request.setTimeout(answerWithin, () => request.destroy(new Error("no answer")));
    request.once("error", reject);
  });
}

function askLine(line: string, port: number, host: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    const socket = connect({ host, port }, () => socket.write(`${line}\n`));
    socket.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
    socket.setTimeout(answerWithin, () => socket.destroy(new Error("no answer")));
    socket.once("error", reject);
    socket.once("close", () => resolve(text));
  });
}
