import type { z } from "zod";
import { schemaFindings } from "../../spec/issues";
import type { Finding, Path, Problem } from "../../spec/problem";
import { placeOf, problemOf, titleOf, type Manifest } from "./manifest";

/** What a change is about; reports are ordered by it. */
export const subjects = [
  "members",
  "settings",
  "types",
  "namespaces",
  "placement",
  "overrides",
  "annotations",
  "replicas",
  "deletion",
  "content",
  "host",
] as const;
export type Subject = (typeof subjects)[number];

/**
 * How much it matters. `todo`: somebody has to do something. `lost`: Karmada has no way to say it. `changed`: it means
 * something else now. `same`: said in another way, with the same meaning.
 */
export const weights = ["todo", "lost", "changed", "same"] as const;
export type Weight = (typeof weights)[number];

/** One thing that is not as it was. Never holds a value of the manifest, which may be a secret. */
export interface Change {
  readonly subject: Subject;
  readonly weight: Weight;
  /** Such as `FederatedDeployment trade/web`. */
  readonly object: string;
  readonly file: string;
  readonly line: number;
  /** What it meant to KubeFed. */
  readonly kubefed: string;
  /** What it means to Karmada. */
  readonly karmada: string;
  readonly remedy?: string;
}

type Words = Pick<Change, "subject" | "weight" | "kubefed" | "karmada" | "remedy">;

/** Collects what a conversion finds: everything at once, so that a person mends their files once. */
export class Notebook {
  private readonly refused: Problem[] = [];
  private readonly told: Change[] = [];

  get problems(): readonly Problem[] {
    return this.refused;
  }

  get changes(): readonly Change[] {
    return this.told;
  }

  refuseAll(problems: readonly Problem[]): void {
    this.refused.push(...problems);
  }

  /** Something for which there is no right conversion. */
  refuse(manifest: Manifest, finding: Omit<Finding, "document">): void {
    this.refused.push(...problemOf(manifest, finding));
  }

  /** Something that people should know. */
  tell(manifest: Manifest, path: Path, words: Words): void {
    this.told.push({ object: titleOf(manifest.value), ...placeOf(manifest, path), ...words });
  }

  /** Reads a part of an object by a schema; undefined, with the findings noted, where it does not follow it. */
  read<S extends z.ZodObject>(manifest: Manifest, at: Path, value: unknown, schema: S): z.output<S> | undefined {
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    const source = { value, written: (path: Path) => manifest.written([...at, ...path]) };
    for (const finding of schemaFindings(schema, parsed.error.issues, source, "manifest")) {
      this.refuse(manifest, { ...finding, path: [...at, ...finding.path] });
    }
    return undefined;
  }
}
