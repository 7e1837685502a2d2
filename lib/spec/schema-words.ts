import { z } from "zod";
import type { Path } from "./problem";
import { listed } from "./words";

/** A schema without the wrappers that only say what happens when nothing is written. */
export function unwrapped(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) {
    return unwrapped(schema.unwrap());
  }
  return schema;
}

/** The schema of one part of a document; undefined where the schema knows no such part. */
export function schemaAt(schema: z.core.$ZodType, path: Path): z.core.$ZodType | undefined {
  const [step, ...rest] = path;
  if (step === undefined) return unwrapped(schema);
  const inner = unwrapped(schema);
  if (inner instanceof z.ZodObject) {
    const field = Object.hasOwn(inner.shape, step) ? (inner.shape[step] as z.core.$ZodType) : undefined;
    return field === undefined ? undefined : schemaAt(field, rest);
  }
  if (inner instanceof z.ZodArray) return schemaAt(inner.element, rest);
  if (inner instanceof z.ZodRecord) return schemaAt(inner.valueType, rest);
  return undefined;
}

/** The keys of a mapping's schema. */
export function keysOf(schema: z.core.$ZodType | undefined): string[] {
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}

/** What may stand where this schema is: the words in which every problem says it. */
export function allowedBy(schema: z.core.$ZodType): string {
  const inner = unwrapped(schema);
  if (inner instanceof z.ZodString) return allowedText(inner);
  if (inner instanceof z.ZodEnum) return listed(inner.options.map(String), "or");
  if (inner instanceof z.ZodBoolean) return "true or false";
  if (inner instanceof z.ZodNumber) return allowedNumber(inner);
  if (inner instanceof z.ZodArray) return allowedList(inner);
  if (inner instanceof z.ZodRecord) return "a mapping from names to texts";
  if (inner instanceof z.ZodObject) return `a mapping with the keys ${listed(keysOf(inner), "and")}`;
  return "another value";
}

/** Every text of ours refuses the empty one, and what it says then is what it allows. */
function allowedText(schema: z.ZodString): string {
  return schema.safeParse("").error?.issues[0]?.message ?? "a text";
}

function allowedNumber(schema: z.ZodNumber): string {
  const least = schema.minValue ?? -Infinity;
  const most = schema.maxValue ?? Infinity;
  if (most < Number.MAX_SAFE_INTEGER) return `a whole number from ${least} to ${most}`;
  return least > Number.MIN_SAFE_INTEGER ? `a whole number, ${least} or more` : "a whole number";
}

function allowedList(schema: z.ZodArray): string {
  const element = unwrapped(schema.element);
  const of = element instanceof z.ZodObject ? "mappings" : "names";
  const empty = schema.safeParse([]).success;
  return empty ? `a list of ${of}` : `a list of ${of} with at least one entry`;
}
