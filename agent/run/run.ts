import { ports } from "../../lib/fabric/ports";
import { standForElection, type ElectionTimes, electionTimes } from "../kubernetes/leadership";
import type { ListOf, Pod } from "../kubernetes/objects";
import { until } from "../kubernetes/until";
import { type AgentPorts, type AgentServers, serve } from "../metrics/servers";
import { Watchdog } from "../watch/watchdog";
import { openBorder } from "./border";
import { knownNodes } from "./known-nodes";
import { Lookout } from "./lookout";
import { loop } from "./loop";
import type { Office } from "./office";
import { SelfRenewal } from "./self-renewal";
import { Term } from "./term";

/** The Lease that agents of one organisation elect their leader by. */
export const agentLease = "agent";

/** Milliseconds without a completed look after which the process counts as stuck. */
const stuckAfter = 90_000;

/** What may differ in a test. */
export interface RunOptions {
  readonly ports?: AgentPorts;
  readonly election?: ElectionTimes;
  /** Told when the servers are open. */
  readonly listening?: (servers: AgentServers) => void;
}

/**
 * Runs an agent until `signal` ends it. Of the agents of one organisation one leads, and does everything; the others
 * look at the network as it does, so that whoever takes over knows at once who is silent.
 * @throws Error where the leading agent cannot go on.
 */
export async function runAgent(office: Office, signal: AbortSignal, options: RunOptions = {}): Promise<void> {
  const { api, settings, model, fabric, metrics, log, rhythm } = office;
  const end = new AbortController();
  const ended = AbortSignal.any([signal, end.signal]);
  const lookout = new Lookout(until(api, ended), settings.namespace, () => {
    const { tls } = fabric.identity(model.own().mspId, settings.identity);
    return { certificate: tls.certificate, key: tls.key };
  });
  const watchdog = new Watchdog();
  let term: Term | undefined;
  let lookedAt = performance.now();
  let looked = false;
  let state = "";

  const health = {
    live: () => performance.now() - lookedAt < stuckAfter,
    missing: () => model.problem ?? (looked ? term?.missing() : "the first look at the network has not ended yet"),
  };
  const servers = await serve(options.ports ?? ports.agent, health, metrics);
  const border = await openBorder(office, until(api, ended), { port: options.ports?.board }).catch((error: unknown) => {
    servers.close();
    throw error;
  });
  options.listening?.({
    ...servers,
    ports: { ...servers.ports, ...(border === undefined ? {} : { board: border.port }) },
  });

  let round = 0;
  const watch = async (): Promise<number> => {
    const nodes = knownNodes(model.consortium(), settings.organisation, settings.site);
    const begun = performance.now();
    const spared = {
      own: term === undefined && round % rhythm.sparing.standby !== 0,
      foreign: round % rhythm.sparing.foreign !== 0 && !watchdog.suspects,
    };
    round += 1;
    await lookout.look(
      nodes.filter(({ own }) => !(own ? spared.own : spared.foreign)),
      begun,
    );
    looked = true;
    if (term !== undefined) await term.takeOut(nodes, begun);
    else if (!spared.own) watchdog.look(lookout.watched(nodes), begun);
    const now = stateOf({ items: [...lookout.pods.values()] }, JSON.stringify(model.consortium()));
    if (now !== state) term?.wake();
    state = now;
    return Math.max(0, rhythm.watch - (performance.now() - begun) / 1000);
  };

  const lead = async (ended: AbortSignal): Promise<void> => {
    metrics.leads(true);
    term = new Term(office, { lookout, watchdog, border }, ended);
    try {
      await term.run();
    } finally {
      term = undefined;
      metrics.leads(false);
    }
  };

  const self = new SelfRenewal(office, lookout);
  try {
    await Promise.all([
      loop(
        { name: "looking at the network", signal: ended, log },
        // Also where the API server does not answer, or the model is of no use: a restart would not help.
        () => watch().finally(() => (lookedAt = performance.now())),
        rhythm.watch,
      ),
      // A leader's own certificate has its turn among all others.
      loop(
        { name: "renewal of the own certificate", signal: ended, log },
        async () => {
          if (term === undefined) await self.pass(Date.now());
          return rhythm.renewal;
        },
        rhythm.renewal,
      ),
      border?.run(ended),
      standForElection(api, { namespace: settings.namespace, name: agentLease }, settings.pod, lead, {
        log,
        signal: ended,
        times: options.election ?? electionTimes,
      }),
    ]);
  } finally {
    // One that failed takes the others along: an agent that does half its work must start anew.
    end.abort();
    servers.close();
    border?.close();
  }
}

/** A text that differs when there is something new for reconciliation: pods that came, went, or moved; the model. */
function stateOf({ items }: ListOf<Pod>, model: string): string {
  const pods = items.map(
    ({ metadata, status }) => `${metadata.uid ?? ""} ${status?.phase ?? ""} ${status?.podIP ?? ""}`,
  );
  return `${pods.sort().join("\n")}\n${model}`;
}
