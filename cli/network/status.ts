import { Command } from "commander";
import { readStatus, statusConfigMap, statusKey, type AgentStatus, type NodeStatus } from "../../agent/status/document";
import { agentSilent, isOld } from "../../agent/status/heard";
import { table, type Palette } from "../../lib/explain/table";
import { namespaceName } from "../../lib/spec/names";
import { CommandError } from "../errors";
import { palette, say } from "../terminal";
import { siteError } from "./refusals";
import { runningPlan, takesRunning, type TargetOptions } from "./target";
import type { Plan } from "../../topologies/plan";

/** What the agents of all organisations last said, and who said nothing. */
export interface NetworkStatus {
  readonly statuses: readonly AgentStatus[];
  /** Organisations whose agent has said nothing yet. */
  readonly silent: readonly string[];
}

/** `fabric-topologies status`: how the network is, as the organisations' agents see it. */
export function statusCommand(): Command {
  const command = new Command("status")
    .summary("show channels, heights, leaders, certificates and what is amiss")
    .description(
      "Show channels, heights of every peer and ordering node, who leads, how long certificates hold, and what is amiss and what to do about it, as the organisations' agents see it.",
    );
  return takesRunning(command)
    .option("--json", "machine-readable output")
    .addHelpText(
      "after",
      `
Exit code: 0 where everything is as the network file wants it, 3 otherwise, 1 for an error.

Example:
  $ fabric-topologies status --stack production`,
    )
    .action(async (options: TargetOptions & { json?: boolean }) => {
      const status = await networkStatus(runningPlan(options));
      say(options.json ? JSON.stringify(status, undefined, 2) : statusText(status, palette(process.stdout)));
      process.exitCode = isWell(status) ? 0 : 3;
    });
}

/**
 * What the agents say.
 * @throws CommandError where a cluster does not answer or does not show ConfigMaps
 */
export async function networkStatus({ network, settings, placement }: Plan): Promise<NetworkStatus> {
  const { reach } = await import("../../lib/deploy/reach");
  const statuses: AgentStatus[] = [];
  const silent: string[] = [];
  for (const site of settings.sites) {
    const reached = await reach(site, 5000);
    if ("found" in reached) throw siteError(site.name, reached);
    const here = network.organisations.filter(({ name }) =>
      placement.nodes.some((node) => node.site === site.name && node.organisation.name === name),
    );
    try {
      for (const organisation of here) {
        const namespace = namespaceName(network, organisation);
        const { status, body } = await reached.api.get(`/api/v1/namespaces/${namespace}/configmaps/${statusConfigMap}`);
        if (status !== 200 && status !== 404) {
          throw new CommandError(
            `site ${site.name}: found ${(body as { message?: string }).message ?? `HTTP ${status}`}`,
            "use credentials that may read ConfigMaps: those of the role fabric-topologies-use (docs/infrastructure-team.md, Rights)",
          );
        }
        const text = (body as { data?: Record<string, string> }).data?.[statusKey];
        const said = text === undefined ? undefined : readStatus(text);
        if (said === undefined) silent.push(organisation.name);
        else statuses.push(withAge(said, Date.now()));
      }
    } finally {
      reached.api.close();
    }
  }
  return { statuses, silent };
}

/** The status with a condition more where it was said long ago: all else that it says may have been so then only. */
export function withAge(said: AgentStatus, now: number): AgentStatus {
  if (!isOld(said, now)) return said;
  const silent = agentSilent(said.organisation, said.at, "what is told of its nodes may no longer be so");
  return { ...said, conditions: [{ ...silent, at: said.at }, ...said.conditions] };
}

/** Whether nothing is amiss. */
export function isWell({ statuses, silent }: NetworkStatus): boolean {
  return silent.length === 0 && statuses.every(({ conditions }) => conditions.every(({ status }) => status === "True"));
}

/** The status for a terminal. */
export function statusText({ statuses, silent }: NetworkStatus, colours: Palette): string {
  if (statuses.length === 0) return `${colours.bad("no agent has said anything yet")}\n    do: ${notUp}`;
  const nodes = statuses.flatMap(({ organisation, nodes: own }) => own.map((node) => ({ organisation, ...node })));
  const channels = [...new Set(nodes.flatMap((node) => node.channels.map(({ channel }) => channel)))].sort();
  const amiss = statuses.flatMap(({ organisation, conditions }) =>
    conditions.filter(({ status }) => status !== "True").map((condition) => ({ organisation, ...condition })),
  );
  return [
    table(
      ["node", "organisation", ...channels, "certificate"],
      nodes.map((node) => [
        node.pod,
        node.organisation,
        ...channels.map((channel) => heightText(node, channel, highest(nodes, channel), colours)),
        certificateText(node, colours),
      ]),
      colours,
    ),
    ...silent.map((name) => `${colours.bad(`${name}: its agent has said nothing yet`)}\n    do: ${agentAway}`),
    ...(amiss.length === 0
      ? [silent.length === 0 ? colours.good("everything is as the network file wants it") : ""]
      : [
          "",
          colours.strong("Amiss"),
          ...amiss.map(
            ({ organisation, type, status, object, message, remedy }) =>
              `- ${organisation}: ${colours.bad(`${type} ${status === "False" ? "is not so" : "is unknown"}`)} for ${object}: ${message}` +
              (remedy === undefined ? "" : `\n    do: ${remedy}`),
          ),
        ]),
  ].join("\n");
}

const agentAway = "see whether its pod runs: `kubectl get pods -A -l fabric-topologies.dev/role=agent`";
const notUp = `bring the network up (\`make up\` in the sandbox, \`pulumi up\` elsewhere); where it is up, ${agentAway}`;

function highest(nodes: readonly NodeStatus[], channel: string): number {
  return Math.max(
    0,
    ...nodes.flatMap((node) => node.channels.filter((own) => own.channel === channel).map(({ height }) => height)),
  );
}

function heightText(node: NodeStatus, channel: string, most: number, colours: Palette): string {
  if (node.unreachable !== undefined) return colours.bad("no answer");
  const own = node.channels.find((candidate) => candidate.channel === channel);
  if (own === undefined) return "-";
  const leads = node.leads?.includes(channel) === true ? " leads" : "";
  return own.height === most ? `${own.height}${leads}` : colours.bad(`${own.height}, ${most - own.height} behind`);
}

function certificateText({ certificate }: NodeStatus, colours: Palette): string {
  if (certificate === undefined) return "-";
  const hours = (Date.parse(certificate.notAfter) - Date.now()) / 3_600_000;
  if (hours < 0) return colours.bad("ended");
  const text = hours < 48 ? `${hours.toFixed(1)} hours` : `${Math.floor(hours / 24)} days`;
  return hours < 30 * 24 ? colours.bad(text) : text;
}
