import { Command } from "commander";
import { readStatus, statusConfigMap, statusKey, type AgentStatus } from "../../agent/status/document";
import { agentSilent, isOld } from "../../agent/status/heard";
import type { Palette } from "../../lib/explain/table";
import { severalSites } from "../../lib/placement/node";
import type { Site } from "../../lib/spec/settings";
import { namespaceName } from "../../lib/spec/names";
import type { Plan } from "../../topologies/plan";
import { messageOf } from "../errors";
import { palette, say } from "../terminal";
import { siteError } from "./refusals";
import { isWell, type NetworkStatus, type SiteAgentStatus, type UnseenSite } from "./seen";
import { statusText } from "./status-text";
import { runningPlan, takesRunning, type TargetOptions } from "./target";

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
Of several sites each is asked by itself, for its agents, its nodes and every object that is wanted there: one that does
not answer hides none of the others, and what the engine says of it stands beside it where it is not so.
Exit code: 0 where everything is as the network file wants it, 3 otherwise, 1 for an error (no site answers).

Example:
  $ fabric-topologies status --stack production`,
    )
    .action(async (options: TargetOptions & { json?: boolean }) => {
      const plan = runningPlan(options);
      const colours = palette(process.stdout);
      const [status, seen] = await Promise.all([
        networkStatus(plan),
        severalSites(plan.placement) ? lookAtSites(plan, colours) : undefined,
      ]);
      if (options.json) say(JSON.stringify({ ...status, ...seen?.truth }, undefined, 2));
      else say([...(seen === undefined ? [] : [`${seen.text}\n`]), statusText(status, colours)].join("\n"));
      process.exitCode = isWell(status) && seen?.well !== false ? 0 : 3;
    });
}

/** Every site by its own word. With it comes all that renders for engines, which a network of one cluster needs none of. */
async function lookAtSites(plan: Plan, colours: Palette) {
  const { sitesTruth, sitesText, sitesAreWell } = await import("./sites");
  const truth = await sitesTruth(plan);
  return { truth, text: sitesText(truth, colours), well: sitesAreWell(truth) };
}

/**
 * What the agents say, on every site that answers.
 * @throws CommandError where no site answers and shows its ConfigMaps
 */
export async function networkStatus(plan: Plan): Promise<NetworkStatus> {
  const seen = await Promise.all(plan.settings.sites.map((site) => agentsOf(plan, site)));
  const unseen = seen.flatMap((one) => ("found" in one ? [one] : []));
  const [first] = unseen;
  if (first !== undefined && unseen.length === seen.length) throw siteError(first.site, first);
  const told = seen.flatMap((one) => ("found" in one ? [] : [one]));
  return {
    statuses: told.flatMap(({ statuses }) => statuses),
    silent: told.flatMap(({ silent }) => silent),
    unseen: unseen.map(({ site, found, fix }) => ({ site, found, fix })),
  };
}

/** What may be known of a site, or why nothing is; it says what is allowed, too. */
type Hidden = UnseenSite & { readonly allowed: string };
type Told = Pick<NetworkStatus, "statuses" | "silent">;

async function agentsOf({ network, settings, placement }: Plan, site: Site): Promise<Told | Hidden> {
  const { reach } = await import("../../lib/deploy/reach");
  const reached = await reach(site, 5000);
  if ("found" in reached) return { site: site.name, ...reached };
  const here = network.organisations.filter(({ name }) =>
    placement.nodes.some((node) => node.site === site.name && node.organisation.name === name),
  );
  const statuses: SiteAgentStatus[] = [];
  const silent: string[] = [];
  try {
    for (const organisation of here) {
      const namespace = namespaceName(network, organisation);
      const { status, body } = await reached.api.get(`/api/v1/namespaces/${namespace}/configmaps/${statusConfigMap}`);
      if (status !== 200 && status !== 404) {
        return {
          site: site.name,
          found: (body as { message?: string }).message ?? `HTTP ${status}`,
          allowed: "a user who may read ConfigMaps",
          fix: "use credentials with the role fabric-topologies-use (docs/infrastructure-team.md, Rights)",
        };
      }
      const text = (body as { data?: Record<string, string> }).data?.[statusKey];
      const said = text === undefined ? undefined : readStatus(text);
      if (said !== undefined) statuses.push(withAge({ ...said, site: site.name }, Date.now()));
      else silent.push(settings.sites.length > 1 ? `${organisation.name} on ${site.name}` : organisation.name);
    }
  } catch (thrown) {
    return {
      site: site.name,
      found: `an API server that went away: ${messageOf(thrown)}`,
      allowed: "an API server that answers",
      fix: "see whether the cluster runs, and run the command again",
    };
  } finally {
    reached.api.close();
  }
  return { statuses, silent };
}

/** The status with a condition more where it was said long ago: all else that it says may have been so then only. */
export function withAge<T extends AgentStatus>(said: T, now: number): T {
  if (!isOld(said, now)) return said;
  const silent = agentSilent(said.organisation, said.at, "what is told of its nodes may no longer be so");
  return { ...said, conditions: [{ ...silent, at: said.at }, ...said.conditions] };
}
