/**
 * Whether what is desired stands in a live object: every key that is desired, with its value. Live objects have more
 * keys, as the API server fills in defaults.
 */
export function stands(desired: unknown, live: unknown): boolean {
  if (Array.isArray(desired)) {
    return (
      Array.isArray(live) && live.length === desired.length && desired.every((item, index) => stands(item, live[index]))
    );
  }
  if (typeof desired === "object" && desired !== null) {
    return Object.entries(desired).every(([key, value]) => stands(value, fieldAt(live, [key])));
  }
  return desired === live;
}

/** The value at a path of keys, undefined where the path ends early. */
export function fieldAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (at, key) => (typeof at === "object" && at !== null ? (at as Readonly<Record<string, unknown>>)[key] : undefined),
    value,
  );
}

/** The text or number at a path of keys as text, undefined for anything else. */
export function textAt(value: unknown, path: readonly string[]): string | undefined {
  const found = fieldAt(value, path);
  return typeof found === "string" || typeof found === "number" ? String(found) : undefined;
}

/** A copy of an object with a value at a path of keys. */
export function withField(
  object: Readonly<Record<string, unknown>>,
  path: readonly string[],
  value: unknown,
): Record<string, unknown> {
  const [key = "", ...rest] = path;
  const inner = (object[key] ?? {}) as Record<string, unknown>;
  return { ...object, [key]: rest.length === 0 ? value : withField(inner, rest, value) };
}

/** A value for a message: short, and on one line. */
export function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > 120 ? `${text.slice(0, 117)}...` : text;
}

const suffixes: Readonly<Record<string, number>> = {
  "": 1,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** Bytes of any quantity that Kubernetes takes (`20Gi`, `1.5T`, `1e9`); NaN for other text. */
export function bytes(quantity: unknown): number {
  const match = /^([+-]?[0-9.]+(?:[eE][+-]?[0-9]+)?)([a-zA-Z]{0,2})$/.exec(String(quantity));
  return match === null ? Number.NaN : Number(match[1]) * (suffixes[match[2] ?? ""] ?? Number.NaN);
}
