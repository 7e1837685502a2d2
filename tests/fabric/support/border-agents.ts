import { setTimeout as pause } from "node:timers/promises";
import { heightsOf, type NodeHeights } from "../../../agent/fabric/status";
import { type Condition, isReconciled } from "../../../agent/reconcile/condition";
import type { ReconcileOptions } from "../../../agent/reconcile/pass";
import { reconcile } from "../../../agent/reconcile/reconcile";
import type { Consortium } from "../../../lib/fabric/consortium";
import { loadIdentity } from "../../../lib/fabric/identity";
import { mspFilesOf, Sites } from "../../support/sites";
import type { BareNetwork } from "./bare-network";

/** An agent: of which organisation, and where. */
export type AgentOf = readonly [organisation: string, site: string];

/** The agents of a bare network that is spread over several clusters, each of which reads only its own API server. */
export class BorderAgents {
  readonly sites: Sites;
  private model: Consortium;

  constructor(private readonly network: BareNetwork) {
    this.model = network.consortium;
    this.sites = new Sites(() => this.model);
  }

  /**
   * The network file as everybody has it from now on: clusters, certificates and boards of all who are in it.
   * @param away Agents that stay away.
   */
  async become(model: Consortium, away: readonly AgentOf[] = []): Promise<void> {
    this.model = model;
    for (const [, site] of this.all()) this.sites.api(site);
    for (const { name, sites = [] } of model.organisations) {
      const published = sites.map(
        (site) => [site.name, mspFilesOf(this.network.organisation(name, site.name).material)] as const,
      );
      this.sites.bring(name, new Map(published));
    }
    const isAway = ([name, site]: AgentOf) => away.some(([other, there]) => other === name && there === site);
    for (const agent of this.all()) if (!isAway(agent) && !this.sites.has(...agent)) await this.open(agent);
    await this.sites.refresh();
  }

  /** All agents of the model. */
  all(): readonly AgentOf[] {
    return this.model.organisations.flatMap(({ name, sites = [] }) => sites.map((site): AgentOf => [name, site.name]));
  }

  async open([organisation, site]: AgentOf): Promise<void> {
    await this.sites.open(organisation, site, this.identity(organisation, site));
  }

  options([organisation, site]: AgentOf, consortium: Consortium = this.model): ReconcileOptions {
    return {
      consortium,
      organisation,
      site,
      identity: this.identity(organisation, site),
      board: this.sites.post(organisation, site).board(this.sites.api(site)),
      reach: (node) => Promise.resolve(node.host),
      log: (level, message) => {
        if (process.env["AGENT_TEST_LOG"] !== undefined)
          process.stderr.write(`${level} ${organisation}@${site}: ${message}\n`);
      },
    };
  }

  /**
   * Lets all agents work side by side until none has anything left to do.
   * @throws Error with what is not so, if that takes longer than `withinMs`.
   */
  async settle(agents: readonly AgentOf[] = this.all(), withinMs = 90_000): Promise<void> {
    const deadline = Date.now() + withinMs;
    for (;;) {
      const told = await Promise.all(agents.map((agent) => reconcile(this.options(agent))));
      if (told.every(isReconciled)) return;
      if (Date.now() > deadline) throw new Error(`the agents do not come to an end:\n${inLines(agents, told)}`);
      await pause(200);
    }
  }

  /** The heights of all nodes, as the agents of their sites see them. */
  async heights(): Promise<readonly (NodeHeights & { readonly agent: string })[]> {
    const told = this.all().map(async ([organisation, site]) => {
      const { consortium, identity, reach } = this.options([organisation, site]);
      const heights = await heightsOf({ consortium, organisation, site, identity, reach });
      return heights.map((one) => ({ ...one, agent: `${organisation}@${site}` }));
    });
    return (await Promise.all(told)).flat();
  }

  private identity(organisation: string, site: string) {
    const { mspId, admin } = this.network.organisation(organisation, site);
    return loadIdentity(mspId, admin);
  }
}

function inLines(agents: readonly AgentOf[], told: readonly (readonly Condition[])[]): string {
  return told
    .flatMap((conditions, index) =>
      conditions
        .filter(({ status }) => status !== "True")
        .map(
          ({ type, object, reason, message }) =>
            `${agents[index]?.join("@") ?? ""} ${type} ${object} ${reason}: ${message}`,
        ),
    )
    .join("\n");
}
