import { masked } from "./graph";

/** The key and the value by which Pulumi's SDK marks an envelope, and a secret one (pulumi/sdk, resource/properties). */
const signatureKey = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

/** A value as a program sends it to the engine, with every secret in it masked. */
export function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (typeof value !== "object" || value === null) return value;
  const record = value as Readonly<Record<string, unknown>>;
  if (record[signatureKey] === secretSignature) return masked;
  return Object.fromEntries(Object.entries(record).map(([key, inner]) => [key, withoutSecrets(inner)]));
}

/** The same for a resource: what a Kubernetes Secret holds is secret even where nobody has marked it. */
export function maskedInputs(type: string, inputs: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const held = /^kubernetes:core\/v1:Secret(List|Patch)?$/.test(type) ? ["data", "stringData", "items"] : [];
  return Object.fromEntries(
    Object.entries(inputs).map(([key, value]) => [key, held.includes(key) ? masked : withoutSecrets(value)]),
  );
}
