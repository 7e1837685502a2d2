import { counted } from "../../spec/words";
import type { PolicyResult } from "../document";
import { few, statement, type Comparison } from "./comparison";
import type { Statement } from "./document";

/** Policies that are broken where they were kept, kept where they were broken, and waivers that are new. */
export function policyStatements({ before, after }: Comparison): Statement[] {
  const [was, is] = [new Set(before.policies.findings.map(keyOf)), new Set(after.policies.findings.map(keyOf))];
  const fresh = after.policies.findings.filter((finding) => !was.has(keyOf(finding)));
  const mended = byPolicy(before.policies.findings.filter((finding) => !is.has(keyOf(finding))));
  const again = new Set(fresh.map(({ policy }) => policy));
  return [
    ...(after.policies.refusals.length === 0 ? [] : [refused(after.policies.refusals)]),
    ...byPolicy(fresh.filter(({ waiver }) => waiver === undefined)).map(broken),
    ...byPolicy(fresh.filter(({ waiver }) => waiver !== undefined)).map(waived),
    ...mended
      .filter(([{ policy }]) => !again.has(policy))
      .map(([{ policy }, ...more]) =>
        statement("policies", `Policy ${policy} is broken in ${counted(more.length + 1, "place")} fewer.`),
      ),
  ];
}

const keyOf = ({ policy, object, found, waiver }: PolicyResult) => JSON.stringify([policy, object, found, waiver]);

type Some = readonly [PolicyResult, ...PolicyResult[]];

function byPolicy(findings: readonly PolicyResult[]): Some[] {
  const groups = new Map<string, [PolicyResult, ...PolicyResult[]]>();
  for (const finding of findings) {
    const known = groups.get(finding.policy);
    if (known === undefined) groups.set(finding.policy, [finding]);
    else known.push(finding);
  }
  return [...groups.values()];
}

function refused(refusals: readonly string[]): Statement {
  return statement("refused", "pulumi up refuses the second side for its policies, and makes nothing of it.", {
    care: true,
    details: [...refusals],
  });
}

function broken(findings: Some): Statement {
  const [{ policy, title, severity, remedy }] = findings;
  return statement(
    "policies",
    `${severity === "mandatory" ? "Mandatory policy" : "Policy"} ${policy} is broken: ${title}.`,
    {
      care: severity === "mandatory",
      details: [...places(findings), `do: ${remedy}`],
    },
  );
}

function waived(findings: Some): Statement {
  const [{ policy, waiver }] = findings;
  return statement(
    "policies",
    `Policy ${policy} is waived until ${waiver?.expires ?? ""} by ${waiver?.owner ?? ""}: ${waiver?.reason ?? ""}.`,
    { care: true, details: places(findings) },
  );
}

function places(findings: Some): string[] {
  return [few(findings.map(({ object, found }) => `${object ?? "the network"}: ${found}`))];
}
