import { once } from "node:events";
import picocolors from "picocolors";
import type { Palette } from "../lib/explain/table";

type Stream = Pick<NodeJS.WriteStream, "isTTY">;

/** Colours where somebody looks, none in a file or a pipe, and none where NO_COLOR says so (https://no-color.org). */
export function colours(stream: Partial<Stream>): ReturnType<typeof picocolors.createColors> {
  return picocolors.createColors(stream.isTTY === true && !process.env["NO_COLOR"] && process.env["TERM"] !== "dumb");
}

/** The same by what they mean, for texts that are also written without a terminal. */
export function palette(stream: Partial<Stream>): Palette {
  const { green, red, bold, dim } = colours(stream);
  return { good: green, bad: red, strong: bold, faint: dim };
}

/** One line of text to standard output. */
export function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** A text in pieces, however long, and a line's end, as fast as they are taken off; no more where the reader goes. */
export async function sayPieces(pieces: Iterable<string>): Promise<void> {
  try {
    let text = "";
    for (const piece of pieces) {
      text += piece;
      if (text.length < pieceLength) continue;
      if (!process.stdout.write(text)) await once(process.stdout, "drain");
      text = "";
    }
    say(text);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EPIPE")) throw error;
  }
}

/** Characters that are worth a call of the system. */
const pieceLength = 2 ** 16;
