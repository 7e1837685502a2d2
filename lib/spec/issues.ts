import { z } from "zod";
import { nearest } from "./nearest";
import { formatPath, type DocumentKind, type Finding, type Path } from "./problem";
import { allowedBy, keysOf, schemaAt, unwrapped } from "./schema-words";
import { fixFor } from "./suggestion";
import { describeValue, listed, shorten } from "./words";

/** What a schema finds wrong with a value, in our words and with nothing of the schema library's. */
export function schemaFindings(
  schema: z.core.$ZodType,
  issues: readonly z.core.$ZodIssue[],
  source: { readonly value: unknown; written(path: Path): string | undefined },
  document: DocumentKind,
): Finding[] {
  const told = new Set<string>();
  return issues.flatMap((issue): Finding[] => {
    const path = issue.path.map((step) => (typeof step === "number" ? step : String(step)));
    if (issue.code === "unrecognized_keys") {
      return issue.keys.map((key) => unknownKey(schema, path, key, document));
    }
    // A number out of range may be reported once per limit; one sentence names them all.
    const key = formatPath(path);
    if (told.has(key)) return [];
    told.add(key);
    const here = schemaAt(schema, path);
    if (here === undefined) return [];
    const value = valueAt(source.value, path);
    if (!value.present) return [missing(here, path, document)];
    const written = source.written(path);
    return [
      {
        document,
        path,
        found: describeValue(value.value, written),
        allowed: allowedBy(here),
        fix: fixFor(here, value.value, written),
      },
    ];
  });
}

function missing(schema: z.core.$ZodType, path: Path, document: DocumentKind): Finding {
  const key = String(path.at(-1) ?? "");
  return { document, path, found: `no "${key}"`, allowed: allowedBy(schema), fix: `Add "${key}".` };
}

function unknownKey(root: z.core.$ZodType, parent: Path, key: string, document: DocumentKind): Finding {
  const schema = schemaAt(root, parent);
  const known = keysOf(schema);
  return {
    document,
    path: [...parent, key],
    at: "key",
    found: `the unknown key "${shorten(key)}"`,
    allowed: listed(known, "and"),
    fix: unknownKeyFix(root, schema, key, known),
  };
}

function unknownKeyFix(
  root: z.core.$ZodType,
  schema: z.core.$ZodType | undefined,
  key: string,
  known: readonly string[],
): string {
  const near = nearest(key, known);
  if (near !== undefined) return `Did you mean "${near}"?`;
  // The right key one level too high or too low is as common as a wrong letter.
  if (schema instanceof z.ZodObject) {
    const inside = known.find((name) => keysOf(unwrapped(schema.shape[name] as z.core.$ZodType)).includes(key));
    if (inside !== undefined) return `Move it below "${inside}", where it belongs.`;
  }
  if (keysOf(unwrapped(root)).includes(key)) return "Move it to the top level of the file, where it belongs.";
  return "Remove it.";
}

/** A part of a plain value. `present` tells a key with nothing behind it from no key. */
function valueAt(root: unknown, path: Path): { readonly present: boolean; readonly value: unknown } {
  let value = root;
  for (const step of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) {
      return { present: false, value: undefined };
    }
    value = (value as Readonly<Record<string | number, unknown>>)[step];
  }
  return { present: value !== undefined || path.length === 0, value };
}
