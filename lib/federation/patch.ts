import type { Json } from "../constructs/manifests";

/** One change of a JSON document (RFC 6902); both engines know these three of it. */
export type Operation =
  | { readonly op: "add" | "replace"; readonly path: string; readonly value: Json }
  | { readonly op: "remove"; readonly path: string };

type Map = Readonly<Record<string, Json>>;

/** The steps of a JSON pointer (RFC 6901). */
export function stepsOf(path: string): string[] {
  return path === ""
    ? []
    : path
        .slice(1)
        .split("/")
        .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** A JSON pointer (RFC 6901) of steps. */
export function pointerTo(steps: readonly (string | number)[]): string {
  return steps.map((step) => `/${String(step).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

/**
 * What makes one document of another: operations on paths of which none is below another, so that their order does not
 * matter. Lists of another length are replaced as a whole.
 */
export function difference(from: Json, to: Json, at: readonly (string | number)[] = []): Operation[] {
  if (isMap(from) && isMap(to)) {
    return [...new Set([...Object.keys(from), ...Object.keys(to)])].sort().flatMap((key): Operation[] => {
      const [before, after] = [own(from, key), own(to, key)];
      const path = [...at, key];
      if (after === undefined) return before === undefined ? [] : [{ op: "remove", path: pointerTo(path) }];
      if (before === undefined) return [{ op: "add", path: pointerTo(path), value: after }];
      return difference(before, after, path);
    });
  }
  if (Array.isArray(from) && Array.isArray(to) && from.length === to.length) {
    return from.flatMap((item: Json, index) => difference(item, to[index] as Json, [...at, index]));
  }
  return from === to || (Array.isArray(from) && Array.isArray(to) && same(from, to))
    ? []
    : [{ op: "replace", path: pointerTo(at), value: to }];
}

/**
 * A document after operations, one after the other.
 * @throws Error on a path that does not lead anywhere, as the engines do
 */
export function patched(document: Json, operations: readonly Operation[]): Json {
  return operations.reduce((whole, operation) => changed(whole, stepsOf(operation.path), operation), document);
}

function changed(whole: Json, [step, ...rest]: readonly string[], operation: Operation): Json {
  const lost = () => new Error(`${operation.op} ${operation.path}: the path ends at ${JSON.stringify(step ?? "")}`);
  if (step === undefined) {
    if (operation.op === "remove") throw lost();
    return operation.value;
  }
  if (Array.isArray(whole)) {
    const list = whole as readonly Json[];
    const index = step === "-" ? list.length : Number(step);
    const last = rest.length === 0;
    const limit = last && operation.op === "add" ? list.length : list.length - 1;
    if (!/^(0|[1-9][0-9]*|-)$/.test(step) || index > limit) throw lost();
    if (!last) return list.map((item, place) => (place === index ? changed(item, rest, operation) : item));
    const before = list.slice(0, index);
    if (operation.op === "add") return [...before, operation.value, ...list.slice(index)];
    return [...before, ...(operation.op === "remove" ? [] : [operation.value]), ...list.slice(index + 1)];
  }
  if (!isMap(whole)) throw lost();
  const inner = own(whole, step);
  if (rest.length > 0) {
    if (inner === undefined) throw lost();
    return { ...whole, [step]: changed(inner, rest, operation) };
  }
  if (inner === undefined && operation.op !== "add") throw lost();
  if (operation.op !== "remove") return { ...whole, [step]: operation.value };
  return Object.fromEntries(Object.entries(whole).filter(([key]) => key !== step));
}

const own = (map: Map, key: string): Json | undefined => (Object.hasOwn(map, key) ? map[key] : undefined);
const isMap = (value: Json): value is Map => typeof value === "object" && value !== null && !Array.isArray(value);
const same = (one: Json, other: Json): boolean => JSON.stringify(one) === JSON.stringify(other);
