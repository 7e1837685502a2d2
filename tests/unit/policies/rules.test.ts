import { rules } from "../../../policies/all";
import { domains, type Rule } from "../../../policies/rule";
import { checkObject, checkResource, checkStack, type PolicyFinding } from "../../../policies/run";
import { example } from "../../../scripts/pages/examples";

const named = rules.map((rule) => [rule.id, rule] as const);

/** What a rule says of one of its examples. */
function judged(rule: Rule, which: "bad" | "good"): readonly PolicyFinding[] {
  switch (rule.scope) {
    case "object":
      return checkObject([rule], rule.examples[which]);
    case "stack":
      return checkStack([rule], rule.examples[which]);
    case "resource":
      return checkResource([rule], rule.examples[which]);
  }
}

describe("every rule", () => {
  test("has an id of its own, which begins with its domain", () => {
    const ids = rules.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBeGreaterThanOrEqual(30);
    for (const { id, domain } of rules) expect(id).toMatch(new RegExp(`^${domain}-[a-z-]+[a-z]$`));
    expect(new Set(rules.map(({ domain }) => domain))).toEqual(new Set(Object.keys(domains)));
  });

  test.each(named)("%s finds its bad example, and nothing in its good one", (_, rule) => {
    expect(judged(rule, "bad")).not.toEqual([]);
    expect(judged(rule, "good")).toEqual([]);
  });

  test.each(named)("%s says in sentences what it is about, who asks for it and what to do", (_, rule) => {
    expect(rule.title).toMatch(/^[A-Z].*[^.]$/);
    expect(rule.why).toMatch(/^[A-Za-z].*\.$/);
    expect(rule.remedy).toMatch(/^[A-Z].*\.$/);
    for (const { found } of judged(rule, "bad")) expect(found).not.toMatch(/undefined|\[object|NaN|^$/);
  });

  test.each(named.filter(([, rule]) => rule.scope === "object"))("%s takes any JSON for what it is", (_, rule) => {
    if (rule.scope !== "object") return;
    for (const kind of rule.kinds) {
      for (const odd of [undefined, null, "text", 7, [], [null], {}, { template: [], rules: "x", data: 3 }]) {
        const object = { apiVersion: "v1", kind, metadata: { name: "x" }, spec: odd, data: odd, rules: odd };
        expect(() => checkObject([rule], object)).not.toThrow();
      }
    }
  });
});

test.each(rules.filter((rule) => rule.scope === "resource").map((rule) => [rule.id, rule] as const))(
  "%s takes any resource of its types for what it is",
  (_, rule) => {
    for (const type of rule.types) {
      for (const odd of [undefined, null, "text", 7, [], [null], {}]) {
        const keys = [
          "ingress",
          "allows",
          "vpcConfig",
          "encryptionConfig",
          "versioning",
          "settings",
          "metadataOptions",
        ];
        const inputs = Object.fromEntries(keys.map((key) => [key, odd]));
        expect(() => checkResource([rule], { type, name: "x", inputs })).not.toThrow();
      }
    }
  },
);

describe.each(["minimal", "trade-finance"] as const)("the example %s", (name) => {
  const plan = example(name);
  const findings = checkStack(rules, { sites: plan.synthesise(), placement: plan.placement });

  test("keeps every mandatory rule", () => {
    const broken = findings.filter(({ rule }) => rule.severity === "mandatory");
    expect(broken.map(({ rule, object, found }) => [rule.id, object?.metadata.name, found])).toEqual([]);
  });
});
