import type { z } from "zod";
import { runChecks, type CheckFinding } from "./checks/check";
import { draftOf } from "./draft";
import { schemaFindings } from "./issues";
import type { DocumentKind, Finding } from "./problem";
import type { SourceDocument } from "./source/document";

/** What came of one document: its checked value, or everything that is wrong with it; the value also while only checks complain. */
export interface Reading<T> {
  /** Present where the document follows its schema, whatever the checks say. */
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
  checks: readonly ((value: T) => CheckFinding[])[],
): Reading<T> {
  const parsed = schema.safeParse(source.value);
  if (parsed.success) {
    const value = complete(parsed.data);
    return { value, findings: runChecks(checks, value, { damaged: [], original: (path) => path }, []) };
  }
  const findings = schemaFindings(schema, parsed.error.issues, source, kind);
  const draft = draftOf(schema, source.value);
  return { findings: draft === undefined ? findings : runChecks(checks, complete(draft.value), draft, findings) };
}
