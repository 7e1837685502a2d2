import { joinedAccount } from "../../federation/join";
import { kindOf, resourceName } from "../../federation/kinds";
import type { Engine } from "../../federation/render";
import type { KubeObject } from "../../constructs/manifests";
import type { ApiServer } from "../api-server";
import { fieldAt, textAt } from "../fields";
import type { ClusterFinding, ObjectFinding } from "../findings";

/** What is said of a host, or of an engine's way to members. */
export interface EngineReport {
  readonly findings: readonly ClusterFinding[];
  readonly warnings: readonly string[];
}

/**
 * Whether the engine on a host would take objects to members. What it gets wrong by itself it does in silence, so it is
 * asked before anything is given to it.
 */
export async function engineFindings(
  engine: Exclude<Engine, "direct">,
  host: string,
  api: ApiServer,
  members: readonly string[],
): Promise<readonly ClusterFinding[]> {
  const findings = await (engine === "karmada" ? karmada(api, members) : kubefed(api, members));
  return findings.map((finding) => ({ site: host, ...finding }));
}

async function karmada(api: ApiServer, members: readonly string[]): Promise<ObjectFinding[]> {
  if ((await api.get("/apis/policy.karmada.io/v1alpha1")).status !== 200) {
    return [notInstalled(api, "Karmada", "policy.karmada.io/v1alpha1")];
  }
  const policy = {
    apiVersion: "policy.karmada.io/v1alpha1",
    kind: "PropagationPolicy",
    metadata: { name: "fabric-topologies-asks", namespace: "default" },
    spec: {
      resourceSelectors: [{ apiVersion: "v1", kind: "ConfigMap", name: "fabric-topologies-asks" }],
      placement: { clusterAffinity: { clusterNames: ["none"] } },
    },
  };
  const tried = await api.post(
    "/apis/policy.karmada.io/v1alpha1/namespaces/default/propagationpolicies?dryRun=All",
    policy,
  );
  const id = fieldAt(tried.body, ["metadata", "labels", "propagationpolicy.karmada.io/permanent-id"]);
  const findings: ObjectFinding[] = [];
  if (tried.status >= 300) {
    findings.push({
      found: `that Karmada's control plane takes no policy: ${textAt(tried.body, ["message"]) ?? `HTTP ${tried.status}`}`,
      allowed: "one that takes a PropagationPolicy (this was a dry run)",
      fix: "see whether karmada-webhook runs and can be reached, then run again",
    });
  } else if (typeof id !== "string" || id === "") {
    findings.push({
      found:
        "no webhook of Karmada: a policy gets no permanent-id, so its objects would stay unscheduled for ever, without a word",
      allowed: "karmada-webhook, with its MutatingWebhookConfiguration",
      fix: "install karmada-webhook and its configurations; policies that were made without it have to be deleted and made anew",
    });
  }
  const clusters = await api.get("/apis/cluster.karmada.io/v1alpha1/clusters");
  const token = (member: string) => `/api/v1/namespaces/karmada-cluster/secrets/${member}`;
  return [...findings, ...notReady(clusters.body, await withToken(api, members, token), "Karmada")];
}

async function kubefed(api: ApiServer, members: readonly string[]): Promise<ObjectFinding[]> {
  if ((await api.get("/apis/core.kubefed.io/v1beta1")).status !== 200) {
    return [notInstalled(api, "KubeFed", "core.kubefed.io/v1beta1")];
  }
  const root = "/apis/core.kubefed.io/v1beta1/namespaces/kube-federation-system";
  const config = await api.get(`${root}/kubefedconfigs/kubefed`);
  const findings: ObjectFinding[] = [];
  if (config.status !== 200) {
    findings.push({
      found: "no KubeFedConfig kubefed in kube-federation-system: the controller ends at once",
      allowed: "one with all its fields (nothing is filled in without KubeFed's webhook)",
      fix: "install KubeFed's chart, or make the KubeFedConfig, then start the controller",
    });
  } else if (fieldAt(config.body, ["spec", "syncController", "adoptResources"]) === "Disabled") {
    findings.push({
      found: "a KubeFed that takes over nothing (syncController.adoptResources Disabled)",
      allowed: "Enabled: namespaces that a destroyed network left with its ledgers must be taken up again",
      fix: "set `syncController.adoptResources: Enabled` in the KubeFedConfig kubefed",
    });
  }
  const clusters = await api.get(`${root}/kubefedclusters`);
  const token = (member: string) => `/api/v1/namespaces/kube-federation-system/secrets/member-${member}`;
  return [...findings, ...notReady(clusters.body, await withToken(api, members, token), "KubeFed")];
}

function notInstalled(api: ApiServer, name: string, group: string): ObjectFinding {
  return {
    found: `no ${name} at ${api.address}: its API server knows no ${group}`,
    allowed: `the API server on which ${name}'s definitions and controllers are installed`,
    fix: `install ${name}, correct \`federation.host\` in the settings, or choose another \`federation.engine\``,
  };
}

/** Members for which the host has a token. The others' joining was interrupted, and this run brings it to its end. */
async function withToken(api: ApiServer, members: readonly string[], path: (member: string) => string) {
  const secrets = await Promise.all(members.map(async (member) => ({ member, ...(await api.get(path(member))) })));
  return secrets.flatMap(({ member, body }) => ((textAt(body, ["data", "token"]) ?? "") === "" ? [] : member));
}

/** Members that are registered and that the engine cannot use. One that is not yet there is registered by this run. */
function notReady(list: unknown, members: readonly string[], engine: string): ObjectFinding[] {
  const items = fieldAt(list, ["items"]);
  return (Array.isArray(items) ? items : []).flatMap((item: unknown): ObjectFinding[] => {
    const name = textAt(item, ["metadata", "name"]) ?? "";
    if (!members.includes(name)) return [];
    const conditions = fieldAt(item, ["status", "conditions"]);
    const ready = (Array.isArray(conditions) ? conditions : []).find(
      (one) => fieldAt(one, ["type"]) === "Ready",
    ) as unknown;
    if (textAt(ready, ["status"]) === "True") return [];
    const why = [textAt(ready, ["reason"]), textAt(ready, ["message"])].filter((text) => text !== undefined).join(": ");
    return [
      {
        found: `the member ${name} not Ready to ${engine}${why === "" ? "" : ` (${why})`}: what is sent to it would wait`,
        allowed: "members that the host reaches with the token that it has",
        fix: `make the host reach ${name}'s API server, and see that the account's token is still there; or take ${name} out of the settings`,
      },
    ];
  });
}

/**
 * Whether the engine's account on a member may do there what it has to. KubeFed that may not list one kind calls the member
 * Ready, takes nothing to anybody any more, and ends after a while. Asked of the member itself (SubjectAccessReview).
 */
export async function rightsFindings(
  engine: Exclude<Engine, "direct">,
  host: string,
  member: string,
  api: ApiServer,
  objects: readonly KubeObject[],
): Promise<EngineReport> {
  const { namespace, name } = joinedAccount(engine, host, member);
  const account = await api.get(`/api/v1/namespaces/${namespace}/serviceaccounts/${name}`);
  // Not joined yet: the rights come with the account.
  if (account.status !== 200) return { findings: [], warnings: [] };
  const kinds = new Map(objects.map((object) => [resourceName(kindOf(object)), kindOf(object)] as const));
  const verbs = ["list", "watch", "create", "update", "patch", "delete"];
  const answers = await Promise.all(
    [...kinds].flatMap(([resource, { group, plural }]) =>
      verbs.map(async (verb) => {
        const review = await api.post("/apis/authorization.k8s.io/v1/subjectaccessreviews", {
          apiVersion: "authorization.k8s.io/v1",
          kind: "SubjectAccessReview",
          spec: {
            user: `system:serviceaccount:${namespace}:${name}`,
            groups: ["system:authenticated", "system:serviceaccounts", `system:serviceaccounts:${namespace}`],
            resourceAttributes: { group, resource: plural, verb },
          },
        });
        return { resource, verb, status: review.status, allowed: fieldAt(review.body, ["status", "allowed"]) === true };
      }),
    ),
  );
  const asked = answers.filter(({ status }) => status < 300);
  if (asked.length < answers.length) {
    return {
      findings: [],
      warnings: [`what ${engine} may do on ${member} cannot be asked (no right to review access)`],
    };
  }
  const missing = asked.filter(({ allowed }) => !allowed);
  if (missing.length === 0) return { findings: [], warnings: [] };
  const shown = missing.slice(0, 4).map(({ verb, resource }) => `${verb} ${resource}`);
  return {
    warnings: [],
    findings: [
      {
        site: member,
        found: `that the account of ${engine} (${namespace}/${name}) may not ${shown.join(", ")}${missing.length > 4 ? ` and ${missing.length - 4} more` : ""}`,
        allowed:
          engine === "kubefed"
            ? "all that it carries: KubeFed calls such a member Ready, and stops taking anything to any member"
            : "all that it carries",
        fix: `give the account its ClusterRole and ClusterRoleBinding fabric-topologies:${name} back (\`pulumi refresh --yes\`, then \`pulumi up\`)`,
      },
    ],
  };
}
