import { Command } from "commander";
import { formatProblems, type Finding } from "../../lib/spec/problem";
import { settingsNamespace } from "../../lib/spec/source/stack-document";
import { counted } from "../../lib/spec/words";
import { objectOf, type PolicyFinding } from "../../policies/run";
import { stackOf } from "../../policies/recorded";
import { verdictJson } from "../../policies/tell";
import { placeOf, type Verdict } from "../../policies/verdict";
import type { Plan } from "../../topologies/plan";
import { planOf, stackNameOf, takesStack, type InputOptions } from "../input";
import { palette, say } from "../terminal";

/** Told apart from 1, which is for what could not be judged at all. */
const exitRefused = 3;

/** `fabric-topologies policies check`: everything that a network breaks, waives, and waives in vain. */
export function checkCommand(): Command {
  return takesStack(
    new Command("check")
      .summary("tell which policies a network breaks")
      .description(
        "Hold everything that the Pulumi program would ask for, objects and resources of clouds, against every policy, and tell what breaks one and what is waived. Touches no cluster.",
      ),
  )
    .option("--json", "findings and waivers as JSON")
    .addHelpText(
      "after",
      `
Exit code: 0 where nothing mandatory is broken, 3 where something is or a waiver has expired, 1 where nothing could be
judged.

Examples:
  $ fabric-topologies policies check examples/minimal/network.yaml
  $ fabric-topologies policies check --stack production --json | jq '.findings[] | select(.severity == "mandatory")'`,
    )
    .action(async (file: string | undefined, options: InputOptions & { readonly json?: boolean }) => {
      const plan = planOf(file, options);
      // Pulumi's SDK takes half a second to load; a network with mistakes is told before.
      const { recordNetwork } = await import("../../lib/preview/record");
      const identity = { project: settingsNamespace, stack: stackNameOf(options) };
      const { resources } = await recordNetwork({ ...plan, synthesise: () => plan.examine().sites }, identity);
      const verdict = plan.judge(stackOf(resources));
      if (verdict.refusals.length > 0) process.exitCode = exitRefused;
      if (options.json) {
        const placed = (finding: PolicyFinding): Finding => asFinding(plan, finding);
        return say(JSON.stringify(verdictJson(verdict, plan.locate, placed), undefined, 2));
      }
      say(text(plan, verdict));
    });
}

function asFinding({ network }: Plan, finding: PolicyFinding): Finding {
  const { title, remedy } = finding.rule;
  return {
    document: "network",
    path: placeOf(network, finding),
    found: finding.found,
    allowed: title,
    fix: remedy,
  };
}

/** What is wrong first by rule, with the objects below it; then what is waived, and what may go. */
function text(plan: Plan, verdict: Verdict): string {
  const { bad, strong, faint } = palette(process.stdout);
  const byRule = new Map<string, PolicyFinding[]>();
  for (const finding of verdict.open) byRule.set(finding.rule.id, [...(byRule.get(finding.rule.id) ?? []), finding]);
  const groups = [...byRule.values()].sort((a, b) => rank(a) - rank(b));
  const lines = groups.flatMap((findings) => {
    const [first] = findings;
    if (first === undefined) return [];
    const { id, severity, title, remedy } = first.rule;
    const shownFindings = findings.slice(0, 5);
    return [
      `${severity === "mandatory" ? bad(severity) : severity} ${strong(id)}: ${title}`,
      ...shownFindings.map(
        (finding) => `    ${objectOf(finding) || "the network"}: found ${finding.found}${faint(lineOf(plan, finding))}`,
      ),
      ...(findings.length > shownFindings.length
        ? [`    and ${findings.length - shownFindings.length} more (--json tells all)`]
        : []),
      `    do: ${remedy}`,
    ];
  });
  const waived = verdict.waived.map(
    ({ finding, waiver }) =>
      `waived ${finding.rule.id}: ${objectOf(finding) || "the network"}, to ${waiver.expires} by ${waiver.owner}: ${waiver.reason}`,
  );
  const mandatory = verdict.open.filter(({ rule }) => rule.severity === "mandatory").length;
  const summary = [
    `${counted(mandatory, "mandatory finding")}, ${counted(verdict.open.length - mandatory, "advisory finding")}, ${verdict.waived.length} waived`,
    ...(verdict.expired.length > 0 ? [`${counted(verdict.expired.length, "expired waiver")}`] : []),
  ].join(", ");
  const aboutWaivers = [...verdict.expired, ...verdict.advice];
  return [
    ...lines,
    ...(aboutWaivers.length > 0 ? [formatProblems(plan.locate(aboutWaivers))] : []),
    ...waived,
    summary,
  ].join("\n");
}

const rank = ([first]: readonly PolicyFinding[]) => (first?.rule.severity === "mandatory" ? 0 : 1);

function lineOf(plan: Plan, finding: PolicyFinding): string {
  const [problem] = plan.locate([asFinding(plan, finding)]);
  return problem === undefined || problem.line === 0 ? "" : ` (${problem.file}:${problem.line})`;
}
