import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { toKarmada, type Conversion } from "../../../lib/federation/convert/convert";
import type { ManifestObject } from "../../../lib/federation/convert/manifest";
import { readYamlStream } from "../../../lib/spec/source/yaml-document";

const folder = join(__dirname, "..", "..", "unit", "federation");

/** Names of the files in a folder of examples, each a story of its own. */
export const examplesIn = (name: "corpus" | "refused"): string[] => readdirSync(join(folder, name)).sort();

/** The text of an example. */
export const exampleText = (name: "corpus" | "refused", file: string): string =>
  readFileSync(join(folder, name, file), "utf8");

/** Manifests converted together; a file has the name under which it is given. */
export function converted(files: Readonly<Record<string, string>>): Conversion {
  return toKarmada(
    Object.entries(files).flatMap(([file, text]) =>
      readYamlStream(text, file, "manifest").flatMap(({ document, problems }) => {
        if (document === undefined) throw new Error(JSON.stringify(problems));
        return [document];
      }),
    ),
  );
}

/** Everything that Karmada's API server is given. */
export const hubObjects = ({ karmada }: Conversion): ManifestObject[] => [
  ...karmada.members,
  ...karmada.cluster,
  ...[...karmada.namespaced.values()].flat(),
];

/** Of these, what members are to have, and the policies that say where. */
export const workloadsOf = (conversion: Conversion): ManifestObject[] =>
  hubObjects(conversion).filter((object) => !conversion.karmada.members.includes(object));

/** The objects of an example as somebody wrote them, one by one. */
export function objectsIn(text: string): ManifestObject[] {
  return readYamlStream(text, "example", "manifest").flatMap(({ document }) => {
    const value = document?.value as ManifestObject & { readonly items?: readonly ManifestObject[] };
    return value.kind === "List" ? (value.items ?? []) : [value];
  });
}
