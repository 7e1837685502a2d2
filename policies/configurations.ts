import { parse } from "yaml";
import { fields, textsOf, type Fields } from "./manifest";
import type { Manifest } from "./rule";

/** A configuration file of Fabric's in a ConfigMap. */
export interface ConfigurationFile {
  readonly name: string;
  readonly content: Fields;
}

const known = new WeakMap<Manifest, readonly ConfigurationFile[]>();

/** The YAML files of a ConfigMap, parsed once however many rules ask. */
export function configurationsOf(one: Manifest): readonly ConfigurationFile[] {
  const files = known.get(one) ?? read(one);
  known.set(one, files);
  return files;
}

function read(one: Manifest): readonly ConfigurationFile[] {
  return Object.entries(textsOf(one["data"])).flatMap(([name, text]) =>
    /\.ya?ml$/.test(name) ? [{ name, content: parsed(text) }] : [],
  );
}

function parsed(text: string): Fields {
  try {
    return fields(parse(text));
  } catch {
    // What is no YAML is no configuration of Fabric's either.
    return {};
  }
}
