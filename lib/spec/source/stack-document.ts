import { isDeepStrictEqual } from "node:util";
import { keysOf } from "../schema-words";
import { nearest } from "../nearest";
import { listed } from "../words";
import { settingsSchema } from "../settings";
import type { Finding, Path } from "../problem";
import { pulumiProject } from "./pulumi-project";
import type { Place, ReadDocument, SourceDocument } from "./document";

/** The project's name, which is the namespace of its keys in `Pulumi.<stack>.yaml`. */
export const settingsNamespace = "fabric-topologies";

/**
 * Configuration as a Pulumi program has it (`pulumi.runtime.allConfig()` or single values of `pulumi.Config`), by full
 * key. Objects come as JSON texts or as values.
 */
export type StackConfiguration = Readonly<Record<string, unknown>>;

/** Whether a file is named like a stack's configuration. */
export function isStackFile(file: string): boolean {
  return /(^|[\\/])Pulumi\.[^\\/]+\.ya?ml$/.test(file);
}

/** The settings inside a stack's configuration file, and findings about its keys that are none. */
interface StackSettings {
  readonly document: SourceDocument;
  readonly findings: readonly Finding[];
}

/**
 * Takes the settings out of a stack's configuration. Values of a running Pulumi program win over those of the file
 * (`pulumi up --config` sets some that stand in no file); those that both have keep their places in the file. Without a
 * running program it is as Pulumi would make it: what the file does not say, its project may say for all stacks. Other
 * projects' and providers' keys are none of our business.
 */
export function settingsOfStack(
  read: ReadDocument,
  file: string,
  running: StackConfiguration | undefined,
): StackSettings {
  const { document } = read;
  const written = withBooleans(ownKeys(configOf(document?.value)));
  const project = running === undefined ? pulumiProject(file) : undefined;
  const given =
    running === undefined
      ? { ...withBooleans(ownKeys(project?.config ?? {})), ...written }
      : { ...written, ...withBooleans(decoded(ownKeys(running), written)) };
  const fromFile = (key: string) => Object.hasOwn(written, key) && isDeepStrictEqual(written[key], given[key]);
  const value = new StackDocument(file, given, document, fromFile, project?.file ?? "--config");
  return { document: value, findings: [...bareKeys(document), ...secretValues(given)] };
}

class StackDocument implements SourceDocument {
  constructor(
    readonly file: string,
    readonly value: Readonly<Record<string, unknown>>,
    private readonly inFile: SourceDocument | undefined,
    private readonly fromFile: (key: string) => boolean,
    private readonly elsewhere: string,
  ) {}

  written(path: Path): string | undefined {
    return this.fromFile(String(path[0])) ? this.inFile?.written(physical(path)) : undefined;
  }

  place(path: Path, part: "key" | "value"): Place & { readonly file?: string } {
    const key = String(path[0] ?? "");
    if (Object.hasOwn(this.value, key) && !this.fromFile(key)) {
      return { file: `${this.elsewhere} ${settingsNamespace}:${key}`, line: 0, column: 0 };
    }
    return this.inFile?.place(physical(path), part) ?? { line: 1, column: 1 };
  }
}

/** Where a part of the settings stands in the file. Paths that begin with `config` are that already. */
function physical(path: Path): Path {
  const [key, ...rest] = path;
  if (key === undefined) return ["config"];
  return key === "config" ? path : ["config", `${settingsNamespace}:${key}`, ...rest];
}

function configOf(root: unknown): Readonly<Record<string, unknown>> {
  const config = isRecord(root) ? root["config"] : undefined;
  return isRecord(config) ? config : {};
}

/** Our keys without their namespace. */
function ownKeys(config: StackConfiguration): Record<string, unknown> {
  const prefix = `${settingsNamespace}:`;
  return Object.fromEntries(
    Object.entries(config)
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, value]) => [key.slice(prefix.length), value]),
  );
}

/** Pulumi hands objects over as JSON. What the file has as a text stays one. */
function decoded(running: Record<string, unknown>, written: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(running).map(([key, value]) => {
      if (typeof value !== "string" || typeof written[key] === "string") return [key, value];
      try {
        const parsed = JSON.parse(value) as unknown;
        return [key, key === "sites" || typeof written[key] === typeof parsed ? parsed : value];
      } catch {
        return [key, value];
      }
    }),
  );
}

/** Pulumi writes every single value as a text, so `pulumi config set fabric-topologies:adopt true` leaves "true". */
function withBooleans(values: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => {
      const isText = value === "true" || value === "false";
      return [key, isText && booleanKeys.has(key) ? value === "true" : value];
    }),
  );
}

const booleanKeys: ReadonlySet<string> = new Set(
  keysOf(settingsSchema).filter((key) =>
    settingsSchema.safeParse({ [key]: true }).error?.issues.every(({ path }) => path[0] !== key),
  ),
);

/** Keys of ours that were written without their namespace, and a `config` that is no mapping. */
function bareKeys(document: SourceDocument | undefined): Finding[] {
  const root = document?.value;
  if (document === undefined) return [];
  const config = isRecord(root) ? root["config"] : undefined;
  if (!isRecord(config)) {
    return [
      {
        document: "settings",
        path: ["config"],
        found: config === undefined || config === null ? "no configuration" : "a config that is no mapping",
        allowed: `config: with the keys ${listed(fullKeys(), "and")}`,
        fix: `Write \`config:\` and below it, indented, ${settingsNamespace}:network and ${settingsNamespace}:sites.`,
      },
    ];
  }
  return Object.keys(config)
    .filter((key) => !key.includes(":"))
    .map((key) => {
      const known = keysOf(settingsSchema);
      return {
        document: "settings",
        path: ["config", key],
        at: "key",
        found: `the key "${key}" without a namespace`,
        allowed: `${listed(fullKeys(), "and")}, and keys of other namespaces`,
        fix: `Write ${settingsNamespace}:${nearest(key, known) ?? key}.`,
      };
    });
}

function secretValues(given: Readonly<Record<string, unknown>>): Finding[] {
  return Object.entries(given).flatMap(([key, value]) =>
    isRecord(value) && Object.keys(value).length === 1 && "secure" in value
      ? [
          {
            document: "settings",
            path: [key],
            found: "an encrypted value",
            allowed: "a plain value: nothing in the settings is a secret, and checks must read it without Pulumi",
            fix: `Set it again with pulumi config set ${settingsNamespace}:${key}, without --secret.`,
          },
        ]
      : [],
  );
}

function fullKeys(): string[] {
  return keysOf(settingsSchema).map((key) => `${settingsNamespace}:${key}`);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
