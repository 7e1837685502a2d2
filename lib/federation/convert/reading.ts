import { z } from "zod";
import { schemaFindings } from "../../spec/issues";
import type { Path } from "../../spec/problem";
import { text } from "../../spec/scalars";
import { problemsIn, type SourceDocument } from "../../spec/source/document";
import { isMapping, present, type Manifest } from "./manifest";
import type { Notebook } from "./notebook";

const texts = z.record(z.string(), z.string("a text"));

const objectSchema = z.looseObject({
  apiVersion: text("a group and version, such as types.kubefed.io/v1beta1"),
  kind: text("a kind, such as FederatedDeployment"),
  metadata: z.looseObject({
    name: text("a name"),
    namespace: z.string("a namespace").optional(),
    labels: texts.optional(),
    annotations: texts.optional(),
  }),
});

/** The objects of documents, those inside Lists one by one. */
export function manifestsIn(documents: readonly SourceDocument[], notebook: Notebook): Manifest[] {
  return documents.flatMap((document) => items(document)).flatMap((part) => checked(part, notebook));
}

/** `kind: List`, or a list of one kind as `kubectl get -o yaml` may print it. */
function items(document: SourceDocument): SourceDocument[] {
  const { value } = document;
  if (!isMapping(value) || typeof value["kind"] !== "string" || !value["kind"].endsWith("List")) return [document];
  const inner = value["items"];
  return Array.isArray(inner) ? inner.map((_, index) => partOf(document, ["items", index])) : [document];
}

function checked(part: SourceDocument, notebook: Notebook): Manifest[] {
  const parsed = objectSchema.safeParse(withoutNulls(part.value));
  if (parsed.success) return [{ ...part, value: parsed.data, ...placing(part) }];
  notebook.refuseAll(problemsIn(part, schemaFindings(objectSchema, parsed.error.issues, part, "manifest")));
  return [];
}

/** A null of metadata means nothing to an API server. */
function withoutNulls(value: unknown): unknown {
  if (!isMapping(value) || !isMapping(value["metadata"])) return value;
  return { ...value, metadata: Object.fromEntries(present(value["metadata"])) };
}

/** A part of a document as a document. */
function partOf(document: SourceDocument, at: Path): SourceDocument {
  const value = at.reduce<unknown>((whole, step) => (whole as Record<string | number, unknown>)[step], document.value);
  return {
    file: document.file,
    value,
    written: (path) => document.written([...at, ...path]),
    place: (path, part) => document.place([...at, ...path], part),
  };
}

const placing = (part: SourceDocument): Pick<SourceDocument, "written" | "place"> => ({
  written: (path) => part.written(path),
  place: (path, which) => part.place(path, which),
});
