/** Long enough to recognise what one wrote, short enough for a line. */
const mostShown = 60;

/** The beginning of a long text, on one line. */
export function shorten(text: string): string {
  const line = text.replace(/[\s\u0000-\u001f\u007f]+/g, " ");
  return line.length <= mostShown ? line : `${line.slice(0, mostShown)}…`;
}

/** A value as a person would name it: texts in quotes, everything else by its kind. */
export function describeValue(value: unknown, written: string | undefined): string {
  if (value === undefined || value === null) return "nothing";
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (typeof value === "string") return value === "" ? "an empty text" : `"${shorten(value)}"`;
  if (typeof value === "number") return `the number ${shorten(written ?? String(value))}`;
  if (typeof value === "boolean") return written ?? String(value);
  if (typeof value === "object") return Object.keys(value).length === 0 ? "an empty mapping" : "a mapping";
  return `a ${typeof value}`;
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(items: readonly string[], last: "and" | "or"): string {
  if (items.length < 2) return items.join("");
  return `${items.slice(0, -1).join(", ")} ${last} ${items.at(-1) ?? ""}`;
}

/** `1 peer`, `2 peers`. */
export function counted(count: number, noun: string): string {
  return `${count} ${count === 1 ? noun : `${noun}s`}`;
}
