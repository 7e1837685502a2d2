import { fieldAt, textAt } from "../../deploy/fields";
import { counted } from "../../spec/words";
import type { RecordedResource } from "../graph";
import { changedPairs, few, keyOf, kindOf, statement, type Comparison } from "./comparison";
import type { ResourceChange, Statement } from "./document";
import { flowsOf, isPartOf } from "./flows";

/** What can be reached, and by whom; what pods may do; what their accounts may ask of the cluster. */
export function securityStatements(comparison: Comparison): Statement[] {
  return [
    ...flows(comparison),
    ...unguarded(comparison),
    ...rights(comparison),
    ...exposed(comparison),
    ...hardening(comparison),
  ];
}

type Side = "before" | "after";

/** Namespaces that come or go whole: in them everything is new, or gone. */
function wholeNamespaces({ changes }: Comparison): (change: Pick<ResourceChange, "site" | "namespace">) => boolean {
  const whole = new Set(
    changes.flatMap(({ kind, action, name, site }) =>
      kind === "Namespace" && action !== "update" ? [`${site}/${name}`] : [],
    ),
  );
  return ({ site, namespace }) => whole.has(`${site}/${namespace}`);
}

/** Single permissions that objects of some kinds give on one side, each with the changed objects that give it. */
function given(
  comparison: Comparison,
  side: Side,
  kinds: readonly string[],
  of: (resource: RecordedResource) => readonly string[],
) {
  const whole = wholeNamespaces(comparison);
  const changes = new Map(comparison.changes.map((change) => [change.urn, change]));
  const permissions = new Map<string, string[]>();
  for (const pair of comparison.pairs) {
    const resource = pair[side];
    if (resource === undefined || !kinds.includes(kindOf(resource))) continue;
    const change = changes.get((pair.after ?? pair.before)?.urn ?? "");
    if (change !== undefined && whole(change)) continue;
    for (const permission of of(resource)) {
      const urns = permissions.get(permission) ?? [];
      if (change !== undefined) urns.push(change.urn);
      permissions.set(permission, urns);
    }
  }
  return permissions;
}

/** Permissions of one side that the other does not give, not even as part of a wider one. */
function only(these: ReadonlyMap<string, string[]>, others: ReadonlyMap<string, string[]>) {
  const wide = [...others.keys()];
  const some = [...these]
    .filter(([permission]) => !others.has(permission) && !wide.some((other) => isPartOf(permission, other)))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return { details: some.map(([permission]) => permission), urns: [...new Set(some.flatMap(([, urns]) => urns))] };
}

function compared(
  comparison: Comparison,
  kinds: readonly string[],
  of: (resource: RecordedResource) => readonly string[],
  says: { readonly more: (count: number) => string; readonly less: (count: number) => string },
): Statement[] {
  if (!comparison.changes.some(({ kind }) => kinds.includes(kind))) return [];
  const [was, is] = [given(comparison, "before", kinds, of), given(comparison, "after", kinds, of)];
  const [more, less] = [only(is, was), only(was, is)];
  return [
    ...(more.details.length === 0
      ? []
      : [statement("security", says.more(more.details.length), { care: true, ...more })]),
    ...(less.details.length === 0 ? [] : [statement("security", says.less(less.details.length), less)]),
  ];
}

function flows(comparison: Comparison): Statement[] {
  return compared(comparison, ["NetworkPolicy"], ({ inputs }) => flowsOf(inputs), {
    more: (count) => `NetworkPolicies open ${counted(count, "more flow")}.`,
    less: (count) => `NetworkPolicies close ${counted(count, "flow")}.`,
  });
}

function rights(comparison: Comparison): Statement[] {
  return compared(comparison, ["Role", "ClusterRole"], rightsOf, {
    more: (count) => `Service accounts get ${counted(count, "more right")}.`,
    less: (count) => `Service accounts lose ${counted(count, "right")}.`,
  });
}

const texts = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : []);

function rightsOf({ inputs }: RecordedResource): string[] {
  const rules = inputs["rules"];
  const name = `${textAt(inputs, ["metadata", "namespace"]) ?? "the cluster"}/${textAt(inputs, ["metadata", "name"]) ?? ""}`;
  return (Array.isArray(rules) ? rules : []).flatMap((rule: unknown) => {
    const names = texts(fieldAt(rule, ["resourceNames"]));
    const things = texts(fieldAt(rule, ["resources"])).flatMap((resource) =>
      names.length === 0 ? [resource] : names.map((one) => `${resource}/${one}`),
    );
    return things.flatMap((thing) => texts(fieldAt(rule, ["verbs"])).map((verb) => `${name}: ${verb} ${thing}`));
  });
}

/** Objects by which a cluster refuses what nobody has allowed. */
const guards: readonly string[] = ["NetworkPolicy", "ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"];

/** What guards no longer. */
function unguarded(comparison: Comparison): Statement[] {
  const { before, after, changes } = comparison;
  // Another network, or another site, has guards of its own.
  if (before.network !== after.network) return [];
  const sites = new Set(after.sites.map(({ name }) => name));
  const whole = wholeNamespaces(comparison);
  const gone = changes.filter(
    (change) =>
      guards.includes(change.kind) &&
      (change.action === "remove" || change.action === "release") &&
      sites.has(change.site ?? "") &&
      !whole(change),
  );
  if (gone.length === 0) return [];
  return [
    statement(
      "security",
      `${counted(gone.length, "guard")} ${gone.length === 1 ? "goes" : "go"}: ${few(gone.map(keyOf))}.`,
      {
        care: gone.some(({ kind, name }) => kind !== "NetworkPolicy" || /default|deny/.test(name)),
        urns: gone.map(({ urn }) => urn),
      },
    ),
  ];
}

/** Services that can be reached from outside of the cluster from now on. */
function exposed({ pairs, changes }: Comparison): Statement[] {
  const byUrn = new Map(changes.map((change) => [change.urn, change]));
  return pairs.flatMap(({ before, after }) => {
    const change = after === undefined ? undefined : byUrn.get(after.urn);
    if (after === undefined || change === undefined || !isExposed(after)) return [];
    if (before !== undefined && isExposed(before)) return [];
    return [
      statement("security", `${keyOf(change)} can be reached from outside of the cluster.`, {
        care: true,
        urns: [change.urn],
      }),
    ];
  });
}

function isExposed(resource: RecordedResource): boolean {
  const kind = kindOf(resource);
  if (kind === "Ingress" || kind === "Gateway") return true;
  return kind === "Service" && ["LoadBalancer", "NodePort"].includes(textAt(resource.inputs, ["spec", "type"]) ?? "");
}

const hardened =
  /securityContext|\.host(Network|PID|IPC|Path)|automountServiceAccountToken|serviceAccountName|pod-security\.kubernetes\.io/;

/** Fields that say what a pod may do. */
function hardening(comparison: Comparison): Statement[] {
  const changed = changedPairs(comparison).flatMap(({ change }) => {
    const fields = change.fields.filter(({ path }) => hardened.test(path));
    return fields.length === 0 ? [] : [{ change, fields }];
  });
  if (changed.length === 0) return [];
  return [
    statement("security", `What pods may do changes in ${counted(changed.length, "object")}.`, {
      care: true,
      details: changed.flatMap(({ change, fields }) =>
        fields.map(
          ({ path, before, after }) =>
            `${keyOf(change)}: ${path} ${JSON.stringify(before ?? null)} → ${JSON.stringify(after ?? null)}`,
        ),
      ),
      urns: changed.map(({ change }) => change.urn),
    }),
  ];
}
