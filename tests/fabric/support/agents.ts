import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { loadIdentity } from "../../../lib/fabric/identity";
import { heightsOf, type NodeHeights } from "../../../agent/fabric/status";
import { type Condition, isReconciled } from "../../../agent/reconcile/condition";
import type { ReconcileOptions } from "../../../agent/reconcile/pass";
import { reconcile } from "../../../agent/reconcile/reconcile";
import type { Consortium } from "../../../lib/fabric/consortium";
import type { BareNetwork } from "./bare-network";
import { folderBoard } from "./folder-board";

/** The agents of a bare network, each for its organisation. */
export interface Agents {
  /** Folder of the board that they share. */
  readonly board: string;
  /** What an organisation's agent is called with. */
  options(organisation: string, consortium: Consortium): ReconcileOptions;
  /**
   * Lets all agents, or those of these organisations, work side by side until none of them has anything left to do.
   * @throws Error with what is not so, if that takes longer than `withinMs`.
   */
  settle(consortium: Consortium, organisations?: readonly string[], withinMs?: number): Promise<void>;
  /** One agent's passes until its conditions are as asked for; gives them. */
  until(
    organisation: string,
    consortium: Consortium,
    wanted: (conditions: readonly Condition[]) => boolean,
    withinMs?: number,
  ): Promise<readonly Condition[]>;
  /** Heights of all nodes of these organisations. */
  heights(consortium: Consortium): Promise<readonly NodeHeights[]>;
  /** Height and newest block of every peer in a channel, by pod; waits until they are level. */
  peerEnds(consortium: Consortium, channel: string): Promise<ReadonlyMap<string, string>>;
}

const between = 200;

/** Agents that share a board in the network's folder. */
export function agentsOf(network: BareNetwork): Agents {
  const board = join(network.folder, "board");
  const identity = (organisation: string) => {
    const { mspId, admin } = network.organisation(organisation);
    return loadIdentity(mspId, admin);
  };
  const agents: Agents = {
    board,
    options: (organisation, consortium) => ({
      consortium,
      organisation,
      identity: identity(organisation),
      board: folderBoard(board, organisation),
      reach: (node) => Promise.resolve(node.host),
      log: (level, message) => {
        if (process.env["AGENT_TEST_LOG"] !== undefined) process.stderr.write(`${level} ${organisation}: ${message}\n`);
      },
    }),
    async settle(consortium, organisations = consortium.organisations.map(({ name }) => name), withinMs) {
      // All must be content in the same round: one agent's work may give another one something to do.
      const deadline = Date.now() + (withinMs ?? patience);
      for (;;) {
        const told = await Promise.all(organisations.map((name) => reconcile(agents.options(name, consortium))));
        if (told.every(isReconciled)) return;
        if (Date.now() > deadline) throw new Error(`the agents do not come to an end:\n${inLines(told.flat())}`);
        await pause(between);
      }
    },
    async until(organisation, consortium, wanted, withinMs = patience) {
      const deadline = Date.now() + withinMs;
      for (;;) {
        const told = await reconcile(agents.options(organisation, consortium));
        if (wanted(told)) return told;
        if (Date.now() > deadline) throw new Error(`the agent says something else:\n${inLines(told)}`);
        await pause(between);
      }
    },
    async heights(consortium) {
      const told = consortium.organisations.map(({ name }) =>
        heightsOf({
          consortium,
          organisation: name,
          identity: identity(name),
          reach: (node) => Promise.resolve(node.host),
        }),
      );
      return (await Promise.all(told)).flat();
    },
    async peerEnds(consortium, channel) {
      const deadline = Date.now() + patience;
      for (;;) {
        const found = new Map<string, string>();
        for (const { node, role, channels } of await agents.heights(consortium)) {
          const end = channels.find((one) => one.channel === channel);
          if (role === "peer" && end !== undefined) found.set(node.pod, `${end.height} ${end.hash ?? ""}`);
        }
        if (new Set(found.values()).size <= 1 || Date.now() > deadline) return found;
        await pause(between);
      }
    },
  };
  return agents;
}

const patience = 60_000;

function inLines(conditions: readonly Condition[]): string {
  return conditions
    .filter(({ status }) => status !== "True")
    .map(({ type, object, reason, message }) => `${type} ${object} ${reason}: ${message}`)
    .join("\n");
}
