import { readFileSync } from "node:fs";
import type { Consortium, ConsortiumOrganisation } from "../../lib/fabric/consortium";
import { variable } from "../register/surroundings";
import type { Condition } from "../status/document";

/** What a running agent is told. */
export interface AgentSettings {
  /** Short name of the organisation that it works for. */
  readonly organisation: string;
  /** The site that it runs on, whose nodes it sees to; absent in a network of one cluster. */
  readonly site?: string;
  /** Own pod's name and namespace. */
  readonly pod: string;
  readonly namespace: string;
  /** File with the consortium as JSON. */
  readonly model: string;
  /** Folder with the own identity (`msp` and `tls` of lib/fabric/layout.ts). */
  readonly identity: string;
  /** How long before their end certificates are renewed, in milliseconds. */
  readonly renewBefore: number;
}

/** The settings of a pod of the Deployment `agent`. @throws SurroundingsError */
export function settingsFromEnvironment(files: { readonly model: string; readonly identity: string }): AgentSettings {
  return {
    organisation: variable("AGENT_ORGANISATION"),
    ...(process.env["AGENT_SITE"] === undefined ? {} : { site: variable("AGENT_SITE") }),
    pod: variable("POD_NAME"),
    namespace: variable("POD_NAMESPACE"),
    renewBefore: milliseconds(process.env["AGENT_RENEW_BEFORE"] ?? "720h"),
    ...files,
  };
}

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Milliseconds of a Go duration of one unit, such as `720h`. @throws RangeError */
export function milliseconds(duration: string): number {
  const [, number = "", unit = ""] = /^(\d+)(ms|s|m|h)$/.exec(duration) ?? [];
  const factor = units[unit];
  if (factor === undefined)
    throw new RangeError(`${duration} is not a duration such as 720h: a whole number with ms, s, m or h`);
  return Number(number) * factor;
}

/** The consortium that a model file describes, and the own organisation in it. */
export class Model {
  private read: { readonly text: string; readonly consortium: Consortium } | undefined;
  private trouble: string | undefined;

  constructor(private readonly settings: Pick<AgentSettings, "model" | "organisation" | "site">) {}

  /**
   * As the file says now, since Kubernetes changes it under a running pod; as it last said where it is of no use now.
   * @throws RangeError that names the file, where it has been of no use from the beginning.
   */
  consortium(): Consortium {
    const { model } = this.settings;
    try {
      const text = readFileSync(model, "utf8");
      if (this.read?.text !== text) this.read = { text, consortium: parsed(text, this.settings) };
      this.trouble = undefined;
    } catch (thrown) {
      this.trouble = `${model} is of no use: ${thrown instanceof Error ? thrown.message : String(thrown)}`;
    }
    if (this.read === undefined) throw new RangeError(this.trouble);
    return this.read.consortium;
  }

  /** @throws RangeError as {@link consortium} */
  own(): ConsortiumOrganisation {
    return ownIn(this.consortium(), this.settings.organisation);
  }

  /** Why the file was of no use when it was read last; undefined where it was good. */
  get problem(): string | undefined {
    return this.trouble;
  }
}

/** Whether the model file is good; where it is not, the agent goes on with what it said before. */
export function modelCondition({ problem }: Pick<Model, "problem">, object: string): Condition {
  const about = { type: "ModelRead", object };
  if (problem === undefined)
    return { ...about, status: "True", reason: "Read", message: "it goes by what ConfigMap agent-model says now" };
  return {
    ...about,
    status: "False",
    reason: "Unusable",
    message: `it goes by what ConfigMap agent-model said before: ${problem}`,
    remedy: "write it anew from the network file: `pulumi refresh --yes`, then `pulumi up`",
  };
}

/** @throws Error where the text is not a model that has the organisation, on that site. */
function parsed(text: string, { organisation, site }: Pick<AgentSettings, "organisation" | "site">): Consortium {
  const consortium = JSON.parse(text) as Partial<Consortium> | null;
  const lists = [consortium?.organisations, consortium?.channels, consortium?.chaincodes];
  if (!lists.every(Array.isArray)) throw new RangeError("it lacks organisations, channels or chaincodes");
  const { sites } = ownIn(consortium as Consortium, organisation);
  const known = sites?.map(({ name }) => name);
  if (site === undefined ? known !== undefined : known?.includes(site) !== true)
    throw new RangeError(
      `its sites of ${organisation} are ${known?.join(", ") ?? "not named"}, and this agent is on ${site ?? "a site that AGENT_SITE does not name"}`,
    );
  return consortium as Consortium;
}

function ownIn({ organisations }: Consortium, organisation: string): ConsortiumOrganisation {
  const found = organisations.find(({ name }) => name === organisation);
  if (found === undefined) {
    const known = organisations.map(({ name }) => name).join(", ");
    throw new RangeError(`it has no organisation ${organisation}; it has ${known}`);
  }
  return found;
}
