import { networkLabel, type KubeObject } from "../constructs/manifests";
import { fieldAt, shown } from "./fields";
import type { ObjectFinding } from "./findings";
import type { LiveObject, Refusal } from "./live";

/** What an operator sets for one run, to take over fields that somebody else changed. */
export const forceVariable = "PULUMI_K8S_ENABLE_PATCH_FORCE";

/** Kinds whose values must not be shown. */
const hidden: ReadonlySet<string> = new Set(["Secret"]);

/** Fields to which somebody else has given another value, one finding for each of them who did. */
export function conflicts(desired: KubeObject, live: LiveObject | undefined, refusal: Refusal): ObjectFinding[] {
  const byManager = new Map<string, string[]>();
  for (const { reason, message, field } of refusal.causes) {
    if (reason !== "FieldManagerConflict") continue;
    const manager = /conflict with "([^"]+)"/.exec(message ?? "")?.[1] ?? "somebody else";
    byManager.set(manager, [...(byManager.get(manager) ?? []), field ?? "a field"]);
  }
  return [...byManager].map(([manager, fields]) => ({
    found: `${manager} has set ${fields
      .slice(0, 3)
      .map((field) => describe(field, live))
      .join(", ")}${fields.length > 3 ? ` and ${fields.length - 3} more fields` : ""}`,
    allowed: fields
      .slice(0, 3)
      .map((field) => describe(field, desired))
      .join(", "),
    fix: `if ${manager} is to keep it, say the same in the network; to take it back, once: \`pulumi refresh --yes\`, then \`${forceVariable}=true pulumi up\``,
  }));

  function describe(field: string, object: { readonly [key: string]: unknown } | undefined): string {
    const value = fieldAt(object, steps(field));
    // Paths through lists name an element by its keys (`[name="peer"]`): the path alone says enough.
    return hidden.has(desired.kind) || value === undefined ? field : `${field} to ${shown(value)}`;
  }
}

/** `.data.core.yaml` of a conflict: keys with dots are not marked, so try the rest as one key first. */
function steps(field: string): string[] {
  const [, root = "", ...rest] = field.split(".");
  return root === "data" ? [root, rest.join(".")] : [root, ...rest];
}

/** Whether the cluster's access rules (RBAC) forbid a request, rather than an admission check or a quota. */
export function isForbidden({ code, message }: Refusal): boolean {
  return code === 403 && /\bcannot (get|create|patch|update)\b/.test(message);
}

/**
 * Whether it is a ValidatingAdmissionPolicy of the network's own that refuses: it is brought up to date before what it is
 * about, so what it said before a waiver or a newer rule is no obstacle.
 */
export function byOwnPolicy({ metadata: { labels } }: KubeObject, { message }: Refusal): boolean {
  const network = labels[networkLabel];
  return network !== undefined && message.includes(`ValidatingAdmissionPolicy '${network}-`);
}

/** A right that is missing. The same for every object of a kind and namespace, so that it is told once. */
export function missingRight(desired: KubeObject, refusal: Refusal, user: string): ObjectFinding {
  const verb = /\bcannot (\w+) resource "([^"]+)"/.exec(refusal.message);
  const where =
    desired.metadata.namespace === undefined ? "in the cluster" : `in namespace ${desired.metadata.namespace}`;
  return {
    found: `no right of ${user} to ${verb?.[1] ?? "use"} ${verb?.[2] ?? desired.kind} ${where}`,
    allowed: "a user who may get, create, patch and delete the network's objects",
    fix: `ask the cluster's owner for the rights, or choose another \`context\` for the site; \`kubectl auth can-i --list\` shows what there is`,
  };
}

/**
 * Kubernetes lets nobody give rights to others that they do not have themselves (RBAC, "Privilege escalation prevention"):
 * whoever deploys agents needs what agents may do. The same for every Role, so that it is told once.
 */
export function notToGive({ code, message }: Refusal, user: string): ObjectFinding | undefined {
  if (code !== 403 || !message.includes("attempting to grant RBAC permissions not currently held")) return undefined;
  return {
    found: `a Role with rights that ${user} does not have: nobody may give more than they hold`,
    allowed: "a user who holds what the network's agents and Jobs may do, or the verbs `escalate` and `bind` on roles",
    fix: "ask the cluster's owner for the verbs `escalate` and `bind` on roles in the network's namespaces",
  };
}

/** Any other reason of the API server, in its own words; of a Secret only the fields, as the words may quote values. */
export function refused(desired: KubeObject, { message, causes }: Refusal): ObjectFinding {
  const words = hidden.has(desired.kind)
    ? causes.map(({ field, reason }) => `${field ?? "?"}: ${reason ?? "invalid"}`).join(", ") || "invalid"
    : message.replace(/\s+/g, " ").slice(0, 500);
  return {
    found: `that the API server would not take it: ${words}`,
    allowed: "an object that it takes (this was a dry run with strict field validation)",
    fix: "correct what the message names, in the network, or in the cluster's policies and quotas",
  };
}
