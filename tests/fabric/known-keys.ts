import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Configuration, ConfigurationValue } from "../../lib/fabric/configuration-file";
import type { FabricLine } from "../../lib/fabric/version";

/** The dotted keys that a line of Fabric knows, from `keys/`; `[]` stands for the items of a list. */
export function knownKeys(file: "core" | "orderer", line: FabricLine): ReadonlySet<string> {
  const name = `${file}-${line}.json`;
  const keys =
    read.get(name) ?? new Set((JSON.parse(readFileSync(join(folder, name), "utf8")) as { keys: string[] }).keys);
  read.set(name, keys);
  return keys;
}

const folder = join(__dirname, "keys");
/** Property tests ask hundreds of times. */
const read = new Map<string, ReadonlySet<string>>();

/** Every key of a configuration down to its values, dotted in the same way. */
export function dottedKeys(configuration: Configuration): readonly string[] {
  return Object.entries(configuration).flatMap(([key, value]) => below(key, value));
}

function below(path: string, value: ConfigurationValue): readonly string[] {
  if (isList(value)) {
    const sections = value.filter(isSection);
    return sections.length === 0 ? [path] : sections.flatMap((item) => below(`${path}[]`, item));
  }
  if (!isSection(value)) return [path];
  return Object.entries(value).flatMap(([key, inner]) => below(`${path}.${key}`, inner));
}

const isList = (value: ConfigurationValue): value is readonly ConfigurationValue[] => Array.isArray(value);
const isSection = (value: ConfigurationValue): value is Configuration => typeof value === "object" && !isList(value);
