import { foundingSite } from "../../lib/fabric/border";
import { ports } from "../../lib/fabric/ports";
import { borderBoard, borderLock } from "../border/board";
import { Border, type BorderOptions } from "../border/client";
import { type BoardServer, openBoard } from "../border/server";
import { Trust } from "../border/trust";
import type { Board } from "../board";
import { configMapBoard } from "../kubernetes/board";
import type { ApiServer } from "../kubernetes/api-server";
import { readConfigMap } from "../kubernetes/config-maps";
import { publicNotices } from "../notices";
import { consenterRestart, leaseLock, type RestartLock } from "../renewal/lock";
import type { Condition } from "../status/document";
import { founderOf } from "./known-nodes";
import { loop } from "./loop";
import type { FabricWork, Office } from "./office";
import type { Model } from "./settings";

/** Seconds between looks at what other organisations' authorities are. */
const refreshing = 15;

/** An agent's dealings with those of other sites. */
export interface BorderPost {
  /** Port of the open board. */
  readonly port: number;
  /** The board of all sites. @param api For the part that is in this cluster. */
  board(api: ApiServer): Board;
  /** @param apis For the lock where it is kept in this cluster; see {@link leaseLock}. */
  lock(apis: Parameters<typeof leaseLock>[0]): RestartLock | undefined;
  /** Which sites answer. */
  conditions(): readonly Condition[];
  /** Takes the authorities, and the own certificate, as they are now. */
  refresh(): Promise<void>;
  /** Does so again and again, until the signal ends it. */
  run(signal: AbortSignal): Promise<void>;
  close(): void;
}

/** Of an office what dealings with other sites need. */
export interface BorderOffice extends Pick<Office, "settings" | "log"> {
  readonly model: Pick<Model, "consortium" | "own">;
  readonly fabric: Pick<FabricWork, "identity">;
}

/** What may differ in a test. */
export interface BorderPlaces {
  readonly port?: number | undefined;
  readonly reach?: BorderOptions["reach"];
}

/**
 * Opens the board of an agent whose network is on several sites; undefined where it is in one cluster.
 * @param api As long as this agent runs.
 */
export async function openBorder(
  { settings, model, fabric, log }: BorderOffice,
  api: ApiServer,
  { port = ports.agent.board, reach }: BorderPlaces = {},
): Promise<BorderPost | undefined> {
  const { site, organisation, namespace } = settings;
  if (site === undefined) return undefined;
  const consortium = () => model.consortium();
  const local = (through: ApiServer) => configMapBoard(through, consortium(), organisation);
  const identity = () => fabric.identity(model.own().mspId, settings.identity).tls;
  const trust = new Trust({ board: () => local(api), consortium, site, log });
  await trust.refresh();
  const border = new Border({ consortium, trust, identity, ...(reach === undefined ? {} : { reach }) });
  const kept = leaseLock({ api }, { namespace, name: consenterRestart }, true);
  const keeper = () => {
    const founder = founderOf(consortium());
    return founder === undefined ? undefined : { founder, at: foundingSite(founder) };
  };
  const server: BoardServer = await openBoard(
    {
      read: (name) => readConfigMap(api, namespace, name),
      isPublic: (name) => publicNotices(consortium().channels).includes(name),
      trust,
      identity,
      lock: () => {
        const found = keeper();
        return found?.founder.name === organisation && found.at === site ? kept : undefined;
      },
      log,
    },
    port,
  );
  const refresh = async (): Promise<void> => {
    await trust.refresh();
    server.renew();
  };
  return {
    refresh,
    port: server.port,
    board: (through) => borderBoard(local(through), border, site),
    lock(apis) {
      const found = keeper();
      if (found === undefined) return undefined;
      const { founder, at } = found;
      if (at === undefined || at === site)
        return leaseLock(apis, { namespace: founder.namespace, name: consenterRestart }, founder.name === organisation);
      return borderLock(border, { organisation: founder.name, site: at });
    },
    conditions: () => border.conditions(),
    run: (signal) =>
      loop(
        { name: "looking at the authorities of all sites", signal, log },
        async () => {
          await refresh();
          return refreshing;
        },
        refreshing,
      ),
    close() {
      server.close();
      border.close();
    },
  };
}
