import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { parseDocument } from "yaml";
import { settingsNamespace } from "../lib/spec/source/stack-document";

/** A Pulumi project, as Pulumi itself would find it. */
export interface PulumiProject {
  /** Where its Pulumi.yaml lies. */
  readonly folder: string;
  /** A part of every URN, and of the annotation by which objects name their stack. */
  readonly name: string;
}

/** The project of a settings file: the nearest Pulumi.yaml, in its folder or above. */
export function pulumiProject(settingsFile: string): PulumiProject | undefined {
  for (let folder = dirname(resolve(settingsFile)); ; folder = dirname(folder)) {
    const file = ["Pulumi.yaml", "Pulumi.yml"].map((name) => join(folder, name)).find((path) => existsSync(path));
    if (file !== undefined) {
      const name = parseDocument(readFileSync(file, "utf8")).get("name");
      return { folder, name: typeof name === "string" ? name : settingsNamespace };
    }
    if (folder === dirname(folder)) return undefined;
  }
}

/** The name of that project; where there is none, that of this checkout's. */
export function projectNameOf(settingsFile: string): string {
  return pulumiProject(settingsFile)?.name ?? settingsNamespace;
}
