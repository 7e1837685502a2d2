import { stringify } from "yaml";
import type { FabricVersion } from "./version";

/** A value that Fabric's YAML files can hold. Durations and sizes are texts, as Fabric's documentation writes them. */
export type ConfigurationValue = string | number | boolean | readonly ConfigurationValue[] | Configuration;

/** A section of core.yaml or orderer.yaml, its keys in the order in which they are written. */
export interface Configuration {
  readonly [key: string]: ConfigurationValue;
}

/**
 * The text of core.yaml or orderer.yaml: the same for the same object, byte for byte, on every machine.
 *
 * Fabric 2.5 reads YAML 1.1, where an MSP id such as `NO` or `12e3` would be a boolean or a number, so texts are quoted
 * by the rules of 1.1.
 */
export function renderConfiguration(name: string, version: FabricVersion, configuration: Configuration): string {
  const body = stringify(configuration, { version: "1.1", lineWidth: 0, aliasDuplicateObjects: false });
  return `# ${name} for Fabric ${version.text}. Generated: change the network file instead.\n${body}`;
}
