import type { NodeStatus } from "../../agent/status/document";
import { table, type Palette } from "../../lib/explain/table";
import type { NetworkStatus } from "./seen";

/** The status for a terminal. */
export function statusText({ statuses, silent, unseen }: NetworkStatus, colours: Palette): string {
  const hidden = unseen.map(
    ({ site, found, fix }) =>
      `${colours.bad(`${site} cannot be seen`)}, and what runs there may run on: ${found}\n    do: ${fix}`,
  );
  if (statuses.length === 0) {
    return [...hidden, `${colours.bad("no agent has said anything yet")}\n    do: ${notUp}`].join("\n");
  }
  const nodes = statuses.flatMap(({ site, organisation, nodes: own }) =>
    own.map((node) => ({ site, organisation, ...node })),
  );
  const several = unseen.length > 0 || statuses.some(({ site }) => site !== statuses[0]?.site);
  const channels = [...new Set(nodes.flatMap((node) => node.channels.map(({ channel }) => channel)))].sort();
  const amiss = statuses.flatMap(({ site, organisation, conditions }) =>
    conditions
      .filter(({ status }) => status !== "True")
      .map((condition) => ({ who: several ? `${organisation} on ${site}` : organisation, ...condition })),
  );
  const isWhole = hidden.length === 0 && silent.length === 0;
  return [
    table(
      ["node", "organisation", ...(several ? ["site"] : []), ...channels, "certificate"],
      nodes.map((node) => [
        node.pod,
        node.organisation,
        ...(several ? [node.site] : []),
        ...channels.map((channel) => heightText(node, channel, highest(nodes, channel), colours)),
        certificateText(node, colours),
      ]),
      colours,
    ),
    ...hidden,
    ...silent.map((name) => `${colours.bad(`${name}: its agent has said nothing yet`)}\n    do: ${agentAway}`),
    ...(amiss.length === 0
      ? [isWhole ? colours.good("everything is as the network file wants it") : ""]
      : [
          "",
          colours.strong("Amiss"),
          ...amiss.map(
            ({ who, type, status, object, message, remedy }) =>
              `- ${who}: ${colours.bad(`${type} ${status === "False" ? "is not so" : "is unknown"}`)} for ${object}: ${message}` +
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
