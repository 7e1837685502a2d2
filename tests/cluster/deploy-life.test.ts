/** A network's life under the real engine: made, unchanged, changed, destroyed, taken up again. */
import { CoreV1Api, type KubeConfig, PatchStrategy, setHeaderOptions } from "@kubernetes/client-node";
import { preflight } from "../../lib/deploy/preflight";
import type { ApiServer } from "../../lib/deploy/api-server";
import { connect, live, uids } from "./support/api";
import { sharedSandbox } from "./support/cluster";
import { network } from "./support/network";
import { call } from "./support/request";
import { summary, TestStack } from "./support/stack";

jest.setTimeout(120_000);
const name = "life";
const site = { name: "demo", kubeconfig: "" };
const namespace = `${name}-org1`;
const claims = [0, 1].map((ordinal) => `PersistentVolumeClaim/${namespace}/data-peer0-org1-${ordinal}`);
const first = network(name);
const mergePatch = setHeaderOptions("Content-Type", PatchStrategy.MergePatch);
let stack: TestStack;
let api: ApiServer;
let config: KubeConfig;
let core: CoreV1Api;

beforeAll(async () => {
  const shared = await sharedSandbox();
  config = shared.config;
  core = config.makeApiClient(CoreV1Api);
  site.kubeconfig = shared.sandbox.kubeconfig;
  api = await connect(site.kubeconfig);
  stack = await TestStack.make();
}, 60 * 60_000);
afterAll(async () => {
  await stack.run(["destroy", "--yes"]);
  stack.remove();
  api.close();
});

test("the first run makes everything and waits until the pods are ready", async () => {
  stack.deploys(site, first);
  const up = await stack.up();
  expect(up).toMatchObject({ exit: 0 });
  expect(summary(up)).toEqual({ created: first.objects.length + 3 });
  const found = await live(api, first);
  expect([...found.keys()].sort()).toEqual(Object.keys(await uids(api, first)).sort());
  expect(found.get(`StatefulSet/${namespace}/peer0-org1`)).toMatchObject({ status: { readyReplicas: 2 } });
  for (const claim of claims) expect(found.get(claim)).toMatchObject({ status: { phase: "Bound" } });
});

test("an unchanged network is unchanged, in preview and in up", async () => {
  for (const run of [await stack.preview(), await stack.up()]) {
    expect(run).toMatchObject({ exit: 0 });
    expect(summary(run)).toEqual({ unchanged: first.objects.length + 3 });
  }
});

test("nothing of a Secret is on disk in clear", () => {
  const state = stack.state();
  expect(state).toContain("peer-config");
  expect(state).not.toContain("correct-horse");
  expect(state).not.toContain(Buffer.from("correct-horse").toString("base64"));
});

test("a ConfigMap and a Secret change in place", async () => {
  const before = await uids(api, first);
  const changed = network(name, { config: "second", password: "another" });
  stack.deploys(site, changed);
  const up = await stack.up();
  expect(summary(up)).toEqual({ updated: 2, unchanged: first.objects.length + 1 });
  expect(await uids(api, changed)).toEqual(before);
  expect((await live(api, changed)).get(`ConfigMap/${namespace}/peer-config`)).toMatchObject({
    data: { "core.yaml": "peer: second" },
  });
});

test("a peer's memory changes its StatefulSet alone", async () => {
  stack.deploys(site, network(name, { config: "second", password: "another", memory: "96Mi" }));
  const preview = await stack.preview();
  expect(preview.output).toMatch(/~ +kubernetes:apps\/v1:StatefulSet demo:StatefulSet\/life-org1\/peer0-org1 update/);
  expect(summary(preview)).toEqual({ "to update": 1, unchanged: first.objects.length + 2 });
  expect(summary(await stack.up())).toEqual({ updated: 1, unchanged: first.objects.length + 2 });
});

test("another Job in place of one that is done: made before the peers change, the old one and its pods are gone after", async () => {
  const before = await uids(api, first);
  const other = network(name, { job: "second" });
  stack.deploys(site, other);
  expect(summary(await stack.up())).toMatchObject({ created: 1, deleted: 1 });
  const after = await live(api, other);
  expect(after.get(`Job/${namespace}/register-second`)).toMatchObject({ status: { succeeded: 1 } });
  expect(after.get(`StatefulSet/${namespace}/peer0-org1`)).toMatchObject({
    metadata: { uid: before[`StatefulSet/${namespace}/peer0-org1`] },
  });
  const { items } = await core.listNamespacedPod({ namespace, labelSelector: "job-name" });
  expect(items.map(({ metadata }) => metadata?.labels?.["job-name"])).toEqual(["register-second"]);
  expect(summary(await stack.preview())).toEqual({ unchanged: other.objects.length + 3 });
});

test("a Job that has failed is made anew by the next run; what waited for it stays as it was", async () => {
  const allowed = "example.com/life-may-run";
  const failing = network(name, { jobNodes: allowed });
  const stateful = `StatefulSet/${namespace}/peer0-org1`;
  const job = `Job/${namespace}/register-first-limited`;
  stack.deploys(site, failing);
  const failed = await stack.up();
  expect(failed.exit).not.toBe(0);
  expect(failed.output).toMatch(/register-first-limited[^]*DeadlineExceeded/);
  const before = await uids(api, failing);

  const [node] = (await core.listNode()).items.flatMap(({ metadata }) => metadata?.name ?? []);
  const body = (value: "true" | null) => ({ metadata: { labels: { [allowed]: value } } });
  await core.patchNode({ name: node ?? "", body: body("true") }, mergePatch);
  const again = await stack.up();
  await core.patchNode({ name: node ?? "", body: body(null) }, mergePatch);
  expect(again).toMatchObject({ exit: 0 });
  const after = await uids(api, failing);
  expect(after[stateful]).toBe(before[stateful]);
  expect(after[job]).not.toBe(before[job]);
  expect((await live(api, failing)).get(job)).toMatchObject({ status: { succeeded: 1 } });
  expect(summary(await stack.up())).toEqual({ unchanged: failing.objects.length + 3 });
});

test("a Job that is done and was deleted, by hand or by a controller that tidies up, is nobody's concern", async () => {
  const finished = `/apis/batch/v1/namespaces/${namespace}/jobs/register-first-limited`;
  await call(config, "DELETE", `${finished}?propagationPolicy=Background`);
  const manifests = network(name, { jobNodes: "example.com/life-may-run" });
  stack.deploys(site, manifests);
  expect(summary(await stack.up())).toEqual({ unchanged: manifests.objects.length + 3 });
  stack.deploys(site, first);
  expect(await stack.up()).toMatchObject({ exit: 0 });
});

test("destroy leaves the claims with their volumes, and the namespace that holds them; up takes them back", async () => {
  const before = await uids(api, first);
  const kept = [`Namespace/${namespace}`, ...claims];
  expect(await stack.run(["destroy", "--yes"])).toMatchObject({ exit: 0 });
  const left = await uids(api, first);
  expect(left).toEqual(Object.fromEntries(kept.map((key) => [key, before[key]])));

  stack.deploys(site, first);
  const up = await stack.up();
  expect(up).toMatchObject({ exit: 0 });
  const after = await uids(api, first);
  expect(Object.keys(after).sort()).toEqual(Object.keys(before).sort());
  for (const key of kept) expect([key, after[key]]).toEqual([key, before[key]]);
  for (const claim of claims) expect((await live(api, first)).get(claim)).toMatchObject({ status: { phase: "Bound" } });
});

test("an organisation that leaves the network leaves its claims and their namespace behind", async () => {
  const before = await uids(api, first);
  const without = first.objects.filter(
    ({ metadata }) => metadata.namespace === undefined && metadata.name !== namespace,
  );
  stack.deploys(site, { ...first, objects: without, dependencies: new Map() });
  expect(await stack.up()).toMatchObject({ exit: 0 });
  const left = await uids(api, first);
  expect(Object.keys(left).sort()).toEqual([`Namespace/${namespace}`, `StorageClass/${name}-class`, ...claims].sort());
  for (const claim of claims) expect(left[claim]).toBe(before[claim]);

  stack.deploys(site, first);
  expect(await stack.up()).toMatchObject({ exit: 0 });
  for (const claim of claims) expect((await uids(api, first))[claim]).toBe(before[claim]);
});

test("a hundred objects are looked at within two seconds", async () => {
  const many = network(name, { more: 100 - first.objects.length });
  const report = await preflight(site, many);
  expect(report).toMatchObject({ findings: [], warnings: [] });
  expect(report.present.size).toBe(first.objects.length);
  expect(report.milliseconds).toBeLessThan(2000);
});
