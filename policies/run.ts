import { keyOf, objectsOf } from "./manifest";
import type { CloudResource, Manifest, Rule, Stack } from "./rule";

/** A rule that something breaks. */
export interface PolicyFinding {
  readonly rule: Rule;
  /** What breaks it, where that is one object. */
  readonly object?: Manifest;
  /** What breaks it, where that is a resource of a cloud. */
  readonly resource?: CloudResource;
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

/** Holds one resource of a cloud against the rules that are about its type. */
export function checkResource(rules: readonly Rule[], resource: CloudResource): readonly PolicyFinding[] {
  return rules.flatMap((rule) =>
    rule.scope === "resource" && rule.types.includes(resource.type)
      ? rule.check(resource).map(({ found }) => ({ rule, resource, found }))
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
  return rules.flatMap((rule): readonly PolicyFinding[] => {
    switch (rule.scope) {
      case "stack":
        return rule.check(stack).map((fault) => ({ rule, ...fault }));
      case "resource":
        return (stack.resources ?? []).flatMap((resource) => checkResource([rule], resource));
      case "object":
        return rule.kinds.flatMap((kind) => ofKind.get(kind) ?? []).flatMap((object) => checkObject([rule], object));
    }
  });
}

/**
 * The object of a finding as people and waivers name it, a resource of a cloud as `<type>::<name>`, the end of its URN;
 * empty where the finding is about the stack as a whole.
 */
export function objectOf({ object, resource }: Pick<PolicyFinding, "object" | "resource">): string {
  if (resource !== undefined) return `${resource.type}::${resource.name}`;
  return object === undefined ? "" : keyOf(object);
}
