import type { z } from "zod";
import { runChecks, type Checks } from "./checks/check";
import { draftOf } from "./draft";
import { schemaFindings } from "./issues";
import type { DocumentKind, Finding, Path } from "./problem";
import type { SourceDocument } from "./source/document";

/** What came of one document. */
export interface Reading<T> {
  /** Present where the document follows its schema and its parts fit together, so that sums over it mean something. */
  readonly value?: T;
  readonly findings: readonly Finding[];
}

/**
 * Holds a document against its schema and its checks, all of them: checks run on what can be understood even where
 * something cannot.
 */
export function readAgainst<S extends z.ZodObject, T>(
  source: SourceDocument,
  kind: DocumentKind,
  schema: S,
  complete: (parsed: z.output<S>) => T,
  checks: Checks<T>,
): Reading<T> {
  const parsed = schema.safeParse(source.value);
  if (parsed.success) {
    const value = complete(parsed.data);
    const whole = { damaged: [], original: (path: Path) => path };
    const shape = runChecks(checks.shape, value, whole, []);
    const findings = runChecks(checks.detail, value, whole, shape);
    return shape.length === 0 ? { value, findings } : { findings };
  }
  const findings = schemaFindings(schema, parsed.error.issues, source, kind);
  const draft = draftOf(schema, source.value);
  if (draft === undefined) return { findings };
  return { findings: runChecks([...checks.shape, ...checks.detail], complete(draft.value), draft, findings) };
}
