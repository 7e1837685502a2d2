/** Label selectors as the API server evaluates them. Source: kubernetes.io, "Labels and Selectors". */
import type { V1LabelSelector } from "@kubernetes/client-node";

export type Labels = Readonly<Record<string, string>>;

/** Whether labels satisfy a selector; an empty one selects everything. Errors: an operator that Kubernetes lacks. */
export function matches(selector: V1LabelSelector, labels: Labels): boolean {
  return (
    Object.entries(selector.matchLabels ?? {}).every(([key, value]) => labels[key] === value) &&
    (selector.matchExpressions ?? []).every(({ key, operator, values = [] }) => {
      const value = labels[key];
      switch (operator) {
        case "In":
          return value !== undefined && values.includes(value);
        case "NotIn":
          return value === undefined || !values.includes(value);
        case "Exists":
          return value !== undefined;
        case "DoesNotExist":
          return value === undefined;
        default:
          throw new Error(`label selectors know no operator "${operator}"`);
      }
    })
  );
}
