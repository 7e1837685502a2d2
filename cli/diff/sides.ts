import { existsSync, statSync } from "node:fs";
import { isStackFile } from "../../lib/spec/source/stack-document";
import { readYamlFile } from "../../lib/spec/source/yaml-document";
import { isProgram } from "../../lib/spec/source/typescript-document";
import { findTopologies } from "../../topologies/topology";
import { CommandError } from "../errors";
import { planOf, settingsOfTopology, stackFileOf, type InputOptions } from "../input";
import { isRevision } from "./git";
import { checkout, previewBy } from "./own-preview";
import { revisionSide } from "./revision";
import type { Side, SideOptions } from "./side";

/**
 * What a word on the command line means: a file, else a topology, else a stack of this folder, else a git revision.
 * @throws CommandError where it is nothing of these
 */
export function sideOf(word: string, options: SideOptions): Side {
  if (existsSync(word) && statSync(word).isFile()) {
    return isSettings(word) ? planned(word, options.network, { settings: word }) : planned(word, word, options);
  }
  if (findTopologies().has(word)) {
    const network = options.network ?? planOf(undefined, options).networkFile;
    return planned(word, network, { settings: settingsOfTopology(word) });
  }
  if (existsSync(stackFileOf(word))) return planned(word, options.network, { stack: word });
  if (isRevision(word)) return revisionSide(word, options);
  throw new CommandError(
    `${word} is no file, no topology (${[...findTopologies().keys()].join(", ")}), no stack (there is no ${stackFileOf(word)} here) and no git revision`,
    "name a network file, stack settings, a topology, a stack or a revision; `fabric-topologies diff --help` has examples",
  );
}

/** What lies in this folder now. */
export function workingTree(options: SideOptions): Side {
  return planned("working tree", options.network, options);
}

function planned(label: string, network: string | undefined, { settings, stack }: InputOptions): Side {
  const files = {
    ...(network === undefined ? {} : { network }),
    ...(settings === undefined ? {} : { settings }),
    ...(stack === undefined ? {} : { stack }),
  };
  return { label, preview: async () => ({ preview: await previewBy(checkout, files) }) };
}

/** Settings of a stack name a topology; a network file does not. */
function isSettings(file: string): boolean {
  if (isStackFile(file)) return true;
  if (isProgram(file)) return false;
  const root = readYamlFile(file, "settings").document?.value;
  return typeof root === "object" && root !== null && "topology" in root;
}
