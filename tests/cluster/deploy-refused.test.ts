/** What the live cluster has against a deployment is said before anything is applied, and the remedy that is named works. */
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { networkLabel, type SiteManifests } from "../../lib/constructs/manifests";
import type { ApiServer } from "../../lib/deploy/api-server";
import { recovery } from "../../lib/deploy/recovery";
import { applyAs, connect, live, uids, withServer } from "./support/api";
import { sharedSandbox } from "./support/cluster";
import { call, type Reply } from "./support/request";
import { network } from "./support/network";
import { summary, TestStack, type Run } from "./support/stack";

jest.setTimeout(180_000);
const name = "refused";
const namespace = `${name}-org1`;
const site = { name: "demo", kubeconfig: "" };
const first = network(name);
const stateful = `StatefulSet/${namespace}/peer0-org1`;
const claim = `PersistentVolumeClaim/${namespace}/data-peer0-org1-0`;
const configMap = `/api/v1/namespaces/${namespace}/configmaps/peer-config`;
let stack: TestStack;
let api: ApiServer;
let remove: (path: string) => Promise<Reply>;

beforeAll(async () => {
  const { sandbox, config } = await sharedSandbox();
  remove = (path) => call(config, "DELETE", path);
  api = await connect(sandbox.kubeconfig);
  stack = await TestStack.make();
  // A copy, so that a test may break it.
  site.kubeconfig = join(stack.folder, "kubeconfig");
  copyFileSync(sandbox.kubeconfig, site.kubeconfig);
  stack.deploys(site, first);
  expect(await stack.up()).toMatchObject({ exit: 0 });
}, 60 * 60_000);
afterAll(async () => {
  await stack.run(["destroy", "--yes"]);
  stack.remove();
  api.close();
});

/** The lines of the report, one for each finding; nothing else may have gone wrong, and nothing may have been done. */
function findings({ exit, output }: Run): string[] {
  expect([exit === 0, output]).toEqual([false, expect.stringContaining("nothing was applied")]);
  expect(output).not.toMatch(/unhandled|at Object\.|node:internal/);
  const report = output.slice(output.indexOf("nothing was applied"), output.indexOf("Resources:"));
  return [...report.matchAll(/site demo(?:, (\S+))?: found (.*)/g)].map(([, key, found]) => `${key ?? "-"} ${found}`);
}
const refused = async (manifests: SiteManifests, options: { adopt?: boolean } = {}): Promise<string[]> => {
  const before = await live(api, manifests);
  stack.deploys(site, manifests, options);
  const told = findings(await stack.up());
  const versions = (objects: ReadonlyMap<string, { metadata: object }>) =>
    [...objects].map(([key, { metadata }]) => [key, (metadata as { resourceVersion?: string }).resourceVersion]);
  expect(versions(await live(api, manifests)).filter(([key]) => String(key).startsWith("ConfigMap"))).toEqual(
    versions(before).filter(([key]) => String(key).startsWith("ConfigMap")),
  );
  return told;
};

test("fields that cannot change are named, all at once, and nothing else of the run is applied", async () => {
  expect(
    await refused(network(name, { config: "other", serviceName: "peer-svc-2", storage: "2Gi", storageClass: "zonal" })),
  ).toEqual([
    expect.stringMatching(`^${claim} spec.storageClassName refused-class, to become zonal`),
    expect.stringMatching(`^${claim} 1Gi of storage, to become 2Gi, and its StorageClass refused-class does not allow`),
    expect.stringMatching(/data-peer0-org1-1 spec.storageClassName/),
    expect.stringMatching(/data-peer0-org1-1 1Gi of storage, to become 2Gi/),
    `${stateful} spec.serviceName peer-svc, to become peer-svc-2`,
  ]);
});

test("the way around a fixed field: delete the StatefulSet without its pods, then make it anew over them", async () => {
  const before = await uids(api, first);
  const pod = async (): Promise<unknown> => {
    const { body } = await api.get(`/api/v1/namespaces/${namespace}/pods/peer0-org1-0`);
    return (body as { metadata?: { uid?: string } }).metadata?.uid;
  };
  const podBefore = await pod();
  const changed = network(name, { serviceName: "peer-svc-2" });
  stack.deploys(site, changed);
  const run = await stack.preview();
  expect(findings(run)).toHaveLength(1);
  expect(run.output).toContain(
    `kubectl delete statefulset peer0-org1 -n ${namespace} --cascade=orphan\` (pods and volumes stay) and \`pulumi refresh --yes\``,
  );
  const path = `/apis/apps/v1/namespaces/${namespace}/statefulsets/peer0-org1`;
  expect(await remove(`${path}?propagationPolicy=Orphan`)).toMatchObject({ code: 200 });
  await gone(path);
  expect(await pod()).toBe(podBefore);

  await stack.succeed("refresh", "--yes");
  expect(await stack.up()).toMatchObject({ exit: 0 });
  expect((await live(api, changed)).get(stateful)).toMatchObject({ spec: { serviceName: "peer-svc-2" } });
  expect((await uids(api, changed))[claim]).toBe(before[claim]);
  expect(summary(await stack.preview())).toEqual({ unchanged: first.objects.length + 3 });
  await back(path);
});

/** Back to the first network, by the same way. */
async function back(path: string): Promise<void> {
  await remove(`${path}?propagationPolicy=Orphan`);
  await gone(path);
  await stack.succeed("refresh", "--yes");
  stack.deploys(site, first);
  expect(await stack.up()).toMatchObject({ exit: 0 });
}

const gone = async (path: string): Promise<void> => {
  while ((await api.get(path)).status !== 404) await new Promise((next) => setTimeout(next, 20));
};

test("an object that somebody else made is taken over with consent only", async () => {
  const theirs = `/api/v1/namespaces/${namespace}/configmaps/more-0`;
  await applyAs(api, "platform-team", theirs, { a: "b", c: "d" });
  const more = network(name, { more: 1 });
  expect(await refused(more)).toEqual([
    expect.stringMatching(`^ConfigMap/${namespace}/more-0 .* somebody else made \\(with platform-team\\)`),
  ]);
  stack.deploys(site, more, { adopt: true });
  expect(await stack.up()).toMatchObject({ exit: 0 });
  const adopted = (await live(api, more)).get(`ConfigMap/${namespace}/more-0`);
  expect(adopted).toMatchObject({ data: { a: "b", c: "d" }, metadata: { labels: { [networkLabel]: name } } });
  stack.deploys(site, first);
  expect(await stack.up()).toMatchObject({ exit: 0 });
});

test("a field that somebody else changed is told with both values, and taken back by the command that is named", async () => {
  await applyAs(api, "config-operator", configMap, { "core.yaml": "theirs" });
  const told = await refused(first);
  expect(told).toEqual([`ConfigMap/${namespace}/peer-config config-operator has set .data.core.yaml to theirs`]);
  expect(await refused(network(name, { config: "mine" }))).toHaveLength(1);

  stack.deploys(site, first);
  await stack.succeed("refresh", "--yes");
  const forced = await stack.up({ PULUMI_K8S_ENABLE_PATCH_FORCE: "true" });
  expect(forced).toMatchObject({ exit: 0 });
  expect((await live(api, first)).get(`ConfigMap/${namespace}/peer-config`)).toMatchObject({
    data: { "core.yaml": "peer: first" },
  });
  expect(summary(await stack.up())).toEqual({ unchanged: first.objects.length + 3 });
});

test("objects that are gone from the cluster are told, not called unchanged; refresh and up make them again", async () => {
  await remove(configMap);
  await gone(configMap);
  expect(await refused(first)).toEqual([
    `- only ${first.objects.length - 1} of the ${first.objects.length} objects that the last run left here; gone: ConfigMap/${namespace}/peer-config`,
  ]);
  await stack.succeed("refresh", "--yes");
  const up = await stack.up();
  expect(summary(up)).toMatchObject({ created: 1 });
});

test("a dead cluster is not called unchanged", async () => {
  const server = createServer();
  const address = await listen(server);
  await new Promise((closed) => server.close(closed));
  stack.deploys({ ...site, kubeconfig: withServer(site.kubeconfig, address, join(stack.folder, "dead")) }, first);
  for (const run of [await stack.preview(), await stack.up()]) {
    expect(findings(run)).toEqual([expect.stringMatching(`- nothing listening at ${address} .*: connection refused`)]);
    expect(recovery(run.output, run.exit)).toMatchObject({
      cause: "the live cluster cannot take the deployment as it is",
    });
  }
});

test("a cluster that takes connections and never answers is given up after five seconds", async () => {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => sockets.add(socket));
  const address = await listen(server);
  stack.deploys({ ...site, kubeconfig: withServer(site.kubeconfig, address, join(stack.folder, "hanging")) }, first);
  expect(findings(await stack.up())).toEqual([expect.stringMatching(`- no answer within 5 s from ${address}`)]);
  for (const socket of sockets) socket.destroy();
  server.close();
});

test("nothing of this has changed the network", async () => {
  stack.deploys(site, first);
  expect(summary(await stack.up())).toEqual({ unchanged: first.objects.length + 3 });
});

test("a destroy against a dead cluster names what to do, and works once the cluster answers", async () => {
  const good = readFileSync(site.kubeconfig, "utf8");
  withServer(site.kubeconfig, "https://127.0.0.1:1", site.kubeconfig);
  const dead = await stack.run(["destroy", "--yes"]);
  writeFileSync(site.kubeconfig, good);
  expect(dead.exit).not.toBe(0);
  expect(recovery(dead.output, dead.exit)).toMatchObject({
    cause: "a site's cluster cannot be reached",
    advice: expect.stringMatching(/make the cluster answer, then run the same command again/),
  });
  expect(await stack.run(["destroy", "--yes"])).toMatchObject({ exit: 0 });
  expect(Object.keys(await uids(api, first)).filter((key) => !/^(Namespace|PersistentVolumeClaim)/.test(key))).toEqual(
    [],
  );
});

function listen(server: Server): Promise<string> {
  return new Promise((done) =>
    server.listen(0, "127.0.0.1", () => done(`https://127.0.0.1:${(server.address() as AddressInfo).port}`)),
  );
}
