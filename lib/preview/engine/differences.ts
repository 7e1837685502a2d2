import { isDeepStrictEqual } from "node:util";
import type { RecordedGraph } from "../graph";
import { ofEngine, ofRecorder } from "./compared";
import type { ToldResource } from "./told";

/** Something that the offline preview and the engine say otherwise of a resource. */
export interface EngineDifference {
  readonly urn: string;
  /** `resource` where only one of them has it, else a path such as `dependencies` or `inputs.spec.replicas`. */
  readonly what: string;
  /** Undefined where the offline preview has nothing. */
  readonly offline: unknown;
  /** Undefined where the engine has nothing. */
  readonly engine: unknown;
}

/**
 * Everything in which a recorded graph differs from what the engine says of the same stack, by URN; none where they are
 * equal. The order of resources says nothing: the engine tells them in the order in which they came.
 */
export function differencesFromEngine({ resources }: RecordedGraph, told: readonly ToldResource[]): EngineDifference[] {
  const offline = new Map(resources.map((resource) => [resource.urn, ofRecorder(resource)]));
  const engine = new Map(told.map((resource) => [resource.urn, ofEngine(resource)]));
  return [...new Set([...offline.keys(), ...engine.keys()])].sort().flatMap((urn): EngineDifference[] => {
    const [mine, its] = [offline.get(urn), engine.get(urn)];
    if (mine === undefined || its === undefined) {
      return [{ urn, what: "resource", offline: mine?.["type"], engine: its?.["type"] }];
    }
    return [...unequal(mine, its)].map((one) => ({ urn, ...one }));
  });
}

/**
 * The deepest places at which two values differ. Of lists of texts, such as dependencies, each that only one of them has is
 * told; other lists of different lengths differ as a whole.
 */
function* unequal(offline: unknown, engine: unknown, what = ""): Generator<Omit<EngineDifference, "urn">> {
  if (isDeepStrictEqual(offline, engine)) return;
  if (isRecord(offline) && isRecord(engine)) {
    for (const key of [...new Set([...Object.keys(offline), ...Object.keys(engine)])].sort()) {
      yield* unequal(offline[key], engine[key], `${what}${step(key, what)}`);
    }
    return;
  }
  if (areTexts(offline) && areTexts(engine)) {
    const only = (of: readonly string[], other: readonly string[]) => of.filter((text) => !other.includes(text));
    const [mine, its] = [only(offline, engine), only(engine, offline)];
    if (mine.length + its.length > 0) {
      for (const text of mine) yield { what, offline: text, engine: undefined };
      for (const text of its) yield { what, offline: undefined, engine: text };
      return;
    }
  }
  if (Array.isArray(offline) && Array.isArray(engine) && offline.length === engine.length) {
    for (const [index, item] of offline.entries()) yield* unequal(item, engine[index], `${what}[${index}]`);
    return;
  }
  yield { what, offline, engine };
}

function areTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}

function step(key: string, after: string): string {
  if (!/^[\w-]+$/.test(key)) return `[${JSON.stringify(key)}]`;
  return after === "" ? key : `.${key}`;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
