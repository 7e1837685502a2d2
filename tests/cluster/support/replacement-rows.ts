/** An object and a change of it. */
export interface Row {
  readonly apiVersion: string;
  readonly kind: string;
  readonly before: object;
  readonly after: object;
  /** Without the options by which our program protects its kind. */
  readonly bare?: true;
  /** An earlier row that it depends on. */
  readonly follows?: string;
}

const labels = { app: "one" };
const container = { name: "main", image: "example.com/none:1" };
const template = { metadata: { labels }, spec: { containers: [container] } };
const claim = (storage: string) => ({
  metadata: { name: "data" },
  spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage } } },
});
const sets = {
  replicas: 0,
  serviceName: "one",
  revisionHistoryLimit: 10,
  selector: { matchLabels: labels },
  template,
  volumeClaimTemplates: [claim("1Gi")],
};
const set = (after: object): Row => ({
  apiVersion: "apps/v1",
  kind: "StatefulSet",
  before: { spec: sets },
  after: { spec: { ...sets, ...after } },
});
const two = { app: "one", more: "two" };
const job = { template: { spec: { ...template.spec, restartPolicy: "Never" } } };
const rbac = "rbac.authorization.k8s.io/v1";
const roleRef = (name: string) => ({ apiGroup: "rbac.authorization.k8s.io", kind: "Role", name });
const of = (apiVersion: string, kind: string, before: object, after: object): Row => ({
  apiVersion,
  kind,
  before,
  after,
});

/** Changes by a name that says what of. What is not said of `metadata` is the same before and after. */
export const rows: Readonly<Record<string, Row>> = {
  "set-service": set({ serviceName: "two" }),
  "set-selector": set({ selector: { matchLabels: two }, template: { ...template, metadata: { labels: two } } }),
  "set-management": set({ podManagementPolicy: "Parallel" }),
  "set-default-said": set({ podManagementPolicy: "OrderedReady" }),
  "set-history": set({ revisionHistoryLimit: 3 }),
  "set-history-unsaid": set({ revisionHistoryLimit: undefined }),
  "set-claims": set({ volumeClaimTemplates: [claim("2Gi")] }),
  "set-no-claims": set({ volumeClaimTemplates: undefined }),
  "set-replicas": set({ replicas: 1 }),
  "set-image": set({
    template: { ...template, spec: { containers: [{ ...container, image: "example.com/none:2" }] } },
  }),
  "set-strategy": set({ updateStrategy: { type: "OnDelete" } }),
  "deployment-selector": of(
    "apps/v1",
    "Deployment",
    { spec: { replicas: 0, selector: { matchLabels: labels }, template } },
    { spec: { replicas: 0, selector: { matchLabels: two }, template: { ...template, metadata: { labels: two } } } },
  ),
  "service-headless": of(
    "v1",
    "Service",
    { spec: { ports: [{ port: 1 }] } },
    { spec: { clusterIP: "None", ports: [{ port: 1 }] } },
  ),
  "service-ports": of("v1", "Service", { spec: { ports: [{ port: 1 }] } }, { spec: { ports: [{ port: 2 }] } }),
  "map-data": of("v1", "ConfigMap", { data: { a: "1" } }, { data: { a: "2" } }),
  "map-immutable": of("v1", "ConfigMap", { data: { a: "1" }, immutable: true }, { data: { a: "2" }, immutable: true }),
  "map-after-a-replaced-one": {
    ...of("v1", "ConfigMap", { data: { a: "1" } }, { data: { a: "1" } }),
    follows: "map-immutable",
  },
  "map-becomes-immutable": of("v1", "ConfigMap", { data: { a: "1" } }, { data: { a: "1" }, immutable: true }),
  "map-name": of("v1", "ConfigMap", {}, { metadata: { name: "another-name" } }),
  "map-label": of("v1", "ConfigMap", {}, { metadata: { labels: { other: "label" } } }),
  "secret-data": of("v1", "Secret", { stringData: { a: "1" } }, { stringData: { a: "2" } }),
  "secret-type": of("v1", "Secret", { type: "example.com/one" }, { type: "example.com/two" }),
  "secret-immutable": of(
    "v1",
    "Secret",
    { data: { a: "MQ==" }, immutable: true },
    { data: { a: "Mg==" }, immutable: true },
  ),
  "job-template": of(
    "batch/v1",
    "Job",
    { spec: job },
    { spec: { template: { spec: { ...job.template.spec, hostname: "two" } } } },
  ),
  "job-parallelism": of("batch/v1", "Job", { spec: { ...job, parallelism: 1 } }, { spec: { ...job, parallelism: 2 } }),
  "job-backoff": of("batch/v1", "Job", { spec: { ...job, backoffLimit: 1 } }, { spec: { ...job, backoffLimit: 2 } }),
  "role-reference": of(rbac, "RoleBinding", { roleRef: roleRef("one") }, { roleRef: roleRef("two") }),
  "role-rules": of(
    rbac,
    "Role",
    { rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }] },
    { rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["list"] }] },
  ),
  "claim-class": of(
    "v1",
    "PersistentVolumeClaim",
    { spec: { ...claim("1Gi").spec, storageClassName: "none-one" } },
    { spec: { ...claim("1Gi").spec, storageClassName: "none-two" } },
  ),
  "claim-class-unprotected": {
    ...of(
      "v1",
      "PersistentVolumeClaim",
      { spec: { ...claim("1Gi").spec, storageClassName: "none-one" } },
      { spec: { ...claim("1Gi").spec, storageClassName: "none-two" } },
    ),
    bare: true,
  },
  "claim-label": of(
    "v1",
    "PersistentVolumeClaim",
    { spec: claim("1Gi").spec },
    { metadata: { labels: { other: "label" } }, spec: claim("1Gi").spec },
  ),
  "budget-minimum": of(
    "policy/v1",
    "PodDisruptionBudget",
    { spec: { minAvailable: 1, selector: { matchLabels: labels } } },
    { spec: { minAvailable: 2, selector: { matchLabels: labels } } },
  ),
  "policy-peers": of(
    "networking.k8s.io/v1",
    "NetworkPolicy",
    { spec: { podSelector: {}, policyTypes: ["Ingress"] } },
    { spec: { podSelector: { matchLabels: labels }, policyTypes: ["Ingress"] } },
  ),
};
