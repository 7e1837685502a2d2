import { stringify } from "yaml";
import { formatPath, type Finding, type Problem } from "../lib/spec/problem";
import { objectsOf } from "./manifest";
import type { Rule } from "./rule";
import { objectOf, type PolicyFinding } from "./run";
import type { Verdict } from "./verdict";

/** A rule as `policies list --json` and `policies explain --json` tell it. */
export interface RuleJson {
  readonly id: string;
  readonly domain: string;
  readonly severity: string;
  readonly title: string;
  readonly about: readonly string[];
  readonly why: string;
  readonly sources: readonly string[];
  readonly remedy: string;
}

export function ruleJson(rule: Rule): RuleJson {
  const { id, domain, severity, title, why, sources, remedy } = rule;
  const about = rule.scope === "object" ? rule.kinds : rule.scope === "resource" ? rule.types : [];
  return { id, domain, severity, title, about, why, sources, remedy };
}

/** An example as YAML: the object or resource, or what a stack consists of. */
export function exampleYaml(rule: Rule, which: "bad" | "good"): string {
  return examplesOf(rule, which)
    .map((object) => stringify(object, { version: "1.1", lineWidth: 0, aliasDuplicateObjects: false }))
    .join("---\n");
}

function examplesOf(rule: Rule, which: "bad" | "good"): readonly object[] {
  return rule.scope === "stack" ? objectsOf(rule.examples[which]) : [rule.examples[which]];
}

/** A finding as `policies check --json` tells it. */
interface FindingJson {
  readonly policy: string;
  readonly severity: string;
  readonly object: string;
  readonly found: string;
  readonly remedy: string;
  readonly file: string;
  readonly line: number;
  readonly path: string;
}

/** What `policies check --json` prints. */
export interface VerdictJson {
  readonly clean: boolean;
  readonly findings: readonly FindingJson[];
  readonly waived: readonly (FindingJson & {
    readonly owner: string;
    readonly reason: string;
    readonly expires: string;
  })[];
  readonly expired: readonly WaiverJson[];
  readonly idle: readonly WaiverJson[];
}

interface WaiverJson {
  readonly found: string;
  readonly fix: string;
  readonly file: string;
  readonly line: number;
}

type Locate = (findings: readonly Finding[]) => readonly Problem[];

/** @param placed Where in the network file the cause of a finding stands. */
export function verdictJson(
  verdict: Verdict,
  locate: Locate,
  placed: (finding: PolicyFinding) => Finding,
): VerdictJson {
  const told = (finding: PolicyFinding): FindingJson => {
    const { id, severity, remedy } = finding.rule;
    const where = placed(finding);
    const [problem] = locate([where]);
    return {
      policy: id,
      severity,
      object: objectOf(finding),
      found: finding.found,
      remedy,
      file: problem?.file ?? "",
      line: problem?.line ?? 0,
      path: formatPath(where.path),
    };
  };
  const waivers = (findings: readonly Finding[]) =>
    locate(findings).map(({ found, fix, file, line }): WaiverJson => ({ found, fix, file, line }));
  return {
    clean: verdict.refusals.length === 0,
    findings: verdict.open.map(told),
    waived: verdict.waived.map(({ finding, waiver: { owner, reason, expires } }) => ({
      ...told(finding),
      owner,
      reason,
      expires,
    })),
    expired: waivers(verdict.expired),
    idle: waivers(verdict.advice),
  };
}
