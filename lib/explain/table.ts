import Table from "cli-table3";

/** Colours as functions, so that texts are the same with and without a terminal. */
export interface Palette {
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly strong: (text: string) => string;
  readonly faint: (text: string) => string;
}

/** No colours: for files, pipes and tests. */
export const plain: Palette = { good: String, bad: String, strong: String, faint: String };

/** Rows under a head, framed, one line each. */
export function table(head: readonly string[], rows: readonly (readonly string[])[], palette: Palette = plain): string {
  const made = new Table({
    head: head.map(palette.strong),
    style: { head: [], border: [], compact: true },
    chars: { mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" },
  });
  made.push(...rows.map((row) => [...row]));
  return made.toString();
}
