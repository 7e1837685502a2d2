import type { KubeObject } from "../lib/constructs/manifests";
import { networkLabel } from "../lib/constructs/manifests";
import type { Network, Waiver } from "../lib/spec/network";
import type { AdmissionGroup, Cel, ObjectRule, Rule, Severity } from "./rule";
import { holds, type Day } from "./waivers";

const version = "admissionregistration.k8s.io/v1";

/** A rule that CEL can say. */
type AdmissionRule = ObjectRule & { readonly cel: Cel };

/** Rules of one group and severity: what one ValidatingAdmissionPolicy holds. */
interface Admission {
  readonly group: AdmissionGroup;
  readonly severity: Severity;
  readonly rules: readonly AdmissionRule[];
}

/**
 * The rules that CEL can say as objects of a cluster, so that its API server refuses whatever breaks a mandatory one in
 * the network's namespaces, whoever makes it, and warns of what breaks an advisory one. One ValidatingAdmissionPolicy
 * and its binding for each group of objects and severity, however large the network is.
 *
 * A rule that is waived for all objects is left out; objects that are waived one by one, and the pods that they make, are
 * let through.
 *
 * @param today Against which waivers end. One that ends later ends in the cluster with the next `pulumi up`.
 */
export function admissionObjects(
  rules: readonly Rule[],
  network: Pick<Network, "name" | "waivers">,
  today: Day,
): KubeObject[] {
  const waivers = network.waivers.filter((waiver) => holds(waiver, today));
  const whole = new Set(waivers.filter(({ object }) => object === undefined).map(({ policy }) => policy));
  return admissionsOf(rules.filter(({ id }) => !whole.has(id))).flatMap((admission) => {
    const { group, severity } = admission;
    const name = `${network.name}-${group.name}${severity === "mandatory" ? "" : "-advice"}`;
    const metadata = {
      name,
      labels: { "app.kubernetes.io/part-of": network.name, [networkLabel]: network.name },
    };
    return [
      {
        apiVersion: version,
        kind: "ValidatingAdmissionPolicy",
        metadata,
        spec: policySpec(admission, network.name, waivers),
      },
      {
        apiVersion: version,
        kind: "ValidatingAdmissionPolicyBinding",
        metadata,
        spec: { policyName: name, validationActions: severity === "mandatory" ? ["Deny"] : ["Warn", "Audit"] },
      },
    ];
  });
}

function admissionsOf(rules: readonly Rule[]): readonly Admission[] {
  const admissions = new Map<string, Admission>();
  for (const rule of rules) {
    if (!isAdmissionRule(rule)) continue;
    const { severity, cel } = rule;
    const key = `${cel.on.name} ${severity}`;
    const others = admissions.get(key)?.rules ?? [];
    admissions.set(key, { group: cel.on, severity, rules: [...others, rule] });
  }
  return [...admissions.values()];
}

function isAdmissionRule(rule: Rule): rule is AdmissionRule {
  return rule.scope === "object" && rule.cel !== undefined;
}

function policySpec({ group, severity, rules }: Admission, network: string, waivers: readonly Waiver[]): object {
  const ofNetwork = { matchLabels: { [networkLabel]: network } };
  return {
    // Nothing can be asked that does not answer; what errs here is an object that an expression was not made for.
    failurePolicy: severity === "mandatory" ? "Fail" : "Ignore",
    matchConstraints: {
      ...(group.clusterWide ? { objectSelector: ofNetwork } : { namespaceSelector: ofNetwork }),
      resourceRules: group.match,
    },
    matchConditions: [
      // Whoever removes an object, or changes its owner or its finalizers only, has not said what stands in it.
      { name: "says-something", expression: `request.operation == 'CREATE' || !(${group.unchanged})` },
      { name: "stays", expression: "!has(object.metadata.deletionTimestamp)" },
    ],
    ...(Object.keys(group.variables).length === 0
      ? {}
      : { variables: Object.entries(group.variables).map(([name, expression]) => ({ name, expression })) }),
    validations: rules.map(({ id, cel }) => ({
      expression: unlessWaived(
        cel.expression,
        waivers.flatMap(({ policy, object }) => (policy === id && object !== undefined ? [object] : [])),
      ),
      message: `${cel.message} (policy ${id})`,
      reason: "Invalid",
    })),
  };
}

/** @param objects As waivers name them: `<kind>/<namespace>/<name>`, or `<kind>/<name>`. */
function unlessWaived(expression: string, objects: readonly string[]): string {
  return [...objects.map(isObject), objects.length === 0 ? expression : `(${expression})`].join(" || ");
}

/** Whether an object is the one that is waived, or a pod or set of pods that it has made. */
function isObject(waived: string): string {
  const [kind = "", ...rest] = waived.split("/");
  const name = text(rest.at(-1) ?? "");
  const itself = `object.kind == ${text(kind)} && object.metadata.name == ${name}`;
  if (rest.length < 2) return `(${itself})`;
  // A Deployment's pods belong to a ReplicaSet that carries its name and a digest; those of a CronJob likewise to a Job.
  const made = `object.metadata.?ownerReferences.orValue([]).exists(o, o.kind == ${text(kind)} && o.name == ${name} || o.kind in ['ReplicaSet', 'Job'] && o.name.startsWith(${name} + '-'))`;
  return `(request.namespace == ${text(rest[0] ?? "")} && (${itself} || ${made}))`;
}

/** A text in CEL; what people may write in a waiver need not be a name. */
function text(value: string): string {
  return `'${value.replaceAll(/[\\']/g, (character) => `\\${character}`)}'`;
}
