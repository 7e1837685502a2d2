/**
 * Markup in which every value is escaped unless it is markup itself: nobody has to remember to. Knows neither Node nor the
 * browser, since both write the report with it.
 */
export class Html {
  constructor(readonly text: string) {}
}

/** What may stand in markup: nothing is shown of undefined and false. */
export type Content = Html | string | number | undefined | false | readonly Content[];

/** Markup as a template: html`<p>${anything}</p>`. Attributes must stand in quotes. */
export function html(parts: TemplateStringsArray, ...values: readonly Content[]): Html {
  return new Html(parts.map((part, index) => part + (index < values.length ? written(values[index]) : "")).join(""));
}

function written(content: Content): string {
  if (content instanceof Html) return content.text;
  if (content === undefined || content === false) return "";
  if (typeof content === "string") return escaped(content);
  if (typeof content === "number") return String(content);
  return content.map(written).join("");
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => entities[letter] ?? letter);
}

/** What leads to a resource in the report: the anchor that the object browser answers to. */
export function anchorOf(urn: string): string {
  return `#${encodeURIComponent(urn)}`;
}
