import { masked } from "./graph";

/** The key and the value by which Pulumi's SDK marks an envelope, and a secret one (pulumi/sdk, resource/properties). */
const signatureKey = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

/**
 * A value as a program sends it to the engine, with every secret in it masked and every key in its place by the alphabet,
 * as programs write them in any order. Parts in which nothing has to change are the same parts: networks are large.
 */
export function withoutSecrets(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) {
    const told = value.map(withoutSecrets);
    return told.every((inner, index) => inner === value[index]) ? value : told;
  }
  const record = value as Readonly<Record<string, unknown>>;
  if (record[signatureKey] === secretSignature) return masked;
  return withValues(record, withoutSecrets);
}

/** The same for a resource: what a Kubernetes Secret holds is secret even where nobody has marked it. */
export function maskedInputs(type: string, inputs: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const held = /^kubernetes:core\/v1:Secret(List|Patch)?$/.test(type) ? ["data", "stringData", "items"] : [];
  return withValues(inputs, (value, key) => (held.includes(key) ? masked : withoutSecrets(value)));
}

/** A mapping with other values, sorted by its keys; the same one where it is so already. */
function withValues(
  record: Readonly<Record<string, unknown>>,
  change: (value: unknown, key: string) => unknown,
): Record<string, unknown> {
  const keys = Object.keys(record);
  const values = keys.map((key) => change(record[key], key));
  const same = keys.every(
    (key, index) => values[index] === record[key] && (index === 0 || (keys[index - 1] ?? "") <= key),
  );
  if (same) return record;
  return Object.fromEntries(
    keys.map((key, index) => [key, values[index]] as const).sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}
