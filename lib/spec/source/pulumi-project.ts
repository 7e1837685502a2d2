import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { parse } from "yaml";

/** A Pulumi project, as Pulumi itself would find it. */
export interface PulumiProject {
  /** Where its Pulumi.yaml lies. */
  readonly folder: string;
  /** Its Pulumi.yaml. */
  readonly file: string;
  /** A part of every URN, and of the annotation by which objects name their stack. */
  readonly name: string;
  /** What it says for all of its stacks, by full key; what a stack says itself wins. */
  readonly config: Readonly<Record<string, unknown>>;
}

/**
 * The project of a stack's settings: the nearest Pulumi.yaml, in their folder or above. One that cannot be read, or has no
 * name, is none; Pulumi says so itself.
 */
export function pulumiProject(settingsFile: string): PulumiProject | undefined {
  for (let folder = dirname(resolve(settingsFile)); ; folder = dirname(folder)) {
    const file = ["Pulumi.yaml", "Pulumi.yml"].map((name) => join(folder, name)).find((path) => existsSync(path));
    if (file !== undefined) return projectIn(folder, file);
    if (folder === dirname(folder)) return undefined;
  }
}

function projectIn(folder: string, file: string): PulumiProject | undefined {
  const document = parsed(file);
  const name = isRecord(document) ? document["name"] : undefined;
  if (!isRecord(document) || typeof name !== "string") return undefined;
  const written = isRecord(document["config"]) ? Object.entries(document["config"]) : [];
  const config = written.flatMap(([key, entry]) => {
    const value = valueOf(entry);
    return value === undefined ? [] : [[key.includes(":") ? key : `${name}:${key}`, value]];
  });
  return { folder, file, name, config: Object.fromEntries(config) as Record<string, unknown> };
}

/** An entry is a value, or says it as `value` or, of the project's own keys, as `default`, beside its type. */
function valueOf(entry: unknown): unknown {
  return isRecord(entry) ? (entry["value"] ?? entry["default"]) : entry;
}

function parsed(file: string): unknown {
  try {
    return parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
