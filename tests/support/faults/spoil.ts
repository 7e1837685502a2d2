import { fields, items, keyOf } from "../../../policies/manifest";
import type { Manifest } from "../../../policies/rule";

/** One fault: what is done, the rule that must notice it, and how. */
export type NamedFault = readonly [what: string, rule: string, fault: Spoil];

type Path = readonly (string | number)[];
/** What goes wrong with a network's objects. */
export type Spoil = (objects: readonly Manifest[]) => readonly Manifest[];

/** What stands at a path becomes what `change` makes of it; undefined takes it away. */
function changed(value: unknown, [key, ...rest]: Path, change: (old: unknown) => unknown): unknown {
  if (key === undefined) return change(value);
  if (typeof key === "number") {
    return items(value).map((one, index) => (index === key ? changed(one, rest, change) : one));
  }
  const { [key]: old, ...others } = fields(value);
  const made = changed(old, rest, change);
  return made === undefined ? others : { ...others, [key]: made };
}

/** One fault in one object, named as policies name it. */
export const at =
  (key: string, path: Path, change: (old: unknown) => unknown): Spoil =>
  (objects) => {
    if (!objects.some((one) => keyOf(one) === key)) throw new RangeError(`no ${key}`);
    return objects.map((one) => (keyOf(one) === key ? (changed(one, path, change) as Manifest) : one));
  };
export const set = (key: string, path: Path, value: unknown): Spoil => at(key, path, () => value);
export const without = (key: string, ...path: Path): Spoil => at(key, path, () => undefined);
export const inText = (key: string, file: string, from: string, to: string): Spoil =>
  at(key, ["data", file], (text) => {
    if (!String(text).includes(from)) throw new RangeError(`no ${from} in ${file}`);
    return String(text).replace(from, to);
  });
export const dropped =
  (key: string): Spoil =>
  (objects) => {
    const left = objects.filter((one) => keyOf(one) !== key);
    if (left.length === objects.length) throw new RangeError(`no ${key}`);
    return left;
  };
export const added =
  (...more: readonly object[]): Spoil =>
  (objects) => [...objects, ...(more as Manifest[])];
export const all =
  (...faults: readonly Spoil[]): Spoil =>
  (objects) =>
    faults.reduce((spoilt, fault) => fault(spoilt), objects);
