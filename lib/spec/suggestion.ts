import { z } from "zod";
import { nearest } from "./nearest";
import { allowedBy, unwrapped } from "./schema-words";
import { shorten } from "./words";

/**
 * What to do about a value that the schema refuses: where one step leads from what was written to something that the
 * schema accepts, that; else a sentence that says what belongs there.
 */
export function fixFor(schema: z.core.$ZodType, value: unknown, written: string | undefined): string {
  const inner = unwrapped(schema);
  if (value === undefined || value === null) return `Write ${allowedBy(inner)}, or remove the line.`;
  if (inner instanceof z.ZodString) return fixText(inner, value, written);
  if (inner instanceof z.ZodEnum) {
    const options = inner.options.map(String);
    const text = typeof value === "string" ? value : "";
    if (text === "") return `Write ${allowedBy(inner)}.`;
    const near = options.find((option) => option.startsWith(text.toLowerCase())) ?? nearest(text, options);
    return `Write ${near ?? allowedBy(inner)}.`;
  }
  if (inner instanceof z.ZodBoolean) return fixBoolean(value);
  if (inner instanceof z.ZodNumber) return fixNumber(inner, value);
  if (inner instanceof z.ZodArray) return fixList(value);
  return fixMapping(value);
}

function fixText(schema: z.ZodString, value: unknown, written: string | undefined): string {
  if (typeof value === "string") {
    const candidate = candidates(value).find((text) => schema.safeParse(text).success);
    return candidate === undefined ? `Write ${allowedBy(schema)}.` : `Write, for example, ${candidate}.`;
  }
  if (typeof value === "number" || typeof value === "boolean") {
    const text = written ?? String(value);
    const candidate = [text, ...candidates(text)].find((one) => schema.safeParse(one).success);
    if (candidate !== undefined) return `Put it into quotes: "${shorten(candidate)}".`;
  }
  return `Write ${allowedBy(schema)}.`;
}

/** What people write when they mean one of our forms: other units, capitals, underscores, a scheme before a host. */
function candidates(written: string): string[] {
  const text = written.trim().slice(0, 300);
  const hyphens = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+|-+$/g, "")
    .slice(0, 63)
    .replace(/-+$/, "");
  const amount = /^([0-9]+(?:\.[0-9]+)?)\s*([A-Za-z]*)$/.exec(text);
  const [number, unit] = [Number(amount?.[1]), (amount?.[2] ?? "none").toLowerCase()];
  const binary = {
    k: "Ki",
    kb: "Ki",
    ki: "Ki",
    m: "Mi",
    mb: "Mi",
    mi: "Mi",
    g: "Gi",
    gb: "Gi",
    gi: "Gi",
    t: "Ti",
    tb: "Ti",
    ti: "Ti",
  };
  const quantity = Object.entries(binary).find(([spelling]) => spelling === unit)?.[1];
  const smaller = { Gi: "Mi", Ti: "Gi", Mi: "Ki", Ki: "Ki" }[quantity ?? "Ki"];
  return [
    text,
    text.toLowerCase(),
    text.replace(/^[a-z]+:\/\//i, "").replace(/\/+$/, ""),
    ...(quantity === undefined ? [] : [`${number}${quantity}`, `${Math.round(number * 1024)}${smaller ?? ""}`]),
    ...(unit === "" ? [`${Math.round(number * 1000)}m`] : []),
    ...(["s", "sec", "seconds"].includes(unit) ? [`${number}s`, `${Math.round(number * 1000)}ms`] : []),
    `${text}.0`,
    text.replace(/[^A-Za-z0-9.]+/g, "-").replace(/^-+|-+$/g, ""),
    hyphens,
    text.replace(/[^A-Za-z0-9]/g, ""),
  ];
}

function fixBoolean(value: unknown): string {
  if (typeof value === "string" && /^(true|yes|on|y)$/i.test(value)) return "Write true, without quotes.";
  if (typeof value === "string" && /^(false|no|off|n)$/i.test(value)) return "Write false, without quotes.";
  return "Write true or false.";
}

function fixNumber(schema: z.ZodNumber, value: unknown): string {
  if (typeof value === "string" && value.trim() !== "" && schema.safeParse(Number(value)).success) {
    return `Write ${Number(value)} without quotes.`;
  }
  const least = schema.minValue ?? -Infinity;
  const most = schema.maxValue ?? Infinity;
  if (typeof value === "number" && value < least) return `Write ${least} or more.`;
  if (typeof value === "number" && value > most) return `Write ${most} or less.`;
  return `Write ${allowedBy(schema)}.`;
}

function fixList(value: unknown): string {
  if (Array.isArray(value)) return "Add an entry.";
  return typeof value === "string" ? `Write it as a list: [${shorten(value)}].` : 'Begin each entry with "- ".';
}

function fixMapping(value: unknown): string {
  if (Array.isArray(value)) return 'Take away the "- ", and write one `key: value` in each line.';
  return "Write one `key: value` in each line, indented below this one.";
}
