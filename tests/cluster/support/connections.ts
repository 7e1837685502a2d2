/** Tries every connection that pods of a running network could make, and compares with those that it needs. */
import { CoreV1Api, type KubeConfig } from "@kubernetes/client-node";
import { flows } from "../../../lib/fabric/flows";
import type { Network } from "../../../lib/spec/network";
import { flowsBetween, type Participant, participantOf } from "./expected-flows";
import { podNetworks, type PodNetns } from "./pod-netns";
import { Probe } from "./probe";

/** What became of all connections. */
export interface Verdict {
  /** How many were tried that should be open, and that should be refused. */
  readonly open: number;
  readonly refused: number;
  /** Those that went otherwise, as sentences. */
  readonly surprises: readonly string[];
  /** Flows that no pair of running pods could show, as "from → to:port"; such as those of Jobs that are done. */
  readonly unseen: readonly string[];
}

const dnsPort = 53;
const probesAtOnce = 4;

interface Destination extends Participant {
  /** Where the API server has no namespace of its own, its addresses' ports. */
  readonly listening: readonly number[];
}

/**
 * From inside every pod of a cluster of real nodes, to every other pod and to the API server: each port that somebody
 * listens on, and each that a flow of the network names. Judged are connections of which one end is a pod of the network,
 * for only those are policed. Needs root. Errors: a running pod has no process here, so the nodes are not real.
 */
export async function tryConnections(config: KubeConfig, network: Network): Promise<Verdict> {
  const sources = await runningPods(config, network);
  const destinations: Destination[] = [
    ...sources.map(({ participant, netns }) => ({ ...participant, listening: netns.listening })),
    ...(await apiServers(config)),
  ];
  const surprises: string[] = [];
  const seen = new Set<string>();
  const count = { open: 0, refused: 0 };

  const tryFrom = async ({ participant: from, netns }: Source): Promise<void> => {
    const probe = await Probe.start(netns.file);
    try {
      const attempts = destinations
        .filter((to) => to.name !== from.name && (from.organisation ?? to.organisation) !== undefined)
        .flatMap((to) => judged(network, from, to).map((one) => ({ ...one, to })));
      await Promise.all(
        attempts.map(async ({ to, port, expected, shows }) => {
          count[expected] += 1;
          const outcome = await probe.attempt({ address: to.address, port });
          if (outcome !== expected) {
            surprises.push(`${from.name} → ${to.name}:${port} should be ${expected}, is ${outcome}`);
          }
          for (const flow of shows) seen.add(flow);
        }),
      );
    } finally {
      await probe.stop();
    }
  };

  const queue = [...sources];
  const work = async (): Promise<void> => {
    for (let next = queue.shift(); next; next = queue.shift()) await tryFrom(next);
  };
  await Promise.all(Array.from({ length: probesAtOnce }, work));
  // No network of these tests has a database.
  const named = flows.filter(({ to }) => to !== "database").flatMap((flow) => flowNames(flow));
  return { ...count, surprises: surprises.sort(), unseen: [...new Set(named)].filter((name) => !seen.has(name)) };
}

interface Source {
  readonly participant: Participant;
  readonly netns: PodNetns;
}

interface Judged {
  readonly port: number;
  readonly expected: "open" | "refused";
  /** The names of the flows that it shows. */
  readonly shows: readonly string[];
}

function judged(network: Network, from: Participant, to: Destination): Judged[] {
  const needed = flowsBetween(network, from, to);
  const ports = new Set([...to.listening, ...needed.flatMap((flow) => flow.ports)]);
  return [...ports].map((port) => {
    const shown = needed.filter((flow) => flow.ports.length === 0 || flow.ports.includes(port));
    return {
      port,
      expected: shown.length > 0 || (to.isDns && port === dnsPort) ? "open" : "refused",
      shows: shown.map(({ from: one, to: other, ports: its }) => nameOf(one, other, its.length === 0 ? "any" : port)),
    };
  });
}

const nameOf = (from: string, to: string, port: number | "any"): string => `${from} → ${to}:${port}`;

const flowNames = ({ from, to, ports }: (typeof flows)[number]): string[] =>
  ports.length === 0 ? [nameOf(from, to, "any")] : ports.map((port) => nameOf(from, to, port));

async function runningPods(config: KubeConfig, network: Network): Promise<Source[]> {
  const core = config.makeApiClient(CoreV1Api);
  const [{ items: pods }, { items: namespaces }] = await Promise.all([
    core.listPodForAllNamespaces(),
    core.listNamespace(),
  ]);
  const networks = podNetworks();
  return pods
    .filter(({ spec, status }) => status?.phase === "Running" && spec?.hostNetwork !== true)
    .map((pod) => {
      const participant = participantOf(network, pod, namespaces);
      const netns = networks.get(pod.metadata?.uid ?? "");
      if (!netns) throw new Error(`${participant.name} is running, but has no process on this machine`);
      return { participant, netns };
    });
}

/** The API server where it listens, and where its Service is. */
async function apiServers(config: KubeConfig): Promise<Destination[]> {
  const { hostname, port } = new URL(config.getCurrentCluster()?.server ?? "");
  const service = await config
    .makeApiClient(CoreV1Api)
    .readNamespacedService({ namespace: "default", name: "kubernetes" });
  const api = { parties: ["API server"], isDns: false } as const;
  return [
    { ...api, name: "API server", address: hostname, listening: [Number(port)] },
    { ...api, name: "Service of the API server", address: service.spec?.clusterIP ?? "", listening: [443] },
  ];
}
