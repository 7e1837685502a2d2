import { markdownTable } from "../../explain/markdown";
import { keyOf } from "./comparison";
import type { Diff, FieldChange, ResourceChange, Statement } from "./document";
import { actionWords, byTopic, diffSummary, notesOf } from "./text";

/** The longest comment that GitHub takes has 65,536 characters; what is above that is not shown, and said so. */
const mostCharacters = 60_000;

/** A diff as Markdown, for a pull request: what it means, and below it every object, folded away. */
export function diffMarkdown(diff: Diff): string {
  const { from, to, cells, cost, changes, verdict } = diff;
  const head = [
    `## ${escaped(to.network)}: ${escaped(from.label)} → ${escaped(to.label)}`,
    "",
    `${verdict === "care" ? "⚠️ " : ""}${diffSummary(diff)}`,
    ...notesOf(diff).flatMap((note) => ["", `_${escaped(note)}_`]),
  ];
  const meaning = byTopic(diff).flatMap(([title, statements]) =>
    title === "Cost" ? [] : ["", `### ${title}`, "", ...statements.flatMap(statementLines)],
  );
  const tables = [
    ...(cells.length === 0
      ? []
      : [
          "",
          "### Failure matrix",
          "",
          markdownTable(
            ["Lost", "Service", "Before", "After", "Because"],
            cells.map(({ failure, service, before, after, because }) =>
              [failure, service, before, after, because ?? ""].map(escaped),
            ),
          ),
        ]),
    ...(cost.length === 0
      ? []
      : [
          "",
          "### Cost",
          "",
          markdownTable(
            ["", "Before", "After", "Unit"],
            cost.map(({ what, before, after, unit }) => [what, String(before), String(after), unit ?? ""]),
          ),
        ]),
  ];
  return cut([...head, ...meaning, ...tables], objects(changes));
}

function statementLines({ care, says, details }: Statement): string[] {
  return [
    `- ${care ? "**" : ""}${escaped(says)}${care ? "**" : ""}`,
    ...details.map((detail) => `  - ${escaped(detail)}`),
  ];
}

function objects(changes: readonly ResourceChange[]): string[] {
  return changes.map((change) => {
    const { word } = actionWords[change.action];
    const head = `\`${keyOf(change)}\` ${word}`;
    if (change.fields.length === 0) return `- ${head}`;
    return [`- ${head}`, ...change.fields.map((field) => `  - ${fieldLine(field)}`)].join("\n");
  });
}

function fieldLine({ path, before, after, replaces }: FieldChange): string {
  return `\`${path}\`: ${value(before)} → ${value(after)}${replaces ? " (made anew)" : ""}`;
}

function value(of: unknown): string {
  if (of === undefined) return "nothing";
  const text = (typeof of === "string" ? of : JSON.stringify(of)).replaceAll("`", "'").replaceAll("\n", "⏎");
  return `\`${text.length > 80 ? `${text.slice(0, 77)}...` : text}\``;
}

/** Nothing that somebody wrote into a network file may become markup, or call for somebody's attention. */
function escaped(text: string): string {
  return text.replace(/[\\`*_<>[\]|]/g, "\\$&").replaceAll("@", "@\u200b");
}

/** As many objects as there is room for, and how many there are more. */
function cut(lines: readonly string[], items: readonly string[]): string {
  const text = lines.join("\n");
  if (items.length === 0) return text;
  let room = mostCharacters - text.length;
  const shown = items.filter((item) => (room -= item.length + 1) > 0);
  const more = items.length - shown.length;
  return [
    text,
    "",
    `<details><summary>Every object (${items.length})</summary>`,
    "",
    ...shown,
    ...(more === 0
      ? []
      : ["", `And ${more} more, for which there is no room here: \`fabric-topologies diff --json\` tells all.`]),
    "",
    "</details>",
  ].join("\n");
}
