import type { Finding, Path, Problem } from "../../spec/problem";
import { problemsIn, type SourceDocument } from "../../spec/source/document";

/** Names to texts, as labels and annotations are. */
export type Texts = Readonly<Record<string, string>>;

/** What is known of every object; the rest is whatever somebody wrote. */
export interface ManifestObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string | undefined;
    readonly labels?: Texts | undefined;
    readonly annotations?: Texts | undefined;
    readonly [field: string]: unknown;
  };
  readonly [field: string]: unknown;
}

/** One object of a manifest file, which still knows where each part of it stands. */
export interface Manifest extends SourceDocument {
  readonly value: ManifestObject;
}

/** The entries of a mapping behind which something stands. */
export function present(mapping: Readonly<Record<string, unknown>>): [string, unknown][] {
  return Object.entries(mapping).filter(([, value]) => value !== null && value !== undefined);
}

/** A finding about a part of an object, with its place; the path begins with what the object is called. */
export function problemOf(manifest: Manifest, finding: Omit<Finding, "document">): Problem[] {
  return problemsIn(manifest, [{ ...finding, document: "manifest" }]).map((problem) => ({
    ...problem,
    path: [titleOf(manifest.value), ...problem.path],
  }));
}

/** What an object is called in reports: `FederatedDeployment trade/web`. */
export function titleOf({ kind, metadata: { name, namespace } }: ManifestObject): string {
  return namespace === undefined ? `${kind} ${name}` : `${kind} ${namespace}/${name}`;
}

/** Where a part of an object stands, for a report. */
export function placeOf(manifest: Manifest, path: Path): { readonly file: string; readonly line: number } {
  return { file: manifest.file, line: manifest.place(path, "key").line };
}

/** Whether a value is a mapping. */
export function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
