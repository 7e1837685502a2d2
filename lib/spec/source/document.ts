import type { Finding, Path, Problem } from "../problem";

/** A place in a file: line and column counted from 1. Line 0: in no file. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** One document that people wrote, as a plain value that still knows where each part of it stands. */
export interface SourceDocument {
  /** The file as people named it, for messages. */
  readonly file: string;
  /** The value, not yet checked. */
  readonly value: unknown;
  /** What stands there letter by letter, if it is a scalar and the document has letters. */
  written(path: Path): string | undefined;
  /**
   * Where something stands. For a part that is missing: the nearest thing around it that exists. A block mapping or list
   * stands where its key does.
   */
  place(path: Path, part: "key" | "value"): Place & { readonly file?: string };
}

/** A document, as far as it could be read, and what is wrong with its letters. */
export interface ReadDocument {
  /** Absent where nothing sensible can be said about the content. */
  readonly document?: SourceDocument;
  readonly problems: readonly Problem[];
}

/** Looks up where findings stand. Two findings that say the same at the same place (an alias used twice) become one. */
export function problemsIn(document: SourceDocument, findings: readonly Finding[]): Problem[] {
  const seen = new Set<string>();
  return findings.flatMap((finding) => {
    const place = document.place(finding.path, finding.at ?? "value");
    const problem = { ...finding, file: place.file ?? document.file, line: place.line, column: place.column };
    const same = JSON.stringify([problem.line, problem.column, problem.found, problem.allowed]);
    if (seen.has(same)) return [];
    seen.add(same);
    return [problem];
  });
}
