import { configMaps, pods, roleBindings, roles } from "../cel";
import { deployment, object } from "../examples";
import {
  at,
  containersOf,
  fields,
  items,
  podKinds,
  podOf,
  roleOf,
  texts,
  textsOf,
  type Fields,
  shown,
} from "../manifest";
import type { Fault, Manifest, ObjectRule } from "../rule";

const common = { domain: "identity", scope: "object" } as const;
const keysStay = "docs/decisions/identities.md";
const cryptography = "GB/T 39786-2021, key management";

const privateKey = /-----BEGIN [A-Z ]*PRIVATE KEY-----/;
/** Names of variables that hold what nobody may read; those of files and addresses only say where it is. */
const confidential = /(PASSWORD|PASSWD|SECRET|TOKEN|PRIVATE_KEY|CREDENTIALS?)$/i;
/** "PRIVATE KEY-----" as it reads in base64, wherever a group of three bytes begins; a policy in CEL sees no other form. */
const encodedKey = ["UFJJVkFURSBLRVktLS0tL", "BSSVZBVEUgS0VZLS0tLS", "QUklWQVRFIEtFWS0tLS0t"];
const isPath = (value: string) => /^(\/|\.\/|https?:)/.test(value) || value === "";

const configMap = (file: string, text: string): Manifest =>
  object("v1", "ConfigMap", "peer0-amber-config", { data: { [file]: text } });
const rbac = "rbac.authorization.k8s.io";
const binding = (subject: Fields): Manifest =>
  object(`${rbac}/v1`, "RoleBinding", "agent", {
    roleRef: { apiGroup: rbac, kind: "Role", name: "agent" },
    subjects: [subject],
  });
const role = (rules: readonly Fields[]): Manifest => object(`${rbac}/v1`, "Role", "agent", { rules });

/** The values of `binaryData`, as far as they are letters. */
function decoded(value: unknown): readonly (readonly [string, string])[] {
  return Object.entries(textsOf(value)).map(([key, text]) => [key, Buffer.from(text, "base64").toString("latin1")]);
}

/** Keys are born where they are used, and never pass through a program's output, a ConfigMap or an environment. */
export const identityRules: readonly ObjectRule[] = [
  {
    ...common,
    kinds: ["ConfigMap"],
    id: "identity-no-key-in-configmap",
    title: "No ConfigMap holds a private key",
    severity: "mandatory",
    why: "ConfigMaps are read by everybody who may look into the namespace, are not encrypted at rest, and stand in Pulumi's state in clear.",
    sources: ["R4", keysStay, cryptography],
    remedy: "Let the pod enrol: its key is then born on its own volume and stays there.",
    check: (one) =>
      [...Object.entries(textsOf(one["data"])), ...decoded(one["binaryData"])]
        .filter(([, text]) => privateKey.test(text))
        .map(([key]): Fault => ({ found: `a private key in ${key}` })),
    examples: {
      bad: configMap("server.key", "-----BEGIN PRIVATE KEY-----\nnot a key\n-----END PRIVATE KEY-----\n"),
      good: configMap("core.yaml", "peer:\n  networkId: trade\n"),
    },
    cel: {
      on: configMaps,
      expression: `object.?data.orValue({}).all(k, !object.data[k].contains('PRIVATE KEY-----')) && object.?binaryData.orValue({}).all(k, ${encodedKey.map((part) => `!object.binaryData[k].contains('${part}')`).join(" && ")})`,
      message: "no ConfigMap may hold a private key",
    },
  },
  {
    ...common,
    kinds: ["Secret"],
    id: "identity-no-secret-values",
    title: "No Secret with values in it is part of the stack",
    severity: "mandatory",
    why: "What the stack holds stands in Pulumi's state, in previews and in the files that synth writes. Secrets are made in the cluster, by the Jobs of each organisation.",
    sources: ["R4", keysStay, cryptography],
    remedy: "Name a Secret that somebody makes in the cluster, and leave its values out of the stack.",
    check: (one) =>
      ["data", "stringData"]
        // Recorders and engines show one text in place of everything that a Secret holds.
        .filter((key) => typeof one[key] === "string" || Object.keys(fields(one[key])).length > 0)
        .map((key): Fault => ({ found: `values under ${key}` })),
    examples: {
      bad: object("v1", "Secret", "enrolment", { stringData: { "peer0-amber-0": "example" } }),
      good: object("v1", "Secret", "enrolment", { type: "Opaque" }),
    },
  },
  {
    ...common,
    kinds: podKinds,
    id: "identity-no-secret-in-environment",
    title: "No password, token or key is written into a container's environment",
    severity: "mandatory",
    why: "An environment is shown to everybody who may look at the pod, and handed to every process in it.",
    sources: ["R4", cryptography, "Kubernetes documentation, Good practices for Kubernetes Secrets"],
    remedy: "Mount the Secret as a file, and say where the file is.",
    check: (one) =>
      containersOf(one).flatMap(({ name, container }) =>
        items(container["env"]).flatMap(({ name: variable, value }): Fault[] => {
          if (typeof value !== "string") return [];
          const told = privateKey.test(value) || (confidential.test(shown(variable)) && !isPath(value));
          return told ? [{ found: `the value of ${shown(variable)} in container ${name}` }] : [];
        }),
      ),
    examples: {
      bad: deployment({ env: [{ name: "COUCHDB_PASSWORD", value: "example" }] }),
      good: deployment({ env: [{ name: "ENROL_SECRET", value: "/run/enrolment/secret" }] }),
    },
    cel: {
      on: pods,
      expression:
        "variables.containers.all(c, c.?env.orValue([]).all(e, !has(e.value) || !e.value.contains('PRIVATE KEY-----') && (!e.name.matches('(?i)(PASSWORD|PASSWD|SECRET|TOKEN|PRIVATE_KEY|CREDENTIALS?)$') || e.value == '' || e.value.matches('^(/|[.]/|https?:)'))))",
      message: "no password, token or key may stand in a container's environment",
    },
  },
  {
    ...common,
    kinds: podKinds,
    id: "identity-no-token",
    title: "No pod has a token of Kubernetes that it was not given by hand",
    severity: "mandatory",
    why: "Mounted by default, the token is in every container of the pod, also in somebody else's chaincode.",
    sources: ["Kubernetes documentation, Configure Service Accounts for Pods: opt out of API credential automounting"],
    remedy: "Set automountServiceAccountToken: false, and project a token into the one container that needs it.",
    check: (one) =>
      podOf(one)?.spec["automountServiceAccountToken"] === false
        ? []
        : [{ found: "no automountServiceAccountToken: false" }],
    examples: {
      bad: deployment({}),
      good: deployment({}, { automountServiceAccountToken: false }),
    },
    cel: {
      on: pods,
      expression: "!variables.pod.?automountServiceAccountToken.orValue(true)",
      message: "automountServiceAccountToken must be false",
    },
  },
  {
    ...common,
    kinds: podKinds,
    id: "identity-token-of-agents-only",
    title: "Only agents and an organisation's Jobs are given a token of Kubernetes",
    severity: "mandatory",
    why: "No Fabric node and no chaincode talks to the API server; one that can is a way from a broken peer into the cluster.",
    sources: ["agent/README.md", "GB/T 22239-2019 (MLPS 2.0), secure computing environment: access control"],
    remedy: "Take the projected serviceAccountToken away.",
    check: (one) => {
      if (["agent", "ca-init", "register"].includes(roleOf(one) ?? "")) return [];
      return items(podOf(one)?.spec["volumes"])
        .filter((volume) =>
          items(at(volume, "projected", "sources")).some((source) => source["serviceAccountToken"] !== undefined),
        )
        .map(({ name }): Fault => ({ found: `a token in volume ${shown(name)}` }));
    },
    examples: {
      bad: deployment(
        {},
        { volumes: [{ name: "token", projected: { sources: [{ serviceAccountToken: { path: "token" } }] } }] },
      ),
      good: deployment({}, { volumes: [{ name: "tmp", emptyDir: {} }] }),
    },
    cel: {
      on: pods,
      expression:
        "variables.role in ['agent', 'ca-init', 'register'] || variables.pod.?volumes.orValue([]).all(v, v.?projected.?sources.orValue([]).all(s, !has(s.serviceAccountToken)))",
      message: "only agents and an organisation's Jobs may have a token of Kubernetes",
    },
  },
  {
    ...common,
    kinds: podKinds,
    id: "identity-own-account",
    title: "Every pod runs under an account of its role",
    severity: "mandatory",
    why: "Rights that somebody gives the default account later would reach every pod of the namespace.",
    sources: ["Kubernetes documentation, Role Based Access Control Good Practices"],
    remedy: "Name a service account other than default.",
    check: (one) => {
      const account = podOf(one)?.spec["serviceAccountName"] ?? "default";
      return account === "default" ? [{ found: "the service account default" }] : [];
    },
    examples: { bad: deployment({}), good: deployment({}, { serviceAccountName: "chaincode" }) },
    cel: {
      on: pods,
      expression: "variables.pod.?serviceAccountName.orValue('default') != 'default'",
      message: "serviceAccountName must not be default",
    },
  },
  {
    ...common,
    kinds: ["Role", "ClusterRole", "ClusterRoleBinding"],
    id: "identity-least-rights",
    title: "Rights are for one namespace and name what they are for; Secrets are named one by one",
    severity: "mandatory",
    why: "Whoever may read all Secrets of a namespace holds every identity of the organisation; a wildcard grows with every new kind.",
    sources: [
      "Kubernetes documentation, Role Based Access Control Good Practices",
      "GB/T 22239-2019 (MLPS 2.0), secure computing environment: access control",
    ],
    remedy: "Make a Role, list verbs and resources, and give Secrets by resourceNames; only create needs none.",
    check: (one): Fault[] => {
      if (one.kind !== "Role") return [{ found: "rights over the whole cluster" }];
      return items(one["rules"]).flatMap((rule, index): Fault[] => {
        const wide = ["apiGroups", "resources", "verbs"].filter((key) => texts(rule[key]).includes("*"));
        const unnamed =
          texts(rule["resources"]).includes("secrets") &&
          texts(rule["resourceNames"]).length === 0 &&
          texts(rule["verbs"]).some((verb) => verb !== "create");
        return [
          ...wide.map((key) => ({ found: `* under ${key} of rule ${index + 1}` })),
          ...(unnamed ? [{ found: `all Secrets in rule ${index + 1}` }] : []),
        ];
      });
    },
    examples: {
      bad: role([{ apiGroups: [""], resources: ["secrets"], verbs: ["get", "list"] }]),
      good: role([{ apiGroups: [""], resources: ["secrets"], resourceNames: ["enrolment"], verbs: ["get"] }]),
    },
    cel: {
      on: roles,
      expression:
        "object.?rules.orValue([]).all(r, !('*' in r.?apiGroups.orValue([])) && !('*' in r.?resources.orValue([])) && !('*' in r.verbs) && (!('secrets' in r.?resources.orValue([])) || r.?resourceNames.orValue([]).size() > 0 || r.verbs.all(v, v == 'create')))",
      message: "rights must name what they are for, and Secrets one by one",
    },
  },
  {
    ...common,
    kinds: ["RoleBinding"],
    id: "identity-bound-to-accounts",
    title: "Rights are bound to service accounts alone, and are those of a Role of the same namespace",
    severity: "mandatory",
    why: "A binding to a group such as system:authenticated gives everybody what was meant for one agent; one of cluster-admin gives it everything.",
    sources: [
      "Kubernetes documentation, Role Based Access Control Good Practices",
      "GB/T 22239-2019 (MLPS 2.0), secure computing environment: access control",
    ],
    remedy: "Name service accounts as subjects, and a Role under roleRef.",
    check: (one): Fault[] => [
      ...(at(one, "roleRef", "kind") === "Role"
        ? []
        : [{ found: `the ${shown(at(one, "roleRef", "kind"))} ${shown(at(one, "roleRef", "name"))}` }]),
      ...items(one["subjects"])
        .filter(({ kind }) => kind !== "ServiceAccount")
        .map(({ kind, name }) => ({ found: `the ${shown(kind)} ${shown(name)} as a subject` })),
    ],
    examples: {
      bad: binding({ apiGroup: rbac, kind: "Group", name: "system:authenticated" }),
      good: binding({ kind: "ServiceAccount", name: "agent", namespace: "trade-amber" }),
    },
    cel: {
      on: roleBindings,
      expression: "object.roleRef.kind == 'Role' && object.?subjects.orValue([]).all(s, s.kind == 'ServiceAccount')",
      message: "rights may be bound to service accounts only, and be those of a Role",
    },
  },
];
