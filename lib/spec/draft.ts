import { z } from "zod";
import type { Path } from "./problem";
import { unwrapped } from "./schema-words";

/**
 * As much of a document as can be understood, so that the checks between its parts can run although some parts are wrong:
 * a person mends a file once. Texts of a wrong form are kept (others may refer to them), values of a wrong type are left
 * out or take their default, and list entries that cannot be understood are left out.
 */
export interface Draft<T> {
  readonly value: T;
  /** What had to be left out, or is not as it should be. A check that counts on it holds its tongue. */
  readonly damaged: readonly Path[];
  /** The path in the document of a path in {@link value}, whose lists may lack entries. */
  readonly original: (path: Path) => Path;
}

const unusable = Symbol("unusable");

/** Reads what can be read; undefined where the document is no mapping at all. */
export function draftOf<S extends z.ZodObject>(schema: S, document: unknown): Draft<z.output<S>> | undefined {
  const reader = new Reader();
  const value = reader.read(schema, document, []);
  if (value === unusable) return undefined;
  return { value: value as z.output<S>, damaged: reader.damaged, original: (path) => reader.original(path) };
}

class Reader {
  readonly damaged: Path[] = [];
  /** Of each list, by its path in the document: which entries are left. */
  private readonly kept = new Map<string, readonly number[]>();

  original(path: Path): Path {
    const mapped: (string | number)[] = [];
    for (const step of path) {
      const indices = typeof step === "number" ? this.kept.get(JSON.stringify(mapped)) : undefined;
      mapped.push(typeof step === "number" ? (indices?.[step] ?? step) : step);
    }
    return mapped;
  }

  read(schema: z.core.$ZodType, value: unknown, path: Path): unknown {
    if (value === undefined) return this.absent(schema, path);
    const inner = unwrapped(schema);
    if (inner instanceof z.ZodObject) return this.object(schema, inner, value, path);
    if (inner instanceof z.ZodArray) return this.list(schema, inner, value, path);
    const result = z.safeParse(inner, value);
    if (result.success) return result.data;
    this.damaged.push(path);
    return inner instanceof z.ZodString && typeof value === "string" ? value : this.replacement(schema, path);
  }

  private object(schema: z.core.$ZodType, inner: z.ZodObject, value: unknown, path: Path): unknown {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      this.damaged.push(path);
      return this.replacement(schema, path);
    }
    const read: Record<string, unknown> = {};
    for (const [key, field] of Object.entries(inner.shape)) {
      const given = Object.hasOwn(value, key) ? (value as Readonly<Record<string, unknown>>)[key] : undefined;
      const part = this.read(field as z.core.$ZodType, given, [...path, key]);
      if (part === unusable) {
        this.damaged.push(path);
        return this.replacement(schema, path);
      }
      if (part !== undefined) read[key] = part;
    }
    return read;
  }

  private list(schema: z.core.$ZodType, inner: z.ZodArray, value: unknown, path: Path): unknown {
    if (!Array.isArray(value)) {
      this.damaged.push(path);
      return this.replacement(schema, path);
    }
    if (value.length === 0 && !inner.safeParse(value).success) this.damaged.push(path);
    const entries = value.map((entry: unknown, index) => ({
      index,
      entry: this.read(inner.element, entry, [...path, index]),
    }));
    const usable = entries.filter(({ entry }) => entry !== unusable && entry !== undefined);
    this.kept.set(
      JSON.stringify(path),
      usable.map(({ index }) => index),
    );
    return usable.map(({ entry }) => entry);
  }

  private absent(schema: z.core.$ZodType, path: Path): unknown {
    const result = z.safeParse(schema, undefined);
    if (result.success) return result.data;
    this.damaged.push(path);
    return this.replacement(schema, path);
  }

  /** What stands in for a part that cannot be used: its default, nothing where it is optional. */
  private replacement(schema: z.core.$ZodType, path: Path): unknown {
    const result = z.safeParse(schema, undefined);
    if (result.success) return result.data;
    // At the top nothing is around that could be left out instead.
    if (path.length > 1) return unusable;
    const inner = unwrapped(schema);
    if (inner instanceof z.ZodString) return "";
    return inner instanceof z.ZodArray ? [] : unusable;
  }
}
