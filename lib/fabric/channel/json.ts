/** Anything that JSON can say. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

export interface JsonObject {
  readonly [key: string]: Json;
}

/** How bytes are written that hold nothing to open: certificates above all. */
export type WriteBytes = (bytes: Uint8Array) => string;

/** As every tool writes bytes into JSON. */
export const base64: WriteBytes = (bytes) => Buffer.from(bytes).toString("base64");

/** One text per content: two values with the same content give the same text, whatever the order of their keys. */
export function canonicalJson(value: Json): string {
  return JSON.stringify(value, (_, part: Json) => (isRecord(part) ? sorted(part) : part));
}

function isRecord(value: Json): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function sorted(record: JsonObject): Json {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}
