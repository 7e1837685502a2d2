import { keyOf, objectsOf } from "./manifest";
import type { Manifest, Rule, Stack } from "./rule";

/** A rule that something breaks. */
export interface PolicyFinding {
  readonly rule: Rule;
  /** What breaks it, where that is one object. */
  readonly object?: Manifest;
  /** What was found, in words that go on from "found". */
  readonly found: string;
}

/** Holds one object against the rules that are about its kind. */
export function checkObject(rules: readonly Rule[], object: Manifest): readonly PolicyFinding[] {
  return rules.flatMap((rule) =>
    rule.scope === "object" && rule.kinds.includes(object.kind)
      ? rule.check(object).map(({ found }) => ({ rule, object, found }))
      : [],
  );
}

/** Holds a whole stack against all rules: in the order of the rules, of the sites and of their objects. */
export function checkStack(rules: readonly Rule[], stack: Stack): readonly PolicyFinding[] {
  const ofKind = new Map<string, Manifest[]>();
  for (const object of objectsOf(stack)) {
    const alike = ofKind.get(object.kind);
    if (alike === undefined) ofKind.set(object.kind, [object]);
    else alike.push(object);
  }
  return rules.flatMap((rule): readonly PolicyFinding[] =>
    rule.scope === "stack"
      ? rule.check(stack).map((fault) => ({ rule, ...fault }))
      : rule.kinds.flatMap((kind) => ofKind.get(kind) ?? []).flatMap((object) => checkObject([rule], object)),
  );
}

/** The object of a finding as people and waivers name it; empty where it is about the stack as a whole. */
export function objectOf({ object }: Pick<PolicyFinding, "object">): string {
  return object === undefined ? "" : keyOf(object);
}
