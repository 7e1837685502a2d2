import type { Readable } from "node:stream";

/** What a call is given, where a command line is no place for it: others may see that, and logs keep it. */
export interface CallInput {
  readonly arguments: readonly string[];
  readonly transient?: Readonly<Record<string, string>>;
}

/**
 * Reads one line of JSON and no further, so that whoever writes may leave the stream open.
 * @throws Error where it is no {@link CallInput}
 */
export async function readCallInput(stream: Readable): Promise<CallInput> {
  const input = parsed(await firstLine(stream));
  if (!isCallInput(input)) {
    throw new Error('the input is one line of JSON such as {"arguments": ["a"], "transient": {"key": "value"}}');
  }
  return input;
}

async function firstLine(stream: Readable): Promise<string> {
  let text = "";
  for await (const chunk of stream.setEncoding("utf8")) {
    text += String(chunk);
    const end = text.indexOf("\n");
    if (end >= 0) return text.slice(0, end);
  }
  return text;
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function isCallInput(input: unknown): input is CallInput {
  if (typeof input !== "object" || input === null || !("arguments" in input)) return false;
  const isText = (value: unknown) => typeof value === "string";
  const { transient = {} } = input as { readonly transient?: unknown };
  return (
    Array.isArray(input.arguments) &&
    input.arguments.every(isText) &&
    typeof transient === "object" &&
    transient !== null &&
    Object.values(transient).every(isText)
  );
}
