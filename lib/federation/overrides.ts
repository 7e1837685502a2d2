import type { Json, KubeObject } from "../constructs/manifests";
import { objectKey } from "../constructs/manifests";
import type { FederationFinding } from "./findings";
import { patched, stepsOf, type Operation } from "./patch";

/** What is another for one member than for the others. */
export interface Override {
  readonly member: string;
  readonly operations: readonly [Operation, ...Operation[]];
}

/** What an object is for the federation, and so the same everywhere (KubeFed refuses these paths when it is too late). */
const identity = ["/apiVersion", "/kind", "/metadata/generateName", "/metadata/name", "/metadata/namespace"];

/** Fields that are fixed when an object is made: a later change of the override would fail on the member for ever. */
const fixed: Readonly<Record<string, readonly string[]>> = {
  ClusterRoleBinding: ["/roleRef"],
  DaemonSet: ["/spec/selector"],
  Deployment: ["/spec/selector"],
  Job: ["/spec/selector", "/spec/template", "/spec/completionMode"],
  RoleBinding: ["/roleRef"],
  Service: ["/spec/clusterIP"],
  StatefulSet: ["/spec/podManagementPolicy", "/spec/selector", "/spec/serviceName", "/spec/volumeClaimTemplates"],
};

/**
 * What is wrong with an override. Neither engine says it in time: KubeFed fails at every synchronisation, and Karmada
 * reports success for what it never applied.
 */
export function checkOverride(template: KubeObject, { member, operations }: Override): FederationFinding[] {
  const findings: FederationFinding[] = [];
  const seen = new Set<string>();
  const object = objectKey(template);
  let document = template as unknown as Json;
  for (const operation of operations) {
    const { path } = operation;
    const found = (what: string, allowed: string, fix: string) =>
      findings.push({
        object,
        found: `an override of ${path || "the whole object"} for ${member}${what}`,
        allowed,
        fix,
        about: { member },
      });
    const touches = (paths: readonly string[]) => paths.find((one) => within(path, one) || within(one, path));
    if (seen.has(path)) {
      found(", twice", "each path once for a member", "keep one of them");
      continue;
    }
    seen.add(path);
    if (touches(identity) !== undefined) {
      found(
        ", which says what the object is",
        "paths other than apiVersion, kind and the object's name and namespace",
        "make it an object of another name",
      );
      continue;
    }
    const held = touches(fixed[template.kind] ?? []);
    if (held !== undefined) {
      found(
        `, and ${held} is fixed when a ${template.kind} is made`,
        `one ${held} for all members`,
        "give the object another name on that member, or say the same for all",
      );
      continue;
    }
    try {
      document = patched(document, [operation]);
    } catch {
      found(
        ` that leads nowhere (${operation.op})`,
        "a path whose parent is there, and which is there itself where it is replaced or removed",
        `say ${JSON.stringify(pathUpTo(document, path))} as a whole`,
      );
    }
  }
  return findings;
}

/** Whether a pointer is another one or below it. */
const within = (path: string, other: string): boolean => path === other || path.startsWith(`${other}/`);

/** The longest part of a pointer that leads somewhere, and one step more. */
function pathUpTo(document: Json, path: string): string {
  let at: Json | undefined = document;
  let reached = "";
  for (const step of stepsOf(path)) {
    reached += `/${step}`;
    at = typeof at === "object" && at !== null ? (at as Readonly<Record<string, Json>>)[step] : undefined;
    if (at === undefined) break;
  }
  return reached;
}
