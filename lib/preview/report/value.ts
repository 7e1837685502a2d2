import { html, type Content, type Html } from "./html";

/** A change of one field, as a diff tells it. */
export interface ChangedField {
  readonly path: string;
  readonly before?: unknown;
  readonly after?: unknown;
  readonly replaces: boolean;
}

/** How many lines around a difference are shown with it. */
const around = 2;

/** Fields that are different, before beside after; a long text only where it is different. */
export function fieldTable(caption: string, fields: readonly ChangedField[]): Html {
  return html`<div class="scroll" role="region" aria-label="${caption}" tabindex="0">
    <table class="fields">
      <caption class="unseen">
        ${caption}
      </caption>
      <thead>
        <tr>
          <th scope="col">Field</th>
          <th scope="col">Before</th>
          <th scope="col">After</th>
        </tr>
      </thead>
      <tbody>
        ${fields.map(fieldRow)}
      </tbody>
    </table>
  </div>`;
}

function fieldRow({ path, before, after, replaces }: ChangedField): Html {
  const [was, is] = different(valueLines(before), valueLines(after));
  return html`<tr>
    <th scope="row"><code>${path}</code>${replaces && html` <span class="mark replace">replaces</span>`}</th>
    <td>${side(before, was, "del")}</td>
    <td>${side(after, is, "ins")}</td>
  </tr>`;
}

function side(value: unknown, lines: readonly string[], tag: "del" | "ins"): Content {
  if (value === undefined) return html`<span class="faint">nothing</span>`;
  const text = lines.join("\n");
  return tag === "del" ? html`<del><code>${text}</code></del>` : html`<ins><code>${text}</code></ins>`;
}

/** A value as people read it: texts as they are, everything else as JSON. */
function valueLines(value: unknown): string[] {
  if (value === undefined) return [];
  return (typeof value === "string" ? (value === "" ? '""' : value) : JSON.stringify(value, undefined, 2)).split("\n");
}

/** Two texts without the lines that begin and end both alike, but for the nearest. */
export function different(before: readonly string[], after: readonly string[]): [string[], string[]] {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < shorter - start && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  const from = Math.max(0, start - around);
  const cut = Math.max(0, end - around);
  const shown = (lines: readonly string[]) => [
    ...(from > 0 ? [`… ${from} lines alike`] : []),
    ...lines.slice(from, lines.length - cut),
    ...(cut > 0 ? [`… ${cut} lines alike`] : []),
  ];
  return before.length + after.length <= 8 ? [[...before], [...after]] : [shown(before), shown(after)];
}
