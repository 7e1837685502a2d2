import type { FieldChange } from "./document";

type Difference = Omit<FieldChange, "replaces">;

/**
 * What is different between two values, one entry for each leaf. Items of lists that have names are the same where their
 * names are; other lists are told whole, as a place in a list is no identity.
 * @param path of both values
 */
export function differences(before: unknown, after: unknown, path = ""): Difference[] {
  if (before === after) return [];
  if (isMapping(before) && isMapping(after)) {
    return [...new Set([...Object.keys(before), ...Object.keys(after)])]
      .sort()
      .flatMap((key) => differences(before[key], after[key], joined(path, key)));
  }
  if (Array.isArray(before) && Array.isArray(after)) {
    const [was, is] = [byName(before), byName(after)];
    if (was !== undefined && is !== undefined) {
      const names = [...new Set([...was.keys(), ...is.keys()])];
      const items = names.flatMap((name) => differences(was.get(name), is.get(name), `${path}[${name}]`));
      if (items.length > 0 || names.every((name, index) => after[index] === is.get(name))) return items;
    }
    if (JSON.stringify(before) === JSON.stringify(after)) return [];
  }
  return [{ path, ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) }];
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Items by their names; undefined for a list of anything else. */
function byName(list: readonly unknown[]): Map<string, unknown> | undefined {
  const named = list.flatMap((item) =>
    isMapping(item) && typeof item["name"] === "string" ? [[item["name"], item] as const] : [],
  );
  const map = new Map<string, unknown>(named);
  return map.size === list.length ? map : undefined;
}

/** Keys that are no plain words stand in brackets, since they may hold dots. */
function joined(path: string, key: string): string {
  if (!/^[\w-]+$/.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === "" ? key : `${path}.${key}`;
}
