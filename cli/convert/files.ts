import { stringify } from "yaml";
import type { ManifestFile } from "../../lib/constructs/yaml";
import type { Conversion } from "../../lib/federation/convert/convert";
import type { ManifestObject } from "../../lib/federation/convert/manifest";
import { reportMarkdown } from "./report-markdown";

/** First line of everything that a conversion writes: by it a later one knows what it may replace. */
export const convertedLine = "Converted from KubeFed by fabric-topologies.";

/** What a conversion writes, by path in the folder that people chose. `kubectl apply -f` takes the files in their order. */
export function filesOf(conversion: Conversion): ManifestFile[] {
  const { karmada, host } = conversion;
  const spaces = [...karmada.namespaced].map(([namespace, objects]) => file(`karmada/2-${namespace}.yaml`, objects));
  return [
    file("karmada/0-members.yaml", karmada.members),
    file("karmada/1-cluster.yaml", karmada.cluster),
    ...spaces,
    file("host/host.yaml", host),
    { path: "report.md", text: `<!-- ${convertedLine} -->\n\n${reportMarkdown(conversion)}` },
  ].filter(({ text }) => text !== "");
}

function file(path: string, objects: readonly ManifestObject[]): ManifestFile {
  return { path, text: objects.length === 0 ? "" : `# ${convertedLine}\n${yaml(objects)}` };
}

/** kubectl reads YAML 1.1, where `on` is a boolean: texts are quoted by its rules. */
const yaml = (objects: readonly ManifestObject[]): string =>
  objects
    .map((object) => stringify(object, { version: "1.1", lineWidth: 0, aliasDuplicateObjects: false }))
    .join("---\n");
