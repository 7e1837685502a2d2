import { rules } from "../../policies/all";
import { stackOf, type SeenResource } from "../../policies/recorded";
import type { CloudResource, Manifest, Rule, Stack } from "../../policies/rule";
import { checkObject, checkResource, checkStack } from "../../policies/run";

/** An example of a rule, and what the rule itself says of it: every executor must say the same. */
export interface PolicyExample {
  readonly rule: Rule;
  readonly which: "bad" | "good";
  /** Whether the example breaks the rule. */
  readonly broken: boolean;
}

/** Every example of every rule. */
const policyExamples: readonly PolicyExample[] = rules.flatMap((rule) =>
  (["bad", "good"] as const).map((which) => ({ rule, which, broken: which === "bad" })),
);

/** For tables of tests: the rule's id and which of its examples it is, before the example. */
export const exampleRows = policyExamples.map((example) => [`${example.rule.id} (${example.which})`, example] as const);

/** The verdict at synthesis: of the example as it stands. */
export function brokenAtSynthesis({ rule, which }: PolicyExample): boolean {
  switch (rule.scope) {
    case "object":
      return checkObject([rule], rule.examples[which]).length > 0;
    case "stack":
      return checkStack([rule], rule.examples[which]).length > 0;
    case "resource":
      return checkResource([rule], rule.examples[which]).length > 0;
  }
}

/** The verdict over the resources of a Pulumi program. */
export function brokenIn(rule: Rule, resources: readonly SeenResource[]): boolean {
  return checkStack([rule], stackOf(resources)).length > 0;
}

/** What an example consists of: objects of sites, and resources of clouds. */
function contentOf({ rule, which }: PolicyExample): Required<Pick<Stack, "sites" | "resources">> {
  switch (rule.scope) {
    case "object":
      return { sites: [{ site: "city", objects: [rule.examples[which]] }], resources: [] };
    case "stack": {
      const { sites, resources = [] } = rule.examples[which];
      return { sites, resources };
    }
    case "resource":
      return { sites: [], resources: [rule.examples[which]] };
  }
}

/** A resource that a program registers. */
export interface Registered {
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** An example as the resources of a Pulumi program, as lib/deploy would name them. */
export function registeredOf(example: PolicyExample): readonly Registered[] {
  const { sites, resources } = contentOf(example);
  const objects = sites.flatMap(({ site, objects: of }) => of.map((object, index) => ofObject(site, object, index)));
  return [...objects, ...resources.map(ofCloud)];
}

/** @param index Two objects of one name are two resources, as a program would have to call them. */
function ofObject(site: string, object: Manifest, index: number): Registered {
  const { apiVersion, kind, metadata } = object;
  const group = apiVersion.includes("/") ? apiVersion : `core/${apiVersion}`;
  const key = [kind, metadata.namespace, metadata.name, index].filter((part) => part !== undefined).join("/");
  return { type: `kubernetes:${group}:${kind}`, name: `${site}:${key}`, inputs: object };
}

function ofCloud({ type, name, inputs }: CloudResource): Registered {
  return { type, name, inputs };
}
