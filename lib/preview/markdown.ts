import { markdownTable } from "../explain/markdown";
import { listed } from "../spec/words";
import { outlineOf, type GroupOutline } from "./outline";
import type { Preview } from "./document";
import { countedKinds, groupTitle, retainedNote, summary } from "./text";

/** A preview as Markdown, for a pull request: a table for each site, what is told one by one folded away below it. */
export function previewMarkdown(preview: Preview): string {
  const outline = outlineOf(preview.graph);
  return [
    `## Preview of ${preview.network}`,
    "",
    `Fabric ${preview.fabric}, ${preview.topology.title}. As stack \`${preview.graph.stack}\`: ${summary(preview, outline)}.`,
    ...outline.sites.flatMap(({ site, groups }) => [
      "",
      `### Site ${site}`,
      "",
      markdownTable(
        ["", "Objects", "Runs", "Volume claims"],
        groups.map((group) => [
          group.organisation ?? "shared by the site",
          String(group.objects),
          workloads(group),
          String(countOf(group, "PersistentVolumeClaim")),
        ]),
      ),
      ...groups.flatMap(details),
    ]),
    ...(outline.others.length === 0
      ? []
      : ["", "### Outside of the sites", "", markdownTable(["Type", "Count"], outline.others.map(cells))]),
    ...(preview.channels.length === 0
      ? []
      : [
          "",
          "### Channels",
          "",
          markdownTable(
            ["Channel", "Members", "Chaincodes"],
            preview.channels.map(({ name, members, chaincodes }) => [
              name,
              listed(members, "and"),
              chaincodes.map((one) => `${one.name} ${one.version} (sequence ${one.sequence})`).join(", ") || "none",
            ]),
          ),
        ]),
    "",
    retainedNote(outline),
  ].join("\n");
}

const cells = ([name, count]: readonly [string, number]): string[] => [`\`${name}\``, String(count)];

function countOf({ kinds }: GroupOutline, kind: string): number {
  return kinds.find(([name]) => name === kind)?.[1] ?? 0;
}

function workloads(group: GroupOutline): string {
  return ["StatefulSet", "Deployment", "Job"]
    .map((kind) => [countOf(group, kind), kind] as const)
    .filter(([count]) => count > 0)
    .map(([count, kind]) => `${count} ${kind}`)
    .join(", ");
}

function details(group: GroupOutline): string[] {
  return [
    "",
    `<details><summary>${groupTitle(group)}</summary>`,
    "",
    ...group.notable.map(({ kind, name, says }) => `- ${kind} \`${name}\`: ${says}`),
    `- ${countedKinds(group)}`,
    "",
    "</details>",
  ];
}
