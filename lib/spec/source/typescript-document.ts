import { resolve } from "node:path";
import { isNativeError } from "node:util/types";
import { require as requireTypeScript } from "tsx/cjs/api";
import type { DocumentKind, Problem } from "../problem";
import { shorten } from "../words";
import type { Place, ReadDocument, SourceDocument } from "./document";
import { statFault } from "./file-text";

/** Whether a network file is a program rather than a document. */
export function isProgram(file: string): boolean {
  return /\.[cm]?[jt]s$/.test(file);
}

/**
 * Runs a TypeScript (or JavaScript) file and takes its default export. What the program throws is a problem of the file;
 * it stands where the program threw it. Problems of the value itself stand in line 1 and name their path: a value does
 * not know where in a program it was made.
 */
export function readProgram(file: string, kind: DocumentKind): ReadDocument {
  const at = (place: Place, words: Pick<Problem, "found" | "allowed" | "fix">): ReadDocument => ({
    problems: [{ document: kind, path: [], ...words, file, ...place }],
  });
  const unusable = statFault(file);
  if (unusable !== undefined) return at(firstLine, unusable);
  let exported: unknown;
  try {
    exported = requireTypeScript(resolve(file), __filename) as unknown;
  } catch (error) {
    return at(placeOf(error, resolve(file)), {
      found: `a program that fails: ${shorten(messageOf(error))}`,
      allowed: `a program whose default export is a ${kind}`,
      fix: "Mend the program; `npx tsx <file>` shows its whole error.",
    });
  }
  const value = defaultExport(exported);
  if (value === undefined) {
    return at(firstLine, {
      found: "no default export",
      allowed: `a program whose default export is a ${kind}`,
      fix: "Write `export default network;`.",
    });
  }
  return { document: new ProgramDocument(file, value), problems: [] };
}

const firstLine: Place = { line: 1, column: 1 };

class ProgramDocument implements SourceDocument {
  constructor(
    readonly file: string,
    readonly value: unknown,
  ) {}

  written(): undefined {
    return undefined;
  }

  place(): Place {
    return firstLine;
  }
}

/** The default export, however many times module systems have wrapped it. */
function defaultExport(exported: unknown): unknown {
  let value = exported;
  for (let wraps = 0; wraps < 3; wraps += 1) {
    if (typeof value !== "object" || value === null || !("default" in value)) break;
    value = value.default;
  }
  return value === exported ? undefined : value;
}

function messageOf(error: unknown): string {
  const text = isNativeError(error) ? error.message : String(error);
  // The compiler puts a heading before what is wrong.
  return /ERROR: (.*)/.exec(text)?.[1] ?? text;
}

/** The line in the file: of the compiler's message, or the innermost of the stack that lies in this file. */
function placeOf(error: unknown, file: string): Place {
  const text = isNativeError(error) ? `${error.message}\n${error.stack ?? ""}` : "";
  const after = text.split(`${file}:`)[1] ?? "";
  const [, line, column] = /^(\d+):(\d+)/.exec(after) ?? [];
  return line === undefined ? firstLine : { line: Number(line), column: Math.max(1, Number(column)) };
}
