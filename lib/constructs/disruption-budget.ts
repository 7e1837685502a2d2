import { IntOrString, type PodDisruptionBudgetSpec } from "cdk8s-plus-28/lib/imports/k8s";
import { roleSelector, type WorkloadRole } from "./labels";

/**
 * A budget of an organisation's pods of one role. It protects those that serve. One that is not ready serves nobody and may
 * always go: by default (`IfHealthyBudget`) it might not while others are unready too, and neither a drain nor the renewal of
 * an ended certificate would get it out of that state.
 *
 * @param keep Ready pods that evictions must leave.
 */
export function disruptionBudget(role: WorkloadRole, keep: number): PodDisruptionBudgetSpec {
  return {
    minAvailable: IntOrString.fromNumber(keep),
    selector: { matchLabels: roleSelector(role) },
    unhealthyPodEvictionPolicy: "AlwaysAllow",
  };
}
