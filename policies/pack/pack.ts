import { PolicyPack, type Policies } from "@pulumi/policy";
import { rules } from "../all";
import { objectIn, trace, type SeenResource } from "../recorded";
import type { Manifest, Rule } from "../rule";
import { checkObject, checkResource, checkStack, objectOf, type PolicyFinding } from "../run";
import type { RuleConfig } from "./config";

/** What the engine shows of a resource, as far as rules ask. */
interface EngineResource {
  readonly type: string;
  readonly name: string;
  readonly urn: string;
  readonly props: Readonly<Record<string, unknown>>;
}

interface UrnResource extends SeenResource {
  readonly urn: string;
}

const seen = ({ type, name, urn, props }: EngineResource): UrnResource => ({ type, name, urn, inputs: props });

/**
 * The policy pack: every rule for Pulumi's engine (CrossGuard). Rules over objects and resources judge each resource
 * before it is made; those over a stack judge all of them at the end of a preview. With `--skip-preview` that end comes
 * when everything has been made: never pass it where the pack is to guard.
 */
new PolicyPack("fabric-topologies", { policies: rules.map(policyOf) });

function policyOf(rule: Rule): Policies[number] {
  const common = {
    name: rule.id,
    description: `${rule.title}.`,
    enforcementLevel: rule.severity,
    remediationSteps: rule.remedy,
    configSchema: { properties: { waived: { type: "array" as const, items: { type: "string" as const } } } },
  };
  if (rule.scope === "stack") {
    return {
      ...common,
      validateStack: (all, report) => {
        const { stack, sources } = trace(all.resources.map(seen));
        for (const { message, object } of open(checkStack([rule], stack), all.getConfig<RuleConfig>())) {
          report(message, object === undefined ? undefined : sources.get(object)?.urn);
        }
      },
    };
  }
  return {
    ...common,
    validateResource: (resource, report) => {
      for (const { message } of open(judged(rule, seen(resource)), resource.getConfig<RuleConfig>())) report(message);
    },
  };
}

function judged(rule: Rule, resource: SeenResource): readonly PolicyFinding[] {
  if (rule.scope === "resource") return checkResource([rule], resource);
  const object = objectIn(resource);
  return object === undefined ? [] : checkObject([rule], object);
}

interface Violation {
  readonly message: string;
  readonly object?: Manifest;
}

/** What nobody has waived, in words. */
function open(findings: readonly PolicyFinding[], { waived = [] }: RuleConfig): readonly Violation[] {
  return findings.flatMap((finding): Violation[] => {
    const name = objectOf(finding);
    if (waived.includes(name)) return [];
    const message = `found ${finding.found}${name === "" ? "" : ` in ${name}`}. ${finding.rule.remedy}`;
    return [{ message, ...(finding.object === undefined ? {} : { object: finding.object }) }];
  });
}
