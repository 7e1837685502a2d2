/**
 * Changes of single objects: what a diff says becomes of each, made anew, changed in place, kept or gone, is what the real
 * engine does with them. The network's own changes hardly ever replace anything, as the look at the cluster refuses it
 * before; here nothing looks.
 */
import { readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { identityOf } from "../../lib/deploy/recorded";
import { registerSites } from "../../lib/deploy/program";
import type { KubeObject, SiteManifests } from "../../lib/constructs/manifests";
import { changesOf, pairsOf } from "../../lib/preview/diff/changes";
import type { RecordedGraph } from "../../lib/preview/graph";
import { record } from "../../lib/preview/record";
import { connect, uids } from "./support/api";
import { createNamespace, deleteNamespace, sharedSandbox, type Cluster } from "./support/cluster";
import { engineSteps } from "./support/engine-steps";
import { TestStack, writeProgram } from "./support/stack";

jest.setTimeout(5 * 60_000);
let cluster: Cluster;
let namespace: string;
let stack: TestStack;

beforeAll(async () => {
  cluster = await sharedSandbox();
  namespace = await createNamespace(cluster.config);
  stack = await TestStack.make(registersGivenManifests);
}, 60 * 60_000);
afterAll(async () => {
  await stack.run(["destroy", "--yes"]);
  stack.remove();
  await deleteNamespace(cluster.config, namespace);
});

const access = () => ({ name: "city", kubeconfig: cluster.sandbox.kubeconfig });

test("each object meets the fate that the diff foretells", async () => {
  const [before, after] = [manifests(first), manifests(second)];
  await ups(before);
  const api = await connect(cluster.sandbox.kubeconfig);
  const every = { ...before, objects: [...before.objects, ...after.objects.filter(isNew(before))] };
  const was = await uids(api, every);
  const steps = await ups(after);
  const is = await uids(api, every);
  api.close();

  const told = changesOf(pairsOf(await graphOf(before), await graphOf(after)));
  const engine = { create: "create", update: "update", replace: "replace", remove: "delete", release: "delete" };
  expect(Object.fromEntries([...steps].map(([urn, step]) => [keyOf(urn), step]))).toEqual(
    Object.fromEntries(told.map(({ urn, action }) => [keyOf(urn), engine[action]])),
  );
  const seen = told.map(({ urn, action }) => {
    const [old, now] = [was[keyOf(urn)], is[keyOf(urn)]];
    const fate = now === undefined ? "gone" : old === undefined ? "new" : old === now ? "the same" : "another";
    return `${keyOf(urn)}: ${action}, ${fate}`;
  });
  const key = (kind: string, name: string) => `${kind}/${namespace}/${name}`;
  expect(seen.sort()).toEqual(
    [
      `${key("ConfigMap", "added")}: create, new`,
      `${key("ConfigMap", "config")}: update, the same`,
      `${key("ConfigMap", "dropped")}: remove, gone`,
      `${key("ConfigMap", "frozen")}: replace, another`,
      `${key("Deployment", "selecting")}: replace, another`,
      `${key("PersistentVolumeClaim", "dropped")}: release, the same`,
      `${key("PersistentVolumeClaim", "labelled")}: update, the same`,
      `${key("RoleBinding", "binding")}: replace, another`,
      `${key("Secret", "typed")}: replace, another`,
      `${key("Service", "headless")}: replace, another`,
      `${key("Service", "ports")}: update, the same`,
      `${key("StatefulSet", "history")}: replace, another`,
      `${key("StatefulSet", "template")}: update, the same`,
      `StorageClass/${namespace}: replace, another`,
    ].sort(),
  );
});

/** Brings manifests up, and gives what the engine did. */
async function ups(desired: SiteManifests): Promise<ReturnType<typeof engineSteps>> {
  stack.deploys(access(), desired);
  const log = join(stack.folder, "events.jsonl");
  rmSync(log, { force: true });
  const run = await stack.run(["up", "--yes", "--skip-preview", "--event-log", log], { PULUMI_DEBUG_COMMANDS: "true" });
  if (run.exit !== 0) throw new Error(run.output);
  return engineSteps(readFileSync(log, "utf8"));
}

const graphOf = (desired: SiteManifests): Promise<RecordedGraph> =>
  record(() => void registerSites([{ access: access(), manifests: desired }]), { project: "test", stack: "dev" });

const keyOf = (urn: string): string => identityOf(urn)?.key ?? urn;

const isNew =
  ({ objects }: SiteManifests) =>
  ({ kind, metadata }: KubeObject): boolean =>
    !objects.some((one) => one.kind === kind && one.metadata.name === metadata.name);

const manifests = (objects: () => KubeObject[]): SiteManifests => ({
  site: "city",
  objects: objects(),
  dependencies: new Map(),
});

const own = (apiVersion: string, kind: string, name: string, rest: object): KubeObject => ({
  apiVersion,
  kind,
  metadata: { name, namespace, labels: {} },
  ...rest,
});

/** Nothing of it ever runs: there are no replicas. */
const template = (app: string, image = "registry.example.com/app:1.0") => ({
  metadata: { labels: { app } },
  spec: { containers: [{ name: "app", image }] },
});

const workload = (app: string, rest: object = {}) => ({
  spec: { replicas: 0, selector: { matchLabels: { app } }, template: template(app), ...rest },
});

const storageClass = (type: string): KubeObject => ({
  apiVersion: "storage.k8s.io/v1",
  kind: "StorageClass",
  metadata: { name: namespace, labels: {} },
  provisioner: "csi.example.com",
  parameters: { type },
});

const claim = (name: string, storageClassName: string, labels: Readonly<Record<string, string>> = {}): KubeObject => ({
  ...own("v1", "PersistentVolumeClaim", name, {
    spec: { accessModes: ["ReadWriteOnce"], storageClassName, resources: { requests: { storage: "1Gi" } } },
  }),
  metadata: { name, namespace, labels },
});

const binding = (role: string) =>
  own("rbac.authorization.k8s.io/v1", "RoleBinding", "binding", {
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: role },
    subjects: [{ kind: "ServiceAccount", name: "default", namespace }],
  });

const service = (name: string, spec: object) =>
  own("v1", "Service", name, { spec: { selector: { app: "a" }, ...spec } });

function first(): KubeObject[] {
  return [
    storageClass("slow"),
    own("v1", "ConfigMap", "config", { data: { a: "1" } }),
    own("v1", "ConfigMap", "frozen", { data: { a: "1" }, immutable: true }),
    own("v1", "ConfigMap", "untouched", { data: { a: "1" } }),
    own("v1", "ConfigMap", "dropped", { data: { a: "1" } }),
    own("v1", "Secret", "typed", { type: "Opaque", stringData: { a: "1" } }),
    service("headless", { clusterIP: "None", ports: [{ port: 80 }] }),
    service("ports", { ports: [{ port: 80 }] }),
    binding("one"),
    claim("labelled", "nobody"),
    claim("reclassed", "nobody"),
    claim("dropped", "nobody"),
    own("apps/v1", "Deployment", "selecting", workload("a")),
    own("apps/v1", "StatefulSet", "history", workload("a", { serviceName: "headless", revisionHistoryLimit: 10 })),
    own("apps/v1", "StatefulSet", "template", workload("b", { serviceName: "headless" })),
  ];
}

function second(): KubeObject[] {
  return [
    storageClass("fast"),
    own("v1", "ConfigMap", "config", { data: { a: "2" } }),
    own("v1", "ConfigMap", "frozen", { data: { a: "2" }, immutable: true }),
    own("v1", "ConfigMap", "untouched", { data: { a: "1" } }),
    own("v1", "ConfigMap", "added", { data: { a: "1" } }),
    own("v1", "Secret", "typed", { type: "example.com/other", stringData: { a: "1" } }),
    service("headless", { ports: [{ port: 80 }] }),
    service("ports", { ports: [{ port: 81 }] }),
    binding("other"),
    claim("labelled", "nobody", { seen: "yes" }),
    // The engine passes over what a claim cannot change.
    claim("reclassed", "somebody"),
    own("apps/v1", "Deployment", "selecting", workload("c")),
    own("apps/v1", "StatefulSet", "history", workload("a", { serviceName: "headless", revisionHistoryLimit: 5 })),
    own(
      "apps/v1",
      "StatefulSet",
      "template",
      workload("b", { serviceName: "headless", template: template("b", "registry.example.com/app:2.0") }),
    ),
  ];
}

/** The program without its look at the cluster. */
function registersGivenManifests(folder: string): void {
  writeProgram(folder, [
    `import { readFileSync } from "node:fs";`,
    `import { registerSites } from ${JSON.stringify(resolve("lib/deploy/program"))};`,
    `const { access, manifests } = JSON.parse(readFileSync("deployment.json", "utf8"));`,
    `export = () => {`,
    `  registerSites([{ access, manifests: { ...manifests, dependencies: new Map(manifests.dependencies) } }]);`,
    `};`,
  ]);
}
