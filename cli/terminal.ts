import { createColors } from "picocolors";
import type { Palette } from "../lib/explain/table";

/** Colours where somebody looks, none in a file or a pipe, and none where NO_COLOR says so (https://no-color.org). */
export function palette(stream: NodeJS.WriteStream): Palette {
  const wanted = stream.isTTY === true && !process.env["NO_COLOR"];
  const { green, red, bold, dim } = createColors(wanted);
  return { good: green, bad: red, strong: bold, faint: dim };
}

/** One line of text to standard output. */
export function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
