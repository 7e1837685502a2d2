import { plain, type Palette } from "../explain/table";
import { counted, listed } from "../spec/words";
import { outlineOf, type GroupOutline, type NotableObject, type Outline } from "./outline";
import type { Preview } from "./document";

/** A line with what hangs below it. */
interface Branch {
  readonly line: string;
  readonly below?: readonly Branch[];
}

/** A preview as a tree by site and organisation, for a terminal. */
export function previewText(preview: Preview, palette: Palette = plain): string {
  const outline = outlineOf(preview.graph);
  return [
    palette.strong(`${preview.network}: Fabric ${preview.fabric}, ${preview.topology.title}`),
    `As stack ${preview.graph.stack} of project ${preview.graph.project}: ${summary(preview, outline)}.`,
    "",
    ...[
      ...siteBranches(preview, outline, palette),
      ...otherBranches(outline),
      ...channelBranches(preview, palette),
    ].flatMap(({ line, below = [] }) => [line, ...drawn(below), ""]),
    retainedNote(outline),
  ].join("\n");
}

/** The whole in one line. */
export function summary({ sites, channels }: Preview, outline: Outline): string {
  const objects = outline.sites.reduce((sum, site) => sum + site.objects, 0);
  const others = outline.others.reduce((sum, [, count]) => sum + count, 0);
  return listed(
    [
      `${counted(objects, "Kubernetes object")} on ${counted(sites.length, "site")}`,
      ...(others === 0 ? [] : [counted(others, "other resource")]),
      counted(channels.length, "channel"),
    ],
    "and",
  );
}

/** What a destroy would leave. */
export function retainedNote({ retained }: Outline): string {
  return `${counted(retained, "object")} would stay when the stack is destroyed: volume claims and namespaces.`;
}

/** A group's name with its size. */
export function groupTitle({ organisation, namespaces }: GroupOutline): string {
  if (organisation === undefined) return "shared by the site";
  return namespaces.length === 0 ? organisation : `${organisation}, in ${listed(namespaces, "and")}`;
}

/** Kinds with their counts, without those that are told one by one. */
export function countedKinds({ kinds, notable }: GroupOutline): string {
  return kinds
    .map(([kind, count]) => [kind, count - notable.filter((one) => one.kind === kind).length] as const)
    .filter(([, count]) => count > 0)
    .map(([kind, count]) => `${count} ${kind}`)
    .join(", ");
}

function siteBranches({ sites }: Preview, outline: Outline, palette: Palette): Branch[] {
  return outline.sites.map(({ site, objects, groups }) => {
    const zones = sites.find(({ name }) => name === site)?.zones ?? [];
    const names = zones.map(({ name, witness }) => (witness ? `${name} (witness)` : name));
    return {
      line: `${palette.strong(`site ${site}`)}: ${counted(objects, "object")} in ${listed(names, "and")}`,
      below: groups.map((group) => ({
        line: `${palette.strong(groupTitle(group))}: ${counted(group.objects, "object")}`,
        below: [...group.notable.map(notableBranch(palette)), ...rest(group, palette)],
      })),
    };
  });
}

const notableBranch =
  (palette: Palette) =>
  ({ kind, name, says }: NotableObject): Branch => ({ line: `${palette.faint(kind)} ${name}: ${says}` });

function rest(group: GroupOutline, palette: Palette): Branch[] {
  const kinds = countedKinds(group);
  return kinds === "" ? [] : [{ line: palette.faint(kinds) }];
}

function otherBranches({ others }: Outline): Branch[] {
  if (others.length === 0) return [];
  return [{ line: "outside of the sites", below: others.map(([type, count]) => ({ line: `${count} ${type}` })) }];
}

function channelBranches({ channels }: Preview, palette: Palette): Branch[] {
  return channels.map(({ name, members, chaincodes }) => ({
    line: `${palette.strong(`channel ${name}`)} of ${listed(members, "and")}`,
    below:
      chaincodes.length === 0
        ? [{ line: palette.faint("no chaincode") }]
        : chaincodes.map((one) => ({
            line: `${palette.faint("chaincode")} ${one.name} ${one.version}, sequence ${one.sequence}`,
          })),
  }));
}

/** Branches with the lines that join them. */
function drawn(branches: readonly Branch[], indent = ""): string[] {
  return branches.flatMap(({ line, below = [] }, index) => {
    const last = index === branches.length - 1;
    return [`${indent}${last ? "└─ " : "├─ "}${line}`, ...drawn(below, `${indent}${last ? "   " : "│  "}`)];
  });
}
