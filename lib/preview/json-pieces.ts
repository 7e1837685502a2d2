/**
 * A value as `JSON.stringify(value, undefined, 2)` writes it, piece by piece: a large document as one text would take
 * more memory than all that it was made of.
 *
 * @param levels How many levels are taken apart; what lies deeper comes whole.
 */
export function* jsonPieces(value: unknown, levels = 3, indent = ""): Generator<string, void, undefined> {
  const entries = levels === 0 ? [] : entriesOf(value);
  if (entries.length === 0) {
    // Within texts a line break is written as \n, so that those found here are all between the lines.
    yield (JSON.stringify(value, undefined, 2) ?? "null").replaceAll("\n", `\n${indent}`);
    return;
  }
  const inner = `${indent}  `;
  const [open, close] = Array.isArray(value) ? "[]" : "{}";
  for (const [index, [key, one]] of entries.entries()) {
    yield `${index === 0 ? open : ","}\n${inner}${key}`;
    yield* jsonPieces(one, levels - 1, inner);
  }
  yield `\n${indent}${close}`;
}

/** What a list or a mapping holds, each with what stands before it. */
function entriesOf(value: unknown): (readonly [before: string, value: unknown])[] {
  if (Array.isArray(value)) return value.map((one: unknown) => ["", one]);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, one]: [string, unknown]) =>
    one === undefined ? [] : [[`${JSON.stringify(key)}: `, one]],
  );
}
