/** A step into a document: a key of a mapping, or an index of a list. */
export type Path = readonly (string | number)[];

/** Which of the two documents people write for us; or what they wrote for others: a Kubernetes manifest, a resource file of DRBD. */
export type DocumentKind = "network" | "settings" | "manifest" | "replication";

/**
 * One thing that is wrong, before anyone looked up where it stands in a file.
 * Pure checks give findings; {@link Problem} is a finding with its place.
 */
export interface Finding {
  readonly document: DocumentKind;
  /** Where in the document, from its root. */
  readonly path: Path;
  /** What stands there, in words a person recognises ("peer0 twice", "3 consenters in zone-a"). */
  readonly found: string;
  /** What may stand there, with the arithmetic where there is any. */
  readonly allowed: string;
  /** What to do about it: one imperative sentence. */
  readonly fix: string;
  /** Set where the key itself is wrong, not what stands behind it. */
  readonly at?: "key";
}

/**
 * A finding with the file, the line and the column (both counted from 1) where it stands. Line 0 is for values that
 * stand in no file, such as those of `pulumi up --config`; `file` then says where they came from.
 */
export interface Problem extends Finding {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** `organisations[0].peers[1].name`, the way people say where something is. */
export function formatPath(path: Path): string {
  return path.reduce<string>(
    (text, step) => (typeof step === "number" ? `${text}[${step}]` : text === "" ? step : `${text}.${step}`),
    "",
  );
}

/** Every problem as text for a terminal: two lines each, in the order of the files' lines. */
export function formatProblems(problems: readonly Problem[]): string {
  return [...problems]
    .sort((a, b) => a.file.localeCompare(b.file) || a.line - b.line || a.column - b.column)
    .map((p) => {
      const where = formatPath(p.path);
      const place = p.line === 0 ? p.file : `${p.file}:${p.line}:${p.column}`;
      return `${place}  ${where === "" ? "" : `${where}: `}found ${p.found}\n    allowed: ${p.allowed}\n    do: ${p.fix}`;
    })
    .join("\n");
}

/**
 * The input cannot be used. Carries every problem found, never only the first, so that a person mends a file once.
 * Command line, Pulumi program and tests print the same text.
 */
export class InvalidInput extends Error {
  override readonly name = "InvalidInput";

  constructor(readonly problems: readonly Problem[]) {
    super(`${problems.length} ${problems.length === 1 ? "problem" : "problems"}\n${formatProblems(problems)}`);
  }
}
