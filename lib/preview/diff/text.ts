import { plain, type Palette } from "../../explain/table";
import { listed } from "../../spec/words";
import { keyOf } from "./comparison";
import { topics, type Diff, type ResourceChange, type Statement, type Topic } from "./document";

/** What an action is called, and the sign before it in lists. */
export const actionWords = {
  create: { sign: "+", word: "created" },
  update: { sign: "~", word: "changed" },
  replace: { sign: "±", word: "replaced" },
  remove: { sign: "-", word: "removed" },
  release: { sign: "○", word: "left in the cluster" },
} as const satisfies Record<ResourceChange["action"], { readonly sign: string; readonly word: string }>;

/** Statements by topic, in the order in which people need them; topics of which nothing is said are left out. */
export function byTopic({ statements }: Diff): (readonly [title: string, statements: readonly Statement[]])[] {
  return (Object.keys(topics) as Topic[]).flatMap((topic) => {
    const its = statements.filter((one) => one.topic === topic);
    return its.length === 0 ? [] : [[topics[topic], its] as const];
  });
}

/** The whole in one line. */
export function diffSummary({ counts, verdict }: Diff): string {
  if (verdict === "none") return "Nothing would change.";
  const parts = (Object.keys(actionWords) as ResourceChange["action"][])
    .filter((action) => counts[action] > 0)
    .map((action) => `${counts[action]} ${actionWords[action].word}`);
  const objects = parts.length === 0 ? "No resource would change" : `Resources: ${listed(parts, "and")}`;
  return `${objects}, ${counts.same} stay as they are. ${verdict === "care" ? "This change needs care." : "Nothing in it needs care."}`;
}

/** What is to be known of how the sides were previewed. */
export function notesOf({ from, to }: Diff): string[] {
  return [from, to].flatMap(({ label, note }) => (note === undefined ? [] : [`${label}: ${note}`]));
}

/** How many lines of details a terminal gets for a statement; --json has all. */
const mostDetails = 6;

/** A diff for a terminal: what it means first, then every object that is different. */
export function diffText(diff: Diff, palette: Palette = plain): string {
  const { from, to, verdict, changes } = diff;
  const head = [
    palette.strong(`${to.network}: ${from.label} → ${to.label}`),
    ...notesOf(diff).map(palette.faint),
    diffSummary(diff),
  ];
  if (verdict === "none") return head.join("\n");
  return [
    ...head,
    ...byTopic(diff).flatMap(([title, statements]) => [
      "",
      palette.strong(title),
      ...statements.flatMap((one) => statementLines(one, palette)),
    ]),
    ...(changes.length === 0 ? [] : ["", palette.strong("Objects"), ...objectLines(changes, palette)]),
  ].join("\n");
}

function statementLines({ care, says, details }: Statement, palette: Palette): string[] {
  const shown = details.length > mostDetails + 1 ? details.slice(0, mostDetails) : details;
  const more = details.length - shown.length;
  return [
    care ? palette.bad(`! ${says}`) : `  ${says}`,
    ...shown.map((detail) => palette.faint(`      ${detail}`)),
    ...(more > 0 ? [palette.faint(`      and ${more} more (--json tells all)`)] : []),
  ];
}

/** Objects by site and organisation; of an organisation that comes or goes whole only how many. */
function objectLines(changes: readonly ResourceChange[], palette: Palette): string[] {
  const groups = new Map<string, ResourceChange[]>();
  for (const change of changes) {
    const group = [change.site ?? "outside of the sites", change.organisation ?? "shared"].join(", ");
    groups.set(group, [...(groups.get(group) ?? []), change]);
  }
  return [...groups].flatMap(([group, its]) => [
    `  ${group}`,
    ...(isWhole(its) ? wholeLines(its, palette) : its.map((change) => objectLine(change, palette))).map(
      (line) => `    ${line}`,
    ),
  ]);
}

function isWhole(changes: readonly ResourceChange[]): boolean {
  return changes.some(({ kind }) => kind === "Namespace") && changes.every(({ action }) => action !== "update");
}

function wholeLines(changes: readonly ResourceChange[], palette: Palette): string[] {
  return (Object.keys(actionWords) as ResourceChange["action"][]).flatMap((action) => {
    const kinds = new Map<string, number>();
    for (const change of changes) {
      if (change.action === action) kinds.set(change.kind, (kinds.get(change.kind) ?? 0) + 1);
    }
    if (kinds.size === 0) return [];
    const all = [...kinds].map(([kind, count]) => `${count} ${kind}`).join(", ");
    return [colouring(action, palette)(`${actionWords[action].sign} ${all}`)];
  });
}

function objectLine(change: ResourceChange, palette: Palette): string {
  const { sign } = actionWords[change.action];
  const paths = change.fields.map(({ path }) => path);
  const fields =
    paths.length === 0
      ? ""
      : palette.faint(`: ${paths.slice(0, 3).join(", ")}${paths.length > 3 ? ` and ${paths.length - 3} more` : ""}`);
  const line = `${sign} ${keyOf(change)}`;
  return `${colouring(change.action, palette)(line)}${change.was === undefined ? "" : ` (was ${change.was})`}${fields}`;
}

function colouring(action: ResourceChange["action"], { good, bad }: Palette): (text: string) => string {
  if (action === "create") return good;
  return action === "update" ? String : bad;
}
