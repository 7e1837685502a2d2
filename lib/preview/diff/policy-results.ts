import { counted } from "../../spec/words";
import type { PolicyResult } from "../document";
import { few, statement, type Comparison } from "./comparison";
import type { Statement } from "./document";

/** Policies that are broken where they were kept, kept where they were broken, and waivers that are new. */
export function policyStatements({ before, after }: Comparison): Statement[] {
  const fresh = beyond(after.policies.findings, before.policies.findings);
  const mended = byPolicy(beyond(before.policies.findings, after.policies.findings));
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

/**
 * Findings of one side that the other has not, or not as many of. The same object that breaks the same policy with another
 * image breaks it no more than before.
 */
function beyond(these: readonly PolicyResult[], others: readonly PolicyResult[]): PolicyResult[] {
  const left = new Map<string, number>();
  for (const finding of others) left.set(keyOf(finding), (left.get(keyOf(finding)) ?? 0) + 1);
  return these.filter((finding) => {
    const known = left.get(keyOf(finding)) ?? 0;
    left.set(keyOf(finding), known - 1);
    return known <= 0;
  });
}

/** A Job is named after what it does, so that other work is another Job; to a policy it is the one that does such work. */
const keyOf = ({ policy, object, waiver }: PolicyResult) =>
  JSON.stringify([policy, object?.replace(/^(Job\/.*)-[0-9a-f]{8}$/, "$1"), waiver]);

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
