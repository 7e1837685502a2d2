import { readFileSync } from "node:fs";
import type { Consortium, ConsortiumOrganisation } from "../../lib/fabric/consortium";
import { variable } from "../register/surroundings";

/** What a running agent is told. */
export interface AgentSettings {
  /** Short name of the organisation that it works for. */
  readonly organisation: string;
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

/** The consortium that a model file describes, and the own organisation in it. @throws Error that names the file. */
export class Model {
  private read: { readonly text: string; readonly consortium: Consortium } | undefined;

  constructor(private readonly settings: Pick<AgentSettings, "model" | "organisation">) {}

  /** As the file says now: Kubernetes changes it under a running pod. */
  consortium(): Consortium {
    const text = readFileSync(this.settings.model, "utf8");
    if (this.read?.text !== text) this.read = { text, consortium: parsed(text, this.settings.model) };
    return this.read.consortium;
  }

  own(): ConsortiumOrganisation {
    const { organisations } = this.consortium();
    const found = organisations.find(({ name }) => name === this.settings.organisation);
    if (found === undefined)
      throw new RangeError(
        `${this.settings.model} has no organisation ${this.settings.organisation}; it has ${organisations.map(({ name }) => name).join(", ")}`,
      );
    return found;
  }
}

function parsed(text: string, file: string): Consortium {
  try {
    return JSON.parse(text) as Consortium;
  } catch (thrown) {
    throw new RangeError(`${file} is not JSON: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
  }
}
