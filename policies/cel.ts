import type { AdmissionMatch } from "./rule";

/** One kind of object, as admission names it. */
export function admits(group: string, version: string, ...resources: readonly string[]): readonly AdmissionMatch[] {
  return [{ apiGroups: [group], apiVersions: [version], resources }];
}

/** Everything that runs pods, and pods themselves: a Deployment is refused, and not only the pods that it would make. */
const podMatch: readonly AdmissionMatch[] = [
  ...admits("", "v1", "pods"),
  ...admits("apps", "v1", "deployments", "statefulsets", "daemonsets", "replicasets"),
  ...admits("batch", "v1", "jobs", "cronjobs"),
];

const podSpec =
  "object.kind == 'Pod' ? object.spec : object.kind == 'CronJob' ? object.spec.jobTemplate.spec.template.spec : object.spec.template.spec";
const containers =
  "variables.pod.containers + variables.pod.?initContainers.orValue([]) + variables.pod.?ephemeralContainers.orValue([])";

/** The match and the variables of an expression about pods: `variables.pod`, and `variables.containers` of all kinds. */
export const ofPods = { match: podMatch, variables: { pod: podSpec, containers } } as const;
