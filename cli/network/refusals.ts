/** What API servers refuse, as something a person can mend. */
import type { ObjectFinding } from "../../lib/deploy/findings";
import { CommandError, messageOf } from "../errors";

/** A site's cluster that cannot be used as it is. */
export function siteError(site: string, { found, allowed, fix }: ObjectFinding): CommandError {
  return new CommandError(`site ${site}: found ${found}\n    allowed: ${allowed}`, fix);
}

const roleNeeded =
  "bind the role fabric-topologies-use of docs/cluster-role.yaml to this user (docs/infrastructure-team.md, Rights)";
const otherwiseForbidden = "mend what it names: a quota, an admission policy, or a namespace that is being removed";

/**
 * Does something at a site's cluster, and tells what the API server refused, with what to do about it.
 * @throws CommandError for what is not there, what may not be done, and a server that went away; anything else as it is
 */
export async function atSite<T>(site: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    const said = wordsOf(thrown);
    switch (codeOf(thrown)) {
      case 403:
        throw new CommandError(`site ${site}: found ${said}`, isAboutRights(said) ? roleNeeded : otherwiseForbidden);
      case 404:
        throw new CommandError(
          `site ${site}: found ${said}`,
          "bring the network up first: `make up` in the sandbox, `pulumi up` elsewhere",
        );
      case "gone":
        throw new CommandError(
          `site ${site}: found an API server that went away: ${said}`,
          "see whether the cluster runs, and run the command again",
        );
      default:
        throw thrown;
    }
  }
}

interface Refusal {
  readonly code?: unknown;
  readonly statusCode?: unknown;
  readonly body?: unknown;
  readonly message?: unknown;
}

/** Its requests, its watches and its exec connections fail each in a way of its own. */
function codeOf(thrown: unknown): unknown {
  if (typeof thrown !== "object" || thrown === null) return undefined;
  const { code, statusCode } = thrown as Refusal;
  const refused = refusedCommand(thrown);
  if (refused !== undefined) return refused;
  if (/^(ECONN|EPIPE|ETIMEDOUT|EHOSTUNREACH)/.test(String(code))) return "gone";
  return code ?? statusCode;
}

/** The status with which a connection for a command in a pod was refused; of such, the library knows nothing else. */
function refusedCommand(thrown: unknown): number | undefined {
  const status = /^Unexpected server response: (\d+)$/.exec(String((thrown as Refusal).message))?.[1];
  return status === undefined ? undefined : Number(status);
}

/** What the API server said, without the headers around it. */
function wordsOf(thrown: unknown): string {
  const refused = refusedCommand(thrown);
  if (refused !== undefined) return `an API server that cannot or may not run a command in a pod (HTTP ${refused})`;
  const { body, message } = thrown as Refusal;
  const status = typeof body === "string" ? parsed(body) : body;
  const said = (status as Refusal | undefined)?.message;
  if (typeof said === "string") return said;
  return typeof message === "string" ? message : messageOf(thrown);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return { message: text };
  }
}

/** Quotas and policies forbid too, and no role helps against them. */
const isAboutRights = (said: string): boolean => /\bcannot\b|^Forbidden$/.test(said);
