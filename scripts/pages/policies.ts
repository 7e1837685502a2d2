import { markdownTable } from "../../lib/explain/markdown";
import { rules } from "../../policies/all";
import { domains, type Domain, type Rule } from "../../policies/rule";

/** docs/generated/policies.md: every rule that networks are held against, and why. */
export function policiesPage(): string {
  const judged = rules.filter(inCluster).length;
  const mandatory = rules.filter(({ severity }) => severity === "mandatory").length;
  return `# Policies

What every network is held against before anything of it is written or deployed: ${rules.length} rules, ${mandatory} of them mandatory. A
mandatory rule that is broken stops \`validate\`, \`synth\` and \`pulumi up\`, unless the network file
[waives it](../infrastructure-team.md#waiving-a-policy); an advisory one is told by \`npx fabric-topologies policies check\`.
\`npx fabric-topologies policies explain <id>\` shows an example that breaks a rule and one that keeps it.

${judged} of them, marked with ⎈, are judged by the [API server](../architect.md#in-the-cluster-too), too; all of them by
[Pulumi's engine](../architect.md#in-pulumis-engine-too), where it runs the pack.

${(Object.keys(domains) as Domain[]).map(section).join("\n\n")}
`;
}

function section(domain: Domain): string {
  const rows = rules.filter((rule) => rule.domain === domain).map(row);
  return `## ${domains[domain]}

${markdownTable(["Policy", "Asks", "Why", "What to do", "Sources"], rows)}`;
}

const inCluster = (rule: Rule): boolean => rule.scope === "object" && rule.cel !== undefined;

function row(rule: Rule): string[] {
  const { id, severity, title, why, remedy, sources } = rule;
  const marks = `${inCluster(rule) ? " ⎈" : ""}${severity === "mandatory" ? "" : " (advisory)"}`;
  return [`\`${id}\`${marks}`, `${title}.`, why, remedy, sources.join("; ")];
}
