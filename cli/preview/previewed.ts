import type { Preview } from "../../lib/preview/document";
import { previewOf } from "../../lib/preview/preview";
import type { Problem } from "../../lib/spec/problem";
import { settingsNamespace } from "../../lib/spec/source/stack-document";
import { rules } from "../../policies/all";
import { objectOf, type PolicyFinding } from "../../policies/run";
import type { Verdict } from "../../policies/verdict";
import type { Plan } from "../../topologies/plan";

/** A preview, and why `pulumi up` would refuse what it shows, if it would. */
export interface PlanPreview {
  readonly preview: Preview;
  readonly refusals: readonly Problem[];
}

/**
 * Previews a plan. What breaks a mandatory policy is shown as well: whoever looks wants to see what is wrong.
 * @param stack Name of the Pulumi stack as which it is shown.
 * @param project Name of its Pulumi project.
 */
export async function previewOfPlan(plan: Plan, stack: string, project = settingsNamespace): Promise<PlanPreview> {
  const { sites, verdict } = plan.examine();
  const refusals = plan.locate(verdict.refusals);
  const policies = policiesOf(verdict, refusals);
  const preview = await previewOf({ ...plan, policies, synthesise: () => sites }, { project, stack });
  return { preview, refusals };
}

function policiesOf(verdict: Verdict, refusals: readonly Problem[]): Preview["policies"] {
  return {
    checked: rules.length,
    findings: [
      ...verdict.open.map(told),
      ...verdict.waived.map(({ finding, waiver: { owner, reason, expires } }) => ({
        ...told(finding),
        waiver: { owner, reason, expires },
      })),
    ],
    refusals: refusals.map(({ found, fix }) => `${found}. ${fix}`),
  };
}

function told(finding: PolicyFinding): Preview["policies"]["findings"][number] {
  const { id, title, severity, remedy } = finding.rule;
  const object = objectOf(finding);
  return { policy: id, title, severity, ...(object === "" ? {} : { object }), found: finding.found, remedy };
}
