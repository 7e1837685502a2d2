/** Nobody takes what runs: no site under another name, no second stack, no change that stops the ordering service. */
import { CoreV1Api, type KubeConfig } from "@kubernetes/client-node";
import type { KubeObject, SiteManifests } from "../../lib/constructs/manifests";
import type { ApiServer } from "../../lib/deploy/api-server";
import { connect, live, uids } from "./support/api";
import { eventually, sharedSandbox } from "./support/cluster";
import { network } from "./support/network";
import { call } from "./support/request";
import { summary, TestStack } from "./support/stack";

jest.setTimeout(180_000);
const name = "taken";
const namespace = `${name}-org1`;
const stateful = `StatefulSet/${namespace}/peer0-org1`;
const claims = [0, 1].map((ordinal) => `PersistentVolumeClaim/${namespace}/data-peer0-org1-${ordinal}`);
const role = { "fabric-topologies.dev/role": "orderer", "fabric-topologies.dev/organisation": "org1" };

/** The small network with its pods as ordering nodes, and some fields of their StatefulSet. */
function ordering(spec: Readonly<Record<string, unknown>> = {}): SiteManifests {
  const plain = network(name);
  const labelled = ({ metadata, ...rest }: KubeObject): KubeObject => ({
    ...rest,
    apiVersion: rest["apiVersion"],
    kind: rest["kind"],
    metadata: { ...metadata, labels: { ...metadata.labels, ...role } },
  });
  return {
    ...plain,
    objects: plain.objects.map((object) => {
      if (object.kind === "PersistentVolumeClaim") return labelled(object);
      return object.kind === "StatefulSet"
        ? { ...labelled(object), spec: { ...(object["spec"] as object), ...spec } }
        : object;
    }),
  };
}

const first = ordering();
const city = { name: "city", kubeconfig: "" };
let config: KubeConfig;
let api: ApiServer;
let stack: TestStack;
let second: TestStack;

beforeAll(async () => {
  const shared = await sharedSandbox();
  config = shared.config;
  city.kubeconfig = shared.sandbox.kubeconfig;
  api = await connect(city.kubeconfig);
  stack = await TestStack.make();
  second = await TestStack.make();
  await second.succeed("stack", "init", "prod");
  stack.deploys(city, first);
  expect(await stack.up()).toMatchObject({ exit: 0 });
}, 60 * 60_000);
afterAll(async () => {
  for (const one of [stack, second]) {
    await one.run(["destroy", "--yes"]);
    one.remove();
  }
  api.close();
});

/** What a run that must be refused writes; nothing may have been made, replaced or deleted. */
async function refused(by: TestStack, site: typeof city, manifests: SiteManifests): Promise<string> {
  const before = await uids(api, first);
  by.deploys(site, manifests);
  const { exit, output } = await by.up();
  expect([exit === 0, output]).toEqual([false, expect.stringContaining("nothing was applied")]);
  expect(await uids(api, first)).toEqual(before);
  return output;
}

test("a field that Kubernetes lets change is changed in place: minReadySeconds", async () => {
  const before = await uids(api, first);
  stack.deploys(city, ordering({ minReadySeconds: 1 }));
  expect(summary(await stack.up())).toMatchObject({ updated: 1 });
  expect(await uids(api, first)).toEqual(before);
  stack.deploys(city, first);
  expect(await stack.up()).toMatchObject({ exit: 0 });
});

test("ordering nodes are not removed two at once, nor with their StatefulSet", async () => {
  expect(await refused(stack, city, ordering({ replicas: 0 }))).toContain(
    "found 2 ordering nodes that would be removed",
  );
  const without = {
    ...first,
    objects: first.objects.filter(({ kind }) => kind !== "StatefulSet"),
    dependencies: new Map(),
  };
  expect(await refused(stack, city, without)).toContain("set the organisation org1 to 2 ordering nodes again");
});

test("a second stack of the same network takes nothing", async () => {
  const output = await refused(second, city, first);
  expect(output).toMatch(
    /found an object of the stack test\/dev \(annotation fabric-topologies\.dev\/stack\), and \d+ more/,
  );
  stack.deploys(city, first);
  expect(summary(await stack.up())).toEqual({ unchanged: first.objects.length + 3 });
});

test("a claim that is gone: its volume is found, and goes back by the commands that are named", async () => {
  const core = config.makeApiClient(CoreV1Api);
  const lost = { namespace, name: "data-peer0-org1-1" };
  const volume = (await core.readNamespacedPersistentVolumeClaim(lost)).spec?.volumeName ?? "";
  await call(config, "DELETE", `/apis/apps/v1/namespaces/${namespace}/statefulsets/peer0-org1`);
  await core.deleteNamespacedPersistentVolumeClaim(lost);
  await eventually("the volume is released", async () => {
    return (await core.readPersistentVolume({ name: volume })).status?.phase === "Released";
  });
  const output = await refused(stack, city, first);
  expect(output).toContain(`gone: ${claims[1]}, ${stateful}`);
  expect(output).toContain(`kubectl patch pv <volume> -p '{"spec":{"claimRef":{"uid":null,"resourceVersion":null}}}'`);

  // As the command does: null removes a field.
  const reference = (await core.readPersistentVolume({ name: volume })).spec?.claimRef;
  const body = await core.readPersistentVolume({ name: volume });
  if (body.spec === undefined) throw new Error(`${volume} has no spec`);
  delete reference?.uid;
  delete reference?.resourceVersion;
  await core.replacePersistentVolume({
    name: volume,
    body: { ...body, spec: { ...body.spec, ...(reference && { claimRef: reference }) } },
  });
  await stack.succeed("refresh", "--yes");
  expect(summary(await stack.up())).toMatchObject({ created: 2 });
  await eventually("the claim has its volume", async () => {
    return (await core.readNamespacedPersistentVolumeClaim(lost)).spec?.volumeName === volume;
  });
});

test("a site under another name is refused; after a destroy it takes its ledgers back", async () => {
  const before = await uids(api, first);
  const town = { ...city, name: "town" };
  const output = await refused(stack, town, first);
  expect(output).toContain("name the site `city` again, or `pulumi destroy` first (ledgers stay) and then `pulumi up`");
  expect(output).not.toContain("ordering nodes that would be removed");
  stack.deploys(city, first);
  expect(summary(await stack.up())).toEqual({ unchanged: first.objects.length + 3 });

  stack.deploys(town, first);
  await stack.succeed("destroy", "--yes");
  expect(await stack.up()).toMatchObject({ exit: 0 });
  for (const claim of claims) expect((await uids(api, first))[claim]).toBe(before[claim]);
});

test("what a destroyed stack left goes to another one with consent only", async () => {
  await stack.succeed("destroy", "--yes");
  expect(await refused(second, city, first)).toContain("fabric-topologies:adopt true");
  const before = await uids(api, first);
  second.deploys(city, first, { adopt: true });
  expect(await second.up()).toMatchObject({ exit: 0 });
  const after = await live(api, first);
  expect(after.get(stateful)).toMatchObject({
    metadata: { annotations: { "fabric-topologies.dev/stack": "test/prod" } },
  });
  for (const claim of claims) expect((await uids(api, first))[claim]).toBe(before[claim]);
});
