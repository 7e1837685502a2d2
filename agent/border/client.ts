import { Agent, request } from "node:https";
import { placesOf } from "../../lib/fabric/border";
import type { Consortium, ConsortiumSite } from "../../lib/fabric/consortium";
import type { Notice } from "../board";
import { inWords } from "../fabric/problem";
import type { Condition } from "../status/document";
import { decodeNotice, errorIn, holderIn, lockPath, longestAnswer, noticesPath } from "./protocol";
import type { Trust } from "./trust";

/** The board of another site cannot be asked. */
export class BoardUnreachable extends Error {
  override readonly name = "BoardUnreachable";
}

/** Milliseconds for one question. */
const patience = 5_000;
/** Milliseconds for which a site that did not answer is not read from again: a pass has many questions. */
const spared = 3_000;

export interface BorderOptions {
  readonly consortium: () => Consortium;
  readonly trust: Trust;
  /** The own TLS pair, PEM. */
  readonly identity: () => { readonly certificate: string; readonly key: string };
  /** Where a board is dialled; by its name, if not told otherwise. */
  readonly reach?: (board: ConsortiumSite["board"]) => { readonly host: string; readonly port: number };
}

/** What came of the last question to a site. */
interface Outcome {
  readonly at: number;
  /** Why it did not answer. */
  readonly trouble?: BoardUnreachable;
}

/** Asks the agents of other sites, and remembers who answers. */
export class Border {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 4, timeout: 30_000 });
  private readonly outcomes = new Map<string, Outcome>();

  constructor(private readonly options: BorderOptions) {}

  /** What an organisation published there. @throws BoardUnreachable */
  async read(organisation: string, site: string, name: string): Promise<Notice | undefined> {
    const answer = await this.ask(organisation, site, "GET", `${noticesPath}${encodeURIComponent(name)}`);
    return answer === undefined ? undefined : decodeNotice(answer);
  }

  /** Who has the lock of restarts after it was asked for. @throws BoardUnreachable */
  async takeLock(organisation: string, site: string, self: string): Promise<string | undefined> {
    const answer = await this.ask(organisation, site, "PUT", lockPath, { holder: self });
    return answer === undefined ? undefined : holderIn(answer);
  }

  /** @throws BoardUnreachable */
  async releaseLock(organisation: string, site: string, self: string): Promise<void> {
    await this.ask(organisation, site, "DELETE", lockPath, { holder: self });
  }

  /** Of every site that has been asked whether it answers. */
  conditions(): readonly Condition[] {
    const known = new Set(
      this.options
        .consortium()
        .organisations.flatMap((organisation) => placesOf(organisation).map((site) => keyOf(organisation.name, site))),
    );
    return [...this.outcomes].flatMap(([key, { trouble }]): Condition[] => {
      if (!known.has(key)) return [];
      const about = { type: "BoardReachable", object: `board/${key}` };
      if (trouble === undefined)
        return [{ ...about, status: "True", reason: "Answers", message: "the agent there shows what it publishes" }];
      return [
        {
          ...about,
          status: "False",
          reason: "NoAnswer",
          message: `${trouble.message}; what it publishes there counts as not published`,
          remedy:
            "see whether that site is up, its agents and its gateway among it, whether the name leads to its gateway, and whether both sites know each other's authorities (ConfigMaps msp and msp-abroad)",
        },
      ];
    });
  }

  close(): void {
    this.agent.destroy();
  }

  /** The answer's text; undefined where there is no such thing. */
  private async ask(
    organisation: string,
    site: string,
    method: "GET" | "PUT" | "DELETE",
    path: string,
    body?: object,
  ): Promise<string | undefined> {
    const board = this.boardOf(organisation, site);
    const key = keyOf(organisation, site);
    const before = this.outcomes.get(key);
    // Whatever changes something is asked for all the same: it is rare, and waits for nobody else.
    if (method === "GET" && before?.trouble !== undefined && performance.now() - before.at < spared)
      throw before.trouble;
    const whose = `the board of ${organisation} on ${site} (${board.host}:${board.port})`;
    try {
      const { status, text } = await this.send(organisation, board, method, path, body);
      if (status >= 300 && status !== 404) throw new Error(`it answers ${status}: ${errorIn(text)}`);
      this.outcomes.set(key, { at: performance.now() });
      return status === 404 ? undefined : text;
    } catch (error) {
      const trouble = new BoardUnreachable(`${whose} is not to be had: ${inWords(error)}`);
      this.outcomes.set(key, { at: performance.now(), trouble });
      throw trouble;
    }
  }

  private boardOf(organisation: string, site: string): ConsortiumSite["board"] {
    const { organisations } = this.options.consortium();
    const found = organisations.find(({ name }) => name === organisation)?.sites?.find(({ name }) => name === site);
    if (found === undefined) throw new RangeError(`${organisation} has no site ${site}`);
    return found.board;
  }

  private send(
    organisation: string,
    board: ConsortiumSite["board"],
    method: string,
    path: string,
    body?: object,
  ): Promise<{ readonly status: number; readonly text: string }> {
    const { trust, identity, reach = (named) => named } = this.options;
    const authorities = trust.authoritiesOf(organisation);
    if (authorities.length === 0)
      return Promise.reject(new Error(`the TLS authorities of ${organisation} are not known here yet`));
    const { certificate, key } = identity();
    const { host, port } = reach(board);
    const text = body === undefined ? "" : JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const sent = request(
        {
          agent: this.agent,
          ...{ host, port, method, path, servername: board.host },
          // Whoever answers must have a certificate of that organisation, for that name.
          ...{ ca: [...authorities], cert: certificate, key },
          // Node frames no body of a DELETE by itself.
          headers: { Host: board.host, Accept: "application/json", "Content-Length": Buffer.byteLength(text) },
        },
        (response) => {
          let said = "";
          response.setEncoding("utf8");
          response.on("data", (part: string) => {
            said += part;
            if (said.length > longestAnswer) sent.destroy(new Error(`its answer has more than ${longestAnswer} bytes`));
          });
          response.once("error", reject);
          response.once("end", () => {
            clearTimeout(timer);
            resolve({ status: response.statusCode ?? 0, text: said });
          });
        },
      );
      const timer = setTimeout(() => sent.destroy(new Error(`no answer within ${patience} ms`)), patience);
      sent.once("error", (error) => {
        clearTimeout(timer);
        reject(error);
      });
      sent.end(text);
    });
  }
}

const keyOf = (organisation: string, site: string | undefined): string => `${organisation}/${site ?? ""}`;
